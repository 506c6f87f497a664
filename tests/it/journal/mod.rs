//! The journal: real files, one folder a test.

mod afterwards;
mod audit;
mod by_name;
mod checks;
mod commit;
mod copies;
mod edits;
mod hand_overs;
mod intake;
mod logs;
mod names;
mod opening;
mod property;
mod quotas;
mod read_only;
mod reading;
mod repeats;
mod searches;
mod setup;
mod stored;
