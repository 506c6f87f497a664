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

mod busy;
mod core;
mod evidence;
mod follow;
mod lookup;
mod next;
mod outcome;
mod parts;
mod reads;
mod settle;
mod submit;
mod sweep;
mod trouble;
mod wait;
mod withdraw;

pub(super) use core::{Beginning, Scheduler};
pub use parts::{Answered, Arrival, Ask, Request};
pub(super) use parts::{Book, Listed, Voice};
