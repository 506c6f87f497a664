//! What is claimed of any answer, whatever its status, headers and body are.
//!
//! `question` makes an answer out of bytes; `body` reads its body without the program; `post`,
//! `lists` and `kept` hold what the program made of it against that. Called with libFuzzer's bytes
//! and by the ordinary tests.
//!
//! Deliberately absent: what a request without an answer proves, which bytes cannot say, and the
//! sign-in.

mod body;
mod check;
mod kept;
mod lists;
mod post;
mod question;

pub(crate) use check::answers;
