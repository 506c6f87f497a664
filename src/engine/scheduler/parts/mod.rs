//! What a scheduler is made of: parts that keep themselves true, and know nothing of its acts.
//!
//! Deliberately absent: what follows from an answer, or from the time.

mod again;
mod book;
mod breaker;
mod busy;
mod claim;
mod flight;
mod follow;
mod holds;
mod lag;
mod lanes;
mod outage;
mod paging;
mod queue;
mod request;
mod rows;
mod search;
mod sweep;
mod unread;
mod wavering;
mod withdrawal;

pub use request::{Answered, Arrival, Ask, Request};

pub(super) use again::Again;
pub(in crate::engine) use book::Book;
pub(super) use breaker::Breaker;
pub(super) use busy::{BUSY, BusyWait, is_busy, keeper};
pub(super) use claim::{Claim, Found, surer};
pub(super) use flight::{Flight, Origin, Purpose};
pub(super) use follow::Follow;
pub(super) use holds::{Holds, Keeps};
pub(super) use lag::{Lag, Sent};
pub(super) use lanes::{Heard, Lanes};
pub(super) use outage::{Lacks, Outage};
pub(super) use paging::{PageRules, Rereads, Turned};
pub(super) use queue::Queue;
pub(in crate::engine) use request::Listed;
pub(in crate::engine) use rows::Voice;
pub(super) use rows::{About, Rows};
pub(super) use search::Search;
pub(super) use sweep::Sweep;
pub(super) use unread::{ReadKind, Unread, UnreadKinds};
pub(super) use wavering::Wavering;
pub(super) use withdrawal::Withdrawal;
