//! The simulator for Defender: that it answers as documented, counts exactly and tells the truth.

mod actions;
mod export;
mod faults;
mod identities;
mod inventory;
mod laxness;
mod lifecycle;
mod machines;
mod offboard;
mod quota;
mod reports;
mod setup;
mod shell;
mod sign_in;
