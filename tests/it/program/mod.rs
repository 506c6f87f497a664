//! The real program against a simulator in a process of its own, over loopback HTTP.

mod kills;
mod runs;
mod stage;
