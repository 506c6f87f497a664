//! Journals that tests open in their own process, beside tests that start programs.
//!
//! A program that is being started holds copies of all open files for a moment, locks included. So
//! a lock that was just given back may still be seen as held, until that moment is over.

use std::path::Path;

use mde_offboard::journal::{Journal, JournalError, Runner};

use super::batches::runner;
use super::waiting::wait_until;

/// Opens a journal to write it, once its lock is free.
pub(crate) fn open_runner(path: &Path, runner: &Runner) -> Journal {
    let mut opened = None;
    wait_until("the journal is free", || {
        match Journal::open_runner(path, runner.clone()) {
            Err(JournalError::Locked { .. }) => {}
            other => opened = Some(other.expect("a journal can be opened")),
        }
        opened.is_some()
    });
    opened.expect("it was waited for")
}

/// Returns once nobody holds the journal's lock any more.
pub(crate) fn until_free(path: &Path) {
    wait_until("the lock is free", || {
        let reader = Journal::open_reader(path).expect("a journal");
        !reader.runner().expect("readable").is_some_and(|view| view.alive)
    });
}

/// Whether a runner may have a journal, as far as a hand-over says.
pub(crate) fn may_send(path: &Path) -> bool {
    let mut may = None;
    wait_until("the journal is free", || {
        may = match Journal::open_runner(path, runner()) {
            Ok(_) => Some(true),
            Err(JournalError::HandedOver { .. } | JournalError::HandOverOpen { .. }) => Some(false),
            Err(JournalError::Locked { .. }) => None,
            Err(other) => panic!("{}: {other:?}", path.display()),
        };
        may.is_some()
    });
    may.expect("it was waited for")
}
