//! The report as one file: no script, and nothing from elsewhere.
//!
//! Rows of machines are written as they are read: memory does not know how many there are. Whole
//! templates are rendered with a hole in them, and the rows go where the hole is.

use std::io::{self, Write};
use std::ops::ControlFlow;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::domain::text::{in_line, plural};
use crate::domain::{Timestamp, hex};
use crate::journal::{Filter, Journal};
use crate::report::{Commands, ReportError};
use crate::reporter::{Zone, thousands};

use super::assets::{PRINTED_SIMULATION, STYLE_SHEET};
use super::batch_view::BatchView;
use super::machine_rows::{columns, machine_row};
use super::options::options;
use super::section::Section;

/// By this a file is known as a report of ours.
const GENERATOR: &str = "mde-offboard report/1";

/// Nothing is loaded, nothing runs, nothing is sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// The sections of a chapter: all but what is read out, and what is said of the journal once.
const PARTS: [&str; 7] =
    ["batch", "summary", "progress", "requests", "states", "errors", "timeline"];

/// Where rows or chapters go. No text from outside can be it: its first sign is escaped there.
const HOLE: PreEscaped<&str> = PreEscaped("<!--hole-->");

/// What the report says of itself.
#[derive(Debug, Clone, Copy)]
pub struct ReportNotes<'a> {
    pub made_at: Timestamp,
    /// The options that choose machines, as they would be typed; none: all are listed.
    pub selection: Option<&'a str>,
    pub zone: &'a Zone,
    pub commands: &'a Commands,
}

/// Whether a file that begins like this is such a report.
pub fn is_html_report(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    line.starts_with("<!DOCTYPE html>") && line.contains(&format!("content=\"{GENERATOR}\""))
}

/// Writes the report of one batch or of several, each a chapter, with the machines that pass
/// `filter`, and returns how many those were.
///
/// # Errors
/// Where the journal cannot be read, or `out` cannot be written.
pub fn write_html(
    journal: &Journal,
    views: &[BatchView],
    filter: &Filter,
    notes: &ReportNotes<'_>,
    out: &mut dyn Write,
) -> Result<u64, ReportError> {
    let page = page(views, notes).into_string();
    let (before, after) = halves(&page);
    put(out, before)?;
    let mut machines = 0;
    for view in views {
        machines += write_chapter(journal, view, filter, notes, out)?;
    }
    put(out, after)?;
    put(out, "\n")?;
    out.flush().map_err(ReportError::Write)?;
    Ok(machines)
}

fn write_chapter(
    journal: &Journal,
    view: &BatchView,
    filter: &Filter,
    notes: &ReportNotes<'_>,
    out: &mut dyn Write,
) -> Result<u64, ReportError> {
    let chapter = chapter(view, notes).into_string();
    let (before, after) = halves(&chapter);
    put(out, before)?;
    let (mut machines, mut trouble) = (0, None);
    journal.each_machine(view.status.batch.id, filter, |machine| {
        machines += 1;
        let row = machine_row(&machine, &view.status.batch, notes.zone).into_string();
        match writeln!(out, "{row}") {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                trouble = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    trouble.map_or(Ok(()), |error| Err(ReportError::Write(error)))?;
    put(out, after)?;
    put(out, &listed(machines).into_string())?;
    Ok(machines)
}

fn put(out: &mut dyn Write, text: &str) -> Result<(), ReportError> {
    let written: io::Result<()> = out.write_all(text.as_bytes());
    written.map_err(ReportError::Write)
}

/// What is before and after the hole.
fn halves(markup: &str) -> (&str, &str) {
    markup.split_once(HOLE.0).expect("each template has one hole")
}

fn page(views: &[BatchView], notes: &ReportNotes<'_>) -> Markup {
    let title = title(views);
    let simulated = views.iter().any(|view| view.status.batch.tenant.is_simulated());
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="generator" content=(GENERATOR);
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " \u{b7} mde-offboard" }
                style { (PreEscaped(STYLE_SHEET)) }
                @if simulated { style { (PreEscaped(PRINTED_SIMULATION)) } }
            }
            body class="report" {
                a class="skip" href="#main" { "Skip to the content" }
                header {
                    h1 { (title) }
                    @if simulated {
                        p class="simulation" { "SIMULATION: no tenant was touched." }
                    }
                    (evidence(views, notes))
                }
                main id="main" {
                    @if views.is_empty() { p { "This journal has no batches." } }
                    (HOLE)
                }
            }
        }
    }
}

fn title(views: &[BatchView]) -> String {
    match views {
        [one] => format!("Report on batch {}", one.status.batch.id),
        several => format!("Report on {} batches", several.len()),
    }
}

/// When it was made, by what, from what, and how to check it.
fn evidence(views: &[BatchView], notes: &ReportNotes<'_>) -> Markup {
    let ReportNotes { made_at, zone, commands, .. } = *notes;
    html! {
        dl class="evidence" {
            dt { "Made" }
            dd {
                time datetime=(made_at) { (zone.dated(made_at)) " " (zone.name(made_at)) }
                ", by mde-offboard " (env!("CARGO_PKG_VERSION"))
            }
            dt { "Times" }
            dd {
                "in " (zone.iana_name().map_or_else(|| zone.name(made_at), str::to_owned))
                ", where they are not said to be in UTC"
            }
            @if let Some(view) = views.first() {
                @let audit = view.status.audit;
                @let hash = hex::encode(&audit.hash);
                dt { "Made from" }
                dd { "the journal " (view.journal) ", " (thousands(audit.rows)) " facts" }
                dt { "Audit head" }
                dd { code { (hash) } }
                dt { "Check it" }
                dd {
                    "On the journal, or on any later copy of it, this must succeed: "
                    code { (in_line(&commands.of(&format!("audit verify --head {hash}")))) }
                }
            }
        }
    }
}

fn chapter(view: &BatchView, notes: &ReportNotes<'_>) -> Markup {
    let ReportNotes { zone, commands, selection, .. } = *notes;
    let id = view.status.batch.id;
    let sections = view.sections(zone, commands);
    let of = |wanted: &str| sections.iter().find(|section: &&Section| section.id == wanted);
    html! {
        article {
            h2 class="chapter" { "Batch " (id) }
            @for wanted in PARTS {
                @if let Some(section) = of(wanted) { section class=(wanted) { (section.html) } }
            }
            section class="options" { (options(view)) }
            // Where the table is wider than the screen, it is scrolled by keyboard, too.
            section class="machines" tabindex="0" aria-label="Machines" {
                h2 { "Machines" }
                @if let Some(selection) = selection {
                    p {
                        "Only some machines are listed here: " code { (in_line(selection)) }
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
