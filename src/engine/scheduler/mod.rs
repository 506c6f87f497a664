//! Decides what a run does next. It does nothing itself.
//!
//! [`Scheduler::step`] takes the time and the draft of this turn. `Step::next` says which requests
//! to make; `Step::absorb` takes an answer and notes which facts follow. The same scheduler runs
//! under the driver and, in tests, over a virtual clock and a journal in memory, where the process
//! may "crash" between any two steps.
//!
//! `parts` keep themselves true and know nothing of each other's acts; the files beside it are the
//! acts: what follows from an answer (`submit`, `reads`, `lookup`, `sweep`, `follow`, `withdraw`,
//! `busy`, `recheck`), what a machine's attempt came to (`outcome`), what lists prove (`evidence`,
//! `settle`), what stops or delays the run (`trouble`, `guards`), and what goes out now (`next`,
//! `wait`).
//!
//! It holds only what is in play: requests in flight, machines in doubt or due for a retry, and a
//! few hundred that are next in turn.
//!
//! Deliberately absent: async, input and output, clocks, randomness other than its seed.

mod busy;
mod core;
mod evidence;
mod follow;
mod guards;
mod lasting;
mod lookup;
mod next;
mod outcome;
mod parts;
mod reads;
mod recheck;
mod settle;
mod step;
mod submit;
mod sweep;
mod trouble;
mod wait;
mod withdraw;

pub(super) use core::{Beginning, Scheduler};
pub(super) use parts::{AnswerKind, Delays, Draft, FeedLine, FeedRequest, Known, Listed};
pub use parts::{Answered, Arrival, Ask, Request};
