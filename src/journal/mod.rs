//! Floor 2: the journal, one `SQLite` file that holds everything that must survive.
//!
//! It owns batches, machines, facts, the limiter's history, the stop request, the runner's lock and
//! the audit chain. [`Journal::commit`] is the heart: facts and the rows that they project to,
//! calls and receipts become durable together or not at all. Every change of a machine goes through
//! [`Standing::after`](crate::domain::Standing::after), so a row is always the fold of its facts.
//!
//! Called by `engine` (which owns it by `&mut`), by `report` (which only reads) and by `cli` (which
//! opens it, and stages the input).
//!
//! Home of rusqlite: no other module knows SQL. Deliberately absent: async, clocks, and policy
//! (what is sent next, when, whether again).

mod batch;
mod chain;
mod changes;
mod check;
mod column;
mod connection;
mod content;
mod copy;
mod create;
mod error;
mod file;
mod files;
mod history;
mod invariants;
mod judge;
mod ledger;
mod loss;
mod machine;
mod mark;
mod new_machine;
mod open;
mod owner;
mod patience;
mod repeats;
mod runner;
mod schema;
mod select;
mod stage;
mod staged_devices;
mod standing;
mod stop;
mod verify;

pub use batch::Batch;
pub use chain::ChainHead;
pub use changes::{Changes, Entry};
pub use check::{Finding, check};
pub use create::{NewBatch, Succeeded};
pub use error::JournalError;
pub use files::{files_beside, is_database, journal_of};
pub use judge::Judged;
pub use machine::Machine;
pub use new_machine::NewMachine;
pub use open::Journal;
pub use owner::ActionOwner;
pub use repeats::{About, Dispute, Settled, StagedRow};
pub use runner::{Heartbeat, Runner, RunnerView};
pub use select::{CodeCount, Filter};
pub use stage::{Stage, Staged};
pub use stop::StopRequest;
