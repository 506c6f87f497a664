//! Whether the file and the log beside it are the whole journal: a mark in the file tells.
//!
//! `mark` says why, `runner_row` is the row that holds it, `look` and `leave` read and make it.
//! Deliberately absent: what follows where they are not (`opening`).

pub(super) mod leave;
pub(super) mod look;
pub(super) mod mark;
pub(super) mod runner_row;
