//! The journal: real files, one folder a test.

mod audit;
mod commit;
mod intake;
mod opening;
mod property;
mod reading;
mod setup;
