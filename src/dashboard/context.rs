//! What all pages are made with.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::domain::{BatchId, Now};
use crate::engine::{Clock, RunOptions};
use crate::journal::{Batch, Journal};
use crate::report::{BatchCourse, BatchView, Commands, ViewedBatch};
use crate::reporter::Zone;

use super::DashboardError;
use super::source::JournalSource;

/// What the dashboard is about, and how it says it.
#[derive(Debug)]
pub struct DashboardOptions {
    pub journal: PathBuf,
    pub clock: Clock,
    pub zone: Zone,
    pub commands: Commands,
    /// What to do where the journal has no batch.
    pub without_a_batch: String,
}

/// Courses that are kept: of more batches at once no one looks at pages.
const COURSES_MAX: usize = 64;

#[derive(Debug)]
pub(super) struct PageContext {
    pub(super) journal: JournalSource,
    pub(super) zone: Zone,
    pub(super) commands: Commands,
    pub(super) without_a_batch: String,
    clock: Clock,
    /// What was read of the facts of each batch: only those that came since are read again.
    courses: Mutex<HashMap<BatchId, BatchCourse>>,
}

impl PageContext {
    pub(super) fn new(options: DashboardOptions) -> Self {
        let DashboardOptions { journal, clock, zone, commands, without_a_batch } = options;
        let (journal, courses) = (JournalSource::new(journal), Mutex::default());
        Self { journal, zone, commands, without_a_batch, clock, courses }
    }

    pub(super) fn now(&self) -> Now {
        self.clock.now()
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
        let viewed = ViewedBatch {
            batch: batch.id,
            budget: options.budget(),
            options: options.pacing_words().to_vec(),
        };
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
