//! The engine: decisions, crashes, whole runs in virtual time.

mod answers;
mod cancels;
mod crashes;
mod disk;
mod doubts;
mod follows;
mod virtual_time;
