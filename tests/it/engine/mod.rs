//! The engine: decisions, crashes, whole runs in virtual time.

mod answers;
mod budgets;
mod busy;
mod cancels;
mod clocks;
mod crashes;
mod disk;
mod doubts;
mod evidence;
mod follows;
mod pages;
mod rows;
pub(crate) mod seeds;
mod virtual_time;
mod waits;
