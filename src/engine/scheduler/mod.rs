//! Decides what a run does next. It does nothing itself.
//!
//! [`Scheduler::next`] takes the time and says which requests to make; `absorb_*` takes an answer
//! and says which facts follow. The same scheduler runs under the driver and, in tests, over a
//! virtual clock and a journal in memory, where the process may "crash" between any two steps.
//!
//! It holds only what is in play: requests in flight, machines in doubt or due for a retry, and a
//! few hundred that are next in turn.
//!
//! Deliberately absent: async, input and output, clocks, randomness other than its seed.

mod again;
mod book;
mod breaker;
mod busy;
mod core;
mod evidence;
mod follow;
mod lag;
mod lanes;
mod lookup;
mod next;
mod outage;
mod paging;
mod queue;
mod reads;
mod request;
mod rows;
mod search;
mod submit;
mod sweep;
mod trouble;
mod unread;
mod wait;
mod wavering;
mod withdraw;

pub(super) use book::Book;
pub(super) use core::{Beginning, Errand, Scheduler};
pub(super) use request::Listed;
pub use request::{Answered, Arrival, Ask, Request};
pub(super) use rows::Voice;
