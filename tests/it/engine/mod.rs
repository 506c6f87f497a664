//! The engine: decisions, crashes, whole runs in virtual time.

mod answers;
mod boots;
mod budgets;
mod busy;
mod canary;
mod cancels;
mod clocks;
mod crashes;
mod disk;
mod doubts;
mod evidence;
mod failures;
mod follows;
mod hours;
mod pages;
mod patience;
mod readings;
mod refusals;
mod restarts;
mod rows;
mod second_looks;
pub(crate) mod seeds;
mod snapshots;
mod told_waits;
mod virtual_time;
mod waits;
