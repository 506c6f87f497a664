//! What a scheduler is made of: parts that keep themselves true, and know nothing of its acts.
//!
//! Deliberately absent: what follows from an answer, or from the time.

mod again;
mod breaker;
mod busy;
mod cancelling;
mod claim;
mod draft;
mod flight;
mod follow;
mod gates;
mod holds;
mod lag;
mod outage;
mod paging;
mod queue;
mod request;
mod search;
mod streaks;
mod sweep;
mod unread;
mod wavering;

pub use request::{Answered, Arrival, Ask, Request};

pub(super) use again::Again;
pub(super) use breaker::Breaker;
pub(super) use busy::{BUSY, BusyWait, is_busy, keeper};
pub(super) use cancelling::Cancelling;
pub(super) use claim::{Claim, FoundAction, surer};
pub(in crate::engine) use draft::Draft;
pub(super) use flight::{Flight, Origin, Purpose};
pub(super) use follow::Follow;
pub(super) use gates::{Gates, Heard};
pub(super) use holds::{Holds, Keeps};
pub(super) use lag::{Lag, SentWhen};
pub(super) use outage::{Lacks, Outage};
pub(super) use paging::{PageRules, Rereads, Turned};
pub(super) use queue::Queue;
pub(in crate::engine) use request::Listed;
pub(super) use search::Search;
pub(in crate::engine) use streaks::Voice;
pub(super) use streaks::{About, Streaks};
pub(super) use sweep::Sweep;
pub(super) use unread::{ReadKind, Unread, UnreadKinds};
pub(super) use wavering::Wavering;
