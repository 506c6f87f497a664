//! The JSON Schemas of what is made here, in one list.

use crate::reporter::NamedSchema;

use super::audit_export::ExportedFact;
use super::batches::ListedShape;
use super::machine::ShownShape;
use super::outcome::Outcome;
use super::outcome_file::ReportDocument;
use super::overview::OverviewShape;
use super::status::StatusShape;

/// One schema a document, and one a line of those that are written line by line.
pub fn schemas() -> Vec<NamedSchema> {
    vec![
        NamedSchema::of::<StatusShape<'_>>("status", "mde-offboard.status/1"),
        NamedSchema::of::<Vec<ListedShape<'_>>>("batches", "batches --json"),
        NamedSchema::of::<ShownShape<'_>>("machine", "mde-offboard.machine/1"),
        NamedSchema::of::<ReportDocument<'_>>("report", "mde-offboard.report/1"),
        NamedSchema::of::<Outcome<'_>>("outcome", "A line of report --format ndjson"),
        NamedSchema::of::<OverviewShape<'_>>("overview", "mde-offboard.overview/1"),
        NamedSchema::of::<ExportedFact<'_>>("fact", "A line of audit export"),
    ]
}
