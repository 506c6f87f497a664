//! What all pages of one journal are made with.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::text::in_line;
use crate::domain::{BatchId, Now};
use crate::engine::{Clock, RunOptions};
use crate::journal::{Batch, Journal};
use crate::report::{BatchCourse, BatchView, Commands, ViewedBatch};
use crate::reporter::Zone;

use super::DashboardError;
use super::options::{DashboardOptions, JournalSet};
use super::source::JournalSource;

/// Courses that are kept: of more batches at once no one looks at pages.
const COURSES_MAX: usize = 64;

#[derive(Debug)]
pub(super) struct PageContext {
    pub(super) journal: JournalSource,
    pub(super) zone: Zone,
    pub(super) without_a_batch: String,
    commands: JournalCommands,
    clock: Clock,
    /// What was read of the facts of each batch: only those that came since are read again.
    courses: Mutex<HashMap<BatchId, BatchCourse>>,
}

/// How commands about the journal are printed.
#[derive(Debug)]
pub(super) enum JournalCommands {
    /// With the options that were typed.
    Typed(Commands),
    /// With those that name the journal of this number and its tenant.
    OneOfSeveral(Arc<dyn JournalSet>, usize),
}

impl PageContext {
    pub(super) fn new(
        options: &DashboardOptions,
        journal: PathBuf,
        commands: JournalCommands,
    ) -> Self {
        Self {
            journal: JournalSource::new(journal),
            zone: options.zone.clone(),
            without_a_batch: options.without_a_batch.clone(),
            commands,
            clock: options.clock.clone(),
            courses: Mutex::default(),
        }
    }

    pub(super) fn now(&self) -> Now {
        self.clock.now()
    }

    /// How commands about a batch of it are printed.
    pub(super) fn commands(&self, batch: &Batch) -> Commands {
        match &self.commands {
            JournalCommands::Typed(commands) => commands.clone(),
            JournalCommands::OneOfSeveral(journals, number) => {
                journals.commands(*number, &batch.tenant)
            }
        }
    }

    /// From the root of the journal's pages to that of the server.
    pub(super) const fn to_site(&self) -> &'static str {
        match self.commands {
            JournalCommands::Typed(_) => "",
            JournalCommands::OneOfSeveral(..) => "../../",
        }
    }

    /// The title of a page, with the journal's name where the server has several.
    pub(super) fn title(&self, title: &str) -> String {
        match self.commands {
            JournalCommands::Typed(_) => title.to_owned(),
            JournalCommands::OneOfSeveral(..) => {
                let path = self.journal.path();
                let name = path.file_name().map_or(path, Path::new).to_string_lossy();
                format!("{}: {title}", in_line(&name))
            }
        }
    }

    /// Shows all that is known of a batch. One at a time: who comes second continues the course
    /// that the first one read.
    pub(super) fn show<T>(
        &self,
        journal: &Journal,
        batch: &Batch,
        show: impl FnOnce(&BatchView) -> T,
    ) -> Result<T, DashboardError> {
        let options = RunOptions::from_json(&batch.options)
            .map_err(|_| DashboardError::Options(batch.id.0))?;
        let viewed =
            ViewedBatch { batch: batch.id, budget: options.budget(), options: options.words() };
        let mut courses = self.courses.lock().unwrap_or_else(PoisonError::into_inner);
        let earlier = courses.remove(&batch.id);
        let view = BatchView::read(journal, &viewed, self.now(), earlier)?;
        let shown = show(&view);
        if courses.len() >= COURSES_MAX {
            courses.clear();
        }
        courses.insert(batch.id, view.course);
        Ok(shown)
    }
}
