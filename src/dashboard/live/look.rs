//! One look at a journal, or at several: the sections of a page as they are now.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::BatchId;
use crate::domain::hex;
use crate::domain::text::in_line;
use crate::journal::{Batch, Journal};
use crate::report::{BatchView, NOTICE, Section, TenantRow, notice, overview_sections};
use crate::reporter::{ascii_json, sources_line};

use crate::dashboard::DashboardError;
use crate::dashboard::context::PageContext;
use crate::dashboard::options::{DashboardOptions, JournalSet};
use crate::dashboard::subject::Subject;

/// A page at one instant.
#[derive(Debug, Clone)]
pub(in crate::dashboard) struct PageLook {
    /// None: there is none yet.
    pub(in crate::dashboard) batch: Option<BatchId>,
    pub(in crate::dashboard) title: String,
    /// How many the journal has: with each more a table may be another.
    pub(super) facts: u64,
    pub(in crate::dashboard) sections: Vec<Section>,
    /// Of each section, what differs where it does.
    pub(in crate::dashboard) digests: Vec<[u8; 32]>,
    /// The same of all of them, as a word.
    pub(in crate::dashboard) version: String,
}

/// What a page needs to replace a section.
#[derive(Serialize)]
struct SectionShape<'a> {
    id: &'a str,
    html: &'a str,
}

/// Looks at several journals for the page that shows all.
pub(in crate::dashboard) fn look_at_all(
    journals: &dyn JournalSet,
    options: &DashboardOptions,
) -> PageLook {
    let overview = journals.overview(options.clock.now());
    let link = |row: &TenantRow| Some(format!("journal/{}/", row.number));
    let sections = overview_sections(&overview, &options.zone, &link);
    PageLook::new(None, "Tenants".to_owned(), sections)
}

/// Looks at a journal for one of its pages.
pub(in crate::dashboard) fn look(
    context: &PageContext,
    subject: Subject,
) -> Result<PageLook, DashboardError> {
    let read = |journal: &Journal| {
        let Some(batch) = subject.find(journal)? else { return Ok(None) };
        PageLook::of(context, journal, &batch).map(Some)
    };
    Ok(context
        .journal
        .read(read)?
        .flatten()
        .unwrap_or_else(|| PageLook::without_a_batch(context, subject)))
}

impl PageLook {
    /// At a batch of a journal that is open.
    pub(in crate::dashboard) fn of(
        context: &PageContext,
        journal: &Journal,
        batch: &Batch,
    ) -> Result<Self, DashboardError> {
        let lost = journal.lost_log().map(|log| {
            let log = in_line(&log.to_string_lossy()).into_owned();
            format!("{log} is missing, or not this journal's: what was written last is lost.")
        });
        let title = format!("Batch {}: {}", batch.id, sources_line(&batch.sources));
        let commands = context.commands(batch);
        let mut sections = vec![notice(&lost.into_iter().collect::<Vec<_>>())];
        let show =
            |view: &BatchView| (view.status.audit.rows, view.sections(&context.zone, &commands));
        let (facts, of_batch) = context.show(journal, batch, show)?;
        sections.extend(of_batch);
        Ok(Self { facts, ..Self::new(Some(batch.id), title, sections) })
    }

    fn without_a_batch(context: &PageContext, subject: Subject) -> Self {
        let path = context.journal.path();
        let place = in_line(&path.to_string_lossy()).into_owned();
        let words = match subject {
            Subject::Batch(id) => format!("There is no batch {id} in {place}."),
            Subject::Current if path.exists() => {
                format!("Waiting for a batch: {place} has no batch yet.")
            }
            Subject::Current => format!("Waiting for a batch: {place} does not exist yet."),
        };
        let hint = context.without_a_batch.clone();
        Self::new(None, "No batch yet".to_owned(), vec![notice(&[words, hint])])
    }

    /// The same page where the journal cannot be read at the moment.
    pub(in crate::dashboard) fn with_trouble(&self, error: &DashboardError) -> Self {
        let mut sections = self.sections.clone();
        sections.retain(|section| section.id != NOTICE);
        sections.insert(0, trouble(error));
        Self { facts: self.facts, ..Self::new(self.batch, self.title.clone(), sections) }
    }

    /// A page where nothing could be read so far.
    pub(in crate::dashboard) fn only_trouble(error: &DashboardError) -> Self {
        Self::new(None, "The journal cannot be read".to_owned(), vec![trouble(error)])
    }

    fn new(batch: Option<BatchId>, title: String, sections: Vec<Section>) -> Self {
        let digest = |section: &Section| {
            let mut digest = Sha256::new_with_prefix(section.id);
            digest.update(&section.html.0);
            digest.finalize().into()
        };
        let digests: Vec<[u8; 32]> = sections.iter().map(digest).collect();
        let whole: [u8; 32] = Sha256::digest(digests.concat()).into();
        Self { batch, title, facts: 0, sections, digests, version: hex::encode(&whole[..16]) }
    }

    /// A section as an event carries it: on one line.
    pub(super) fn document(section: &Section) -> String {
        ascii_json(&SectionShape { id: section.id, html: &section.html.0 })
    }
}

fn trouble(error: &DashboardError) -> Section {
    let mut said =
        vec!["The journal cannot be read; this page tries again each second.".to_owned()];
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        let words = in_line(&error.to_string()).into_owned();
        if said.last() != Some(&words) {
            said.push(words);
        }
        cause = error.source();
    }
    notice(&said)
}
