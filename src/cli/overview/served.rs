//! The journals of a dashboard that stays open: those that come into their folder later join them.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cli::Context;
use crate::cli::several::add_new;
use crate::dashboard::JournalSet;
use crate::domain::{Now, Tenant};
use crate::report::{Commands, Overview};

use super::OverviewReader;

#[derive(Debug)]
pub(crate) struct ServedSet {
    /// Files and folders, as they were named.
    named: Vec<PathBuf>,
    /// All that were found so far. One that is gone has a row that says so.
    found: Mutex<Vec<PathBuf>>,
    reader: OverviewReader,
}

impl ServedSet {
    pub(crate) fn new(context: &Context, named: Vec<PathBuf>, found: Vec<PathBuf>) -> Self {
        Self { named, found: Mutex::new(found), reader: OverviewReader::new(context) }
    }

    fn found(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl JournalSet for ServedSet {
    fn overview(&self, now: Now) -> Overview {
        let journals = {
            let mut found = self.found();
            add_new(&mut found, &self.named);
            found.clone()
        };
        self.reader.read(&journals, now)
    }

    fn journal(&self, number: usize) -> Option<PathBuf> {
        self.found().get(number).cloned()
    }

    fn commands(&self, number: usize, tenant: &Tenant) -> Commands {
        let journal = self.journal(number).unwrap_or_default();
        self.reader.commands(&journal, Some(tenant))
    }
}
