//! All pages of one server: those of each journal, and the overview of several.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::context::{JournalCommands, PageContext};
use super::options::{DashboardOptions, JournalSet, ServedJournals};

#[derive(Debug)]
pub(super) struct ServedSite {
    options: DashboardOptions,
    /// What the pages of each journal that somebody asked for are made with.
    contexts: Mutex<HashMap<usize, Arc<PageContext>>>,
}

impl ServedSite {
    pub(super) fn new(options: DashboardOptions) -> Self {
        Self { options, contexts: Mutex::default() }
    }

    pub(super) fn options(&self) -> &DashboardOptions {
        &self.options
    }

    /// The journals of the overview; none: the server is about one journal.
    pub(super) fn several(&self) -> Option<&Arc<dyn JournalSet>> {
        match &self.options.journals {
            ServedJournals::One { .. } => None,
            ServedJournals::Several(journals) => Some(journals),
        }
    }

    /// What the pages of a journal are made with; none: there is none of this number. The only one
    /// of a server has the number 0.
    pub(super) fn journal(&self, number: usize) -> Option<Arc<PageContext>> {
        let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(context) = contexts.get(&number) {
            return Some(Arc::clone(context));
        }
        let (path, commands) = self.served(number)?;
        let context = Arc::new(PageContext::new(&self.options, path, commands));
        contexts.insert(number, Arc::clone(&context));
        Some(context)
    }

    fn served(&self, number: usize) -> Option<(PathBuf, JournalCommands)> {
        match &self.options.journals {
            ServedJournals::One { journal, commands } => {
                (number == 0).then(|| (journal.clone(), JournalCommands::Typed(commands.clone())))
            }
            ServedJournals::Several(journals) => {
                let commands = JournalCommands::OneOfSeveral(Arc::clone(journals), number);
                journals.journal(number).map(|path| (path, commands))
            }
        }
    }
}
