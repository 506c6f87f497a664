//! Floor 3: drives a batch until every machine is settled, or until there is a reason to end.
//!
//! The scheduler decides (pure), a [`Session`] joins it to the journal (every turn: absorb the
//! answers, decide, commit), and [`drive`] waits, makes the requests and tells the observers. An
//! intent is committed before its request leaves; an event is told after its fact is committed.
//!
//! Home of the run's clock ([`Clock`]) and of its only sleeper (`driver`).
//!
//! Deliberately absent: HTTP, the terminal, arguments.

mod access;
mod assignment;
mod boot;
mod clock;
mod driver;
mod guard_record;
mod keep_trying;
mod option_words;
mod options;
mod outlook;
mod paced_reads;
mod read_error;
mod read_patience;
mod reads_gate;
mod reads_together;
mod recovery;
mod scheduler;
mod second_look;
mod session;
mod stop;
mod tenant_reading;
mod withdrawal;
mod within;

pub use assignment::{Assignment, Conclusion, EngineError, Task};
pub use clock::Clock;
pub use driver::drive;
pub use guard_record::{lift_guards, recount_failures};
pub use keep_trying::keep_trying;
pub use options::{OnUncertain, OptionsError, RunOptions};
pub use outlook::{Foresight, forecast};
pub use paced_reads::{PacedReads, ReadDelay};
pub use read_error::ReadError;
pub use read_patience::ReadPatience;
pub use scheduler::{Answered, Arrival, Ask, Request};
pub use second_look::SecondLook;
pub use session::{Session, Turn};
pub use stop::StopSignal;
pub use tenant_reading::{TenantReader, TenantSnapshot};
pub use withdrawal::withdraw_queued;
pub use within::within;
