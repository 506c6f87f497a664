//! `status --watch`: a batch is looked at again and again, and shown until it has ended.
//!
//! A look is what `status` is: the journal is opened to read, and closed before anything is shown.
//! So a watch takes no lock, and however slowly somebody reads, the runner waits for nothing.
//! Deliberately absent: what a status says (`report`), and anything that writes.

mod interrupt;
mod journal_look;
mod live_screen;
mod reader;
mod view;
mod watch;

pub(crate) use watch::watch;
