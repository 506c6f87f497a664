//! What an answer means: pure functions from what was seen to what it proves.
//!
//! Three classes for the POST: **effect** (Defender has an action), **no effect** (Defender
//! certainly did nothing), **doubt**. Whatever is not listed is doubt. Only a body of Defender's
//! own shape is evidence; for 401, 407 and 429 the status is enough, since whoever says them has
//! not passed the request on.
//!
//! Called by the client only, for every request. Deliberately absent: reqwest, retries, and what
//! to do next, which is the engine's.

mod pause;
mod reading;
mod submit;
mod voice;

pub use pause::{quota_window, retry_after};
pub use reading::{actions, cancelled, machine, machines, reached};
pub use submit::submit;
