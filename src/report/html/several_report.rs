//! The report of several journals as one file: a table of all, then a chapter a batch.
//!
//! The table comes first and is known last: a journal's row and its chapters are of one instant, so
//! that they agree. So the chapters are kept elsewhere until all journals are read.

use std::io::{self, Read, Write};

use maud::html;

use crate::domain::Tenant;
use crate::domain::text::plural;
use crate::journal::{Filter, Journal};
use crate::report::overview::{Overview, TenantRow};
use crate::report::{ReportError, TENANTS_STYLE};

use super::batch_view::BatchView;
use super::chapter::{ChapterHead, halves, made_from, put, write_chapter};
use super::overview::overview_sections;
use super::report_file::{ReportFrame, made};
use super::report_notes::ReportNotes;

/// Writes the chapters of one journal, which belong to its row, and returns how many machines they
/// list.
///
/// # Errors
/// Where the journal cannot be read, or `out` cannot be written.
pub fn write_chapters(
    (row, views): (&TenantRow, &[BatchView]),
    (journal, filter): (&Journal, &Filter),
    notes: &ReportNotes<'_>,
    out: &mut dyn Write,
) -> Result<u64, ReportError> {
    let notes = ReportNotes { commands: &row.commands, ..*notes };
    let mut machines = 0;
    for (at, view) in views.iter().enumerate() {
        let head = ChapterHead {
            id: (at == 0).then(|| anchor(row)),
            journal: Some(row.file.clone()),
            evidence: Some(made_from(view, &row.commands)),
        };
        machines += write_chapter((&head, view), (journal, filter), &notes, out)?;
    }
    Ok(machines)
}

/// Writes the report, with these chapters: those of all journals of the table, in their order.
///
/// # Errors
/// Where `chapters` cannot be read, or `out` cannot be written.
pub fn write_html_of_several(
    overview: &Overview,
    notes: &ReportNotes<'_>,
    chapters: &mut dyn Read,
    out: &mut dyn Write,
) -> Result<(), ReportError> {
    let link = |row: &TenantRow| row.batch().map(|_| format!("#{}", anchor(row)));
    let opening = overview_sections(overview, notes.zone, &link);
    let mut tenants = overview.rows.iter().filter_map(TenantRow::tenant);
    let journals = overview.rows.len() as u64;
    let title = format!("Report on {journals} {}", plural(journals, "journal", "journals"));
    let frame = ReportFrame {
        title: &title,
        is_simulated: tenants.any(Tenant::is_simulated),
        style: TENANTS_STYLE,
        evidence: made(notes),
        opening: html! {
            section class="tenants" {
                h2 { "Tenants" }
                @for section in &opening { (section.html) }
            }
        },
    };
    let page = frame.to_page().into_string();
    let (before, after) = halves(&page);
    put(out, before)?;
    io::copy(chapters, out).map_err(ReportError::Write)?;
    put(out, after)?;
    put(out, "\n")?;
    out.flush().map_err(ReportError::Write)
}

/// By which the table finds the first chapter of a journal.
fn anchor(row: &TenantRow) -> String {
    format!("journal-{}", row.number)
}
