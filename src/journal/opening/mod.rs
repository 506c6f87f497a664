//! How a journal is opened: by its runner, by readers, in memory, and after its log was lost.
//!
//! Deliberately absent: what it is while it is open (`store`).

mod copy;
mod loss;
mod open;
