//! What is claimed of any input file, whatever its bytes are.
//!
//! `check` reads the file and asks the others: `text` is the file as the check itself decodes it,
//! and knows where IDs stand; `plain` is a second reader, for tables without a quote; `pieces`
//! hands a file over in small reads. Called with libFuzzer's bytes and by the ordinary tests.
//!
//! Deliberately absent: anything of the program but `intake::read` and its words. A check that
//! used the program's own scanner would agree with each of its mistakes.

mod check;
mod json;
mod pieces;
mod plain;
mod text;

pub(crate) use check::intake;
