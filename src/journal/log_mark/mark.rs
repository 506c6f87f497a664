//! Whether the file and the log beside it are the whole journal.
//!
//! What a runner writes is in `SQLite`'s log for a while, a file that can get lost by itself: it is
//! deleted as a leftover, or the file alone is copied. So a runner leaves a mark in the *file*: a
//! log belongs to it, and by which salt it is known. Once the runner has left in order, the file is
//! whole, and the mark says so. A mark without its log tells that facts are missing.
//!
//! A log that was left beside another file would be taken for that file's own, and ruin it. So a
//! mark also says which mark in the file it follows, and is only believed together with that one.
//!
//! The mark is kept in the runner's sign of life (`runner_row`); `look` looks at it, and `leave`
//! makes it. Deliberately absent: what follows (a fact that the batches were rolled back, which the
//! engine heeds).

use serde::{Deserialize, Serialize};

/// What a runner says of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) presence: Presence,
    /// Drawn with the mark.
    pub(super) nonce: i64,
    /// The salt of the log in which it was written.
    pub(super) log: u32,
    /// The nonces of the last mark and of the one in the file: one of the two stood in the file.
    pub(super) after: [i64; 2],
}

impl Mark {
    /// In the place of a salt: the log began with this mark, or there was none.
    pub(super) const UNKNOWN: u32 = 0;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::journal) enum Presence {
    /// It does: one of the mark's salt, or one that follows it.
    Here,
    /// The runner has left in order: the file is the whole journal.
    Left,
}
