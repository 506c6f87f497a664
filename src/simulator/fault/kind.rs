//! The kinds of fault.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A status in Defender's own shape, in the place of its answer.
    Status(u16, When),
    /// The page of something between, which is not Defender, with this status.
    Proxy(u16, When),
    /// The connection is reset before the answer's first byte.
    Reset(When),
    /// The connection ends in the middle of the answer's body.
    CutBody,
    /// The connection stays open, and no answer ever comes.
    Silence(When),
    /// The answer comes byte by byte, slower than anyone waits.
    Drip,
    /// No answer comes, and the call takes effect some time later.
    Late,
    /// The answer's body ends early and is no JSON any more; its length is right.
    Garbage,
    Empty,
    OtherMachine,
    /// The answer is larger than any true one.
    Huge,
    /// 307 to another host.
    Redirect,
    /// 429, with this word about when to come again.
    TooMany(Hint),
    /// A list comes otherwise than it should; other answers stay as they are.
    Page(PageFault),
}

/// Whether the call reached Defender before something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It did not: there is no effect.
    Before,
    /// It did: the effect is there, and its answer is lost.
    After,
}

/// What a 429 says about when to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// `Retry-After` in seconds.
    Seconds(u32),
    /// `Retry-After` as a date this many seconds ahead.
    Date(u32),
    /// A date that is over.
    PastDate,
    /// What is neither.
    Unreadable,
    None,
}

/// What is wrong with a page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageFault {
    Shuffled,
    Repeated,
    /// The second half of its rows is missing.
    CutShort,
    /// It links to a next page on another host.
    ForeignLink,
    Uncommented,
    /// Each row's comment ends in the middle of its marker.
    CommentsCut,
    CommentsInCapitals,
    /// Each row's type is in lower case, and its comment null.
    TypesInLowerCase,
    /// Each row names a machine that is in no list.
    OtherMachine,
}
