//! Floor 2: the journal, one `SQLite` file that holds everything that must survive.
//!
//! It owns batches, machines, facts, the limiter's history, the stop request, the runner's lock and
//! the audit chain. [`Journal::commit`] is the heart: facts and the rows that they project to,
//! calls and receipts become durable together or not at all. Every change of a machine goes through
//! [`Standing::after`](crate::domain::Standing::after), so a row is always the fold of its facts.
//!
//! [`Journal`] itself (`store`) imports none of the acts on it, which are in the folders above it:
//! `opening`, `batches`, `facts`, `machines`, `running`, `checks`. Below it are `staging`,
//! `log_mark`, `sql` and `file`.
//!
//! Called by `engine` (which owns it by `&mut`), by `report` (which only reads) and by `cli` (which
//! opens it, and stages the input). `tenant` keeps what Defender's lists said, in temporary tables,
//! for `plan`, and for the second look before a machine is sent.
//!
//! Home of rusqlite: no other module knows SQL. Deliberately absent: async, clocks, and policy
//! (what is sent next, when, whether again).

mod batches;
mod chain_break;
mod checks;
mod error;
mod facts;
mod file;
mod hand_over;
mod log_mark;
mod machines;
mod opening;
mod quota_owner;
mod runner;
mod running;
mod sql;
mod staging;
mod store;
mod tenant;

pub use batches::{Batch, NewBatch};
pub use chain_break::ChainBreak;
pub use checks::{Audit, Finding, NotedHead, audit, check};
pub use error::JournalError;
pub use facts::{ChainHead, Changes, Company, Entry, FactOf, StoredFact};
pub use file::access;
pub use file::names::{files_beside, is_database, journal_of};
pub use machines::{
    ActionOwner, CodeCount, Filter, MACHINES_A_PAGE, Machine, MachineColumn, MachinePage,
    MachineQuery, SortDirection,
};
pub use opening::copy::{Copier, is_unused_copy};
pub use opening::may_send::finish_hand_over;
pub use opening::open::is_journal;
pub use opening::place_among_copies::PlaceAmongCopies;
pub use opening::succession::PendingCopy;
pub use quota_owner::QuotaOwner;
pub use runner::{Heartbeat, Runner, RunnerView, StopRequest};
pub use staging::{
    Disagreement, Dispute, NewMachine, NewName, RepeatSummary, Stage, Staged, StagedRow,
};
pub use store::Journal;
pub use tenant::{
    Afterwards, ComparedMachine, InventoryCounts, NameCounts, NameFit, Namesake, OffboardAction,
    PlanVerdict, SeenAgain, UnresolvedName,
};
