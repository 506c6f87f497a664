//! The engine: decisions, crashes, whole runs in virtual time.

mod adopted;
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
mod later_readings;
mod pages;
mod refusals;
mod restarted_rows;
mod rows;
mod second_looks;
pub(crate) mod seeds;
mod snapshots;
mod virtual_time;
mod waits;
