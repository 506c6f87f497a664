//! Floor 1: when the next call may go.
//!
//! To a user it is a token bucket for each limit whose tokens come back one by one, a window after
//! each answer. One [`Gate`] stands for one group of limits at the server: the exact ledger is the
//! law, the pace is manners, and a 429 outranks both. The engine asks [`Gate::admit`], tells what
//! was sent and what came back, and does the waiting; `forecast` runs the same gate on a copy.
//!
//! [`Gate::remember`] takes over what earlier processes left.
//!
//! A slot of every limit is taken from the send until the answer plus the window. Whatever the
//! latency, the server then counts at most the limit in any half-open window: two calls in one
//! window would mean that the later one left while the earlier one still had its slot.
//!
//! Deliberately absent: sleeping, reading a clock, input and output, the waiting calls of governor
//! (they bring timers of their own). Time is an argument, and history is handed in by the caller.

mod budget;
mod forecast;
mod gate;
mod history;
mod ledger;
mod pace;
mod pausing;
mod schedule;
mod send_shape;

pub use budget::Budget;
pub use forecast::{Ahead, Load, Stretch};
pub use gate::{Admission, Filled, Gate, GateOptions, Pause, QuotaRefusal, Why};
pub use ledger::Guards;
pub use pace::Pace;
pub use schedule::Schedule;
