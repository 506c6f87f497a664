//! One batch in a report: all its sections, and a row each for its machines.
//!
//! Rows are written as they are read: memory does not know how many there are. Whole templates are
//! rendered with a hole in them, and the rows go where the hole is.

use std::io::{self, Write};

use maud::{Markup, PreEscaped, html};

use crate::domain::hex;
use crate::domain::text::{in_line, plural};
use crate::journal::{Filter, Journal};
use crate::report::{Commands, ReportError};
use crate::reporter::thousands;

use super::batch_view::BatchView;
use super::command::command;
use super::machine_rows::{columns, machine_row};
use super::report_notes::ReportNotes;
use super::section::Section;

/// The sections of a chapter: all but what is read out, and what is said of the journal once.
const PARTS: [&str; 8] =
    ["batch", "summary", "progress", "requests", "states", "errors", "timeline", "options"];

/// Where rows or chapters go. No text from outside can be it: its first sign is escaped there.
pub(super) const HOLE: PreEscaped<&str> = PreEscaped("<!--hole-->");

/// What stands above a chapter.
#[derive(Debug, Clone, Default)]
pub(super) struct ChapterHead {
    /// By which links find it.
    pub(super) id: Option<String>,
    /// Of which journal it is, where the report is of several.
    pub(super) journal: Option<String>,
    /// How that journal is checked, where it is not said once for the whole report.
    pub(super) evidence: Option<Markup>,
}

pub(super) fn write_chapter(
    (head, view): (&ChapterHead, &BatchView),
    (journal, filter): (&Journal, &Filter),
    notes: &ReportNotes<'_>,
    out: &mut dyn Write,
) -> Result<u64, ReportError> {
    let chapter = chapter(head, view, notes).into_string();
    let (before, after) = halves(&chapter);
    put(out, before)?;
    let mut machines = 0;
    journal.try_each_machine(view.status.batch.id, filter, |machine| {
        machines += 1;
        let row = machine_row(&machine, &view.status.batch, notes.zone).into_string();
        writeln!(out, "{row}").map_err(ReportError::Write)
    })?;
    put(out, after)?;
    put(out, &listed(machines).into_string())?;
    Ok(machines)
}

pub(super) fn put(out: &mut dyn Write, text: &str) -> Result<(), ReportError> {
    let written: io::Result<()> = out.write_all(text.as_bytes());
    written.map_err(ReportError::Write)
}

/// What is before and after the hole.
pub(super) fn halves(markup: &str) -> (&str, &str) {
    markup.split_once(HOLE.0).expect("each template has one hole")
}

/// From which journal it was made, and how to check it.
pub(super) fn made_from(view: &BatchView, commands: &Commands) -> Markup {
    let audit = view.status.audit;
    let hash = hex::encode(&audit.hash);
    html! {
        dt { "Made from" }
        dd { "the journal " (view.journal) ", " (thousands(audit.rows)) " facts" }
        dt { "Audit head" }
        dd { code { (hash) } }
        dt { "Check it" }
        dd {
            "On the journal, or on any later copy of it, this must succeed: "
            (command(&commands.of(&format!("audit verify --head {hash}"))))
        }
    }
}

fn chapter(head: &ChapterHead, view: &BatchView, notes: &ReportNotes<'_>) -> Markup {
    let ReportNotes { zone, commands, selection, .. } = *notes;
    let sections = view.sections(zone, commands);
    let of = |wanted: &str| sections.iter().find(|section: &&Section| section.id == wanted);
    html! {
        article id=[head.id.as_deref()] {
            h2 class="chapter" {
                @if let Some(journal) = &head.journal { (in_line(journal)) ": batch " }
                @else { "Batch " }
                (view.status.batch.id)
            }
            @if let Some(evidence) = &head.evidence { dl class="evidence" { (evidence) } }
            @for wanted in PARTS {
                @if let Some(section) = of(wanted) { section class=(wanted) { (section.html) } }
            }
            // Where the table is wider than the screen, it is scrolled by keyboard, too.
            section class="machines" tabindex="0" aria-label="Machines" {
                h2 { "Machines" }
                @if let Some(selection) = selection {
                    p {
                        "Only some machines are listed here: " (command(selection))
                        ". All other numbers of this report are about the whole batch."
                    }
                }
                table class="machines" {
                    caption {
                        @if selection.is_some() { "What came of these machines" } @else {
                            "What came of every machine"
                        }
                    }
                    (columns())
                    tbody { (HOLE) }
                }
            }
        }
    }
}

fn listed(machines: u64) -> Markup {
    let are = plural(machines, "machine is", "machines are");
    html! {
        p class="listed" {
            @if machines == 0 { "No machine is listed." } @else {
                (thousands(machines)) " " (are) " listed."
            }
        }
    }
}
