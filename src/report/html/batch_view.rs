//! All that a page says of a batch, read at one instant.

use crate::domain::text::in_line;
use crate::domain::{BatchId, Now};
use crate::journal::Journal;
use crate::limiter::Budget;
use crate::report::ReportError;
use crate::report::closing::Outcomes;
use crate::report::course::BatchCourse;
use crate::report::status::{Status, status};

/// Which batch is looked at, and what it remembers of how it is run.
#[derive(Debug, Clone)]
pub struct ViewedBatch {
    pub batch: BatchId,
    pub budget: Budget,
    /// Its options by their names on the command line, with their values as they would be typed;
    /// a protect list with its hash.
    pub options: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone)]
pub struct BatchView {
    pub status: Status,
    pub course: BatchCourse,
    /// Name of the journal's file, fit to be shown; empty in memory.
    pub journal: String,
    pub options: Vec<(&'static str, String)>,
    pub(super) outcomes: Outcomes,
}

impl BatchView {
    /// Reads how far a batch is, and continues the course that an earlier look had come to.
    ///
    /// # Errors
    /// Where the journal cannot be read or has no such batch.
    pub fn read(
        journal: &Journal,
        viewed: &ViewedBatch,
        now: Now,
        earlier: Option<BatchCourse>,
    ) -> Result<Self, ReportError> {
        let status = status(journal, viewed.batch, &viewed.budget, now)?;
        let earlier = earlier.filter(|course| course.batch() == viewed.batch);
        let mut course = earlier.unwrap_or_else(|| BatchCourse::new(viewed.batch));
        // Facts that came since then are in the next look.
        course.advance(journal, status.audit)?;
        let name = journal.path().and_then(|path| path.file_name());
        let name = name.map(|name| in_line(&name.to_string_lossy()).into_owned());
        Ok(Self {
            outcomes: Outcomes::of(journal, &status.batch)?,
            status,
            course,
            journal: name.unwrap_or_default(),
            options: viewed.options.clone(),
        })
    }
}
