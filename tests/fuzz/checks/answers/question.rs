//! What was asked, and the answer that the bytes stand for.
//!
//! A seed begins with four characters: what was asked, the status, the content type and the other
//! headers, each by its place in the tables below, counted from the character `0`. All that follows
//! is the body. Deliberately absent: any meaning of the answer.

use mde_offboard::defender::{BrokenBody, HttpAnswer, HttpOutcome, Secrets};
use mde_offboard::domain::{ActionId, MachineId};

/// The machine that a POST names.
pub(super) const MACHINE: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";

/// Ours, at the end of [`COMMENT`].
pub(super) const MARKER: &str = "[mo-9f3kq7tz-2k9]";

/// The comment that a POST carries.
pub(super) const COMMENT: &str = "Retired in Q4 [mo-9f3kq7tz-2k9]";

/// The action that a cancel names.
pub(super) const ACTION: &str = "11111111-2222-3333-4444-555555555555";

/// The server's clock, where it is told.
const DATE: &str = "Mon, 23 Nov 2026 08:15:31 GMT";

/// From `0` to `F` in the order of ASCII, so `:` is the tenth.
const STATUSES: [u16; 23] = [
    200, 201, 202, 204, 206, 301, 307, 400, 401, 403, 404, 407, 408, 409, 412, 421, 429, 500, 502,
    503, 504, 100, 599,
];

const CONTENT_TYPES: [Option<&str>; 8] = [
    Some("application/json"),
    None,
    Some("application/json; odata.metadata=minimal; charset=utf-8"),
    Some("text/html"),
    Some("application/problem+json"),
    Some("text/plain; a=application/json"),
    Some("TEXT/JSON ;charset=utf-16"),
    Some(""),
];

/// `Retry-After`, and whether there is a `Date`. [`OF_THE_BODY`] stands for the body's first line.
const PAUSES: [(Option<&str>, bool); 8] = [
    (None, false),
    (None, true),
    (Some("8"), true),
    (Some("Mon, 23 Nov 2026 08:17:00 GMT"), true),
    (Some("Mon, 23 Nov 2026 08:17:00 GMT"), false),
    (Some("99999999999999999999"), false),
    (Some(OF_THE_BODY), false),
    (Some(OF_THE_BODY), true),
];

const OF_THE_BODY: &str = "the first line of the body";

/// What was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Post,
    Actions,
    Machines,
    Cancel,
}

/// A request and its answer.
pub(super) struct Question<'a> {
    pub(super) kind: Kind,
    pub(super) status: u16,
    pub(super) content_type: Option<&'static str>,
    pub(super) retry_after: Option<String>,
    has_date: bool,
    /// Whether the connection broke before the end of the body.
    pub(super) is_cut: bool,
    pub(super) body: &'a [u8],
}

impl<'a> Question<'a> {
    pub(super) fn from_bytes(data: &'a [u8]) -> Option<Self> {
        let [kind, status, content_type, pause, rest @ ..] = data else { return None };
        let kind = of(&[Kind::Post, Kind::Actions, Kind::Machines, Kind::Cancel], *kind);
        let (pause, has_date) = of(&PAUSES, *pause);
        let (line, body) = match rest.iter().position(|byte| *byte == b'\n') {
            Some(end) if pause == Some(OF_THE_BODY) => (&rest[..end], &rest[end + 1..]),
            _ => (&[][..], rest),
        };
        let of_the_body = || String::from_utf8_lossy(line).into_owned();
        Some(Self {
            kind,
            status: of(&STATUSES, *status),
            content_type: of(&CONTENT_TYPES, *content_type),
            retry_after: pause
                .map(|text| if text == OF_THE_BODY { of_the_body() } else { text.to_owned() }),
            has_date,
            // Behind all tables, so that no seed is cut by chance.
            is_cut: content_type.wrapping_sub(b'0') > 200,
            body,
        })
    }

    pub(super) fn seen(&self) -> HttpOutcome {
        let cut =
            || BrokenBody { code: "connection_reset", message: "the answer broke off".to_owned() };
        HttpOutcome::Answered(HttpAnswer {
            status: self.status,
            content_type: self.content_type.map(str::to_owned),
            retry_after: self.retry_after.clone(),
            redirect_host: None,
            date: self.has_date.then(|| DATE.to_owned()),
            body: if self.is_cut { Err(cut()) } else { Ok(self.body.to_vec()) },
            secrets: Secrets::default(),
        })
    }

    /// Whether the answer can be Defender's at all: whole, and not of another type than JSON.
    pub(super) fn may_be_json(&self) -> bool {
        let other = ["text/html", "text/plain; a=application/json", ""];
        !self.is_cut && self.content_type.is_none_or(|kind| !other.contains(&kind))
    }
}

/// [`MACHINE`].
pub(super) fn machine() -> MachineId {
    MachineId::parse(MACHINE).expect("40 digits")
}

/// [`ACTION`].
pub(super) fn action() -> ActionId {
    ActionId::parse(ACTION).expect("letters, digits and dashes")
}

/// The table's entry for a character.
fn of<T: Copy>(table: &[T], character: u8) -> T {
    table[usize::from(character.wrapping_sub(b'0')) % table.len()]
}
