//! The report of one journal as one file: no script, and nothing from elsewhere.

use std::io::Write;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::journal::{Filter, Journal};
use crate::report::ReportError;

use super::assets::{PRINTED_SIMULATION, STYLE_SHEET};
use super::batch_view::BatchView;
use super::chapter::{ChapterHead, HOLE, halves, made_from, put, write_chapter};
use super::report_notes::ReportNotes;

/// By this a file is known as a report of ours.
const GENERATOR: &str = "mde-offboard report/1";

/// Nothing is loaded, nothing runs, nothing is sent.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                      base-uri 'none'; form-action 'none'";

/// What is around the chapters of a report.
pub(super) struct ReportFrame<'a> {
    pub(super) title: &'a str,
    pub(super) is_simulated: bool,
    /// Styles beside those of all pages.
    pub(super) style: &'static str,
    /// Terms and values below the title.
    pub(super) evidence: Markup,
    /// What stands before the chapters.
    pub(super) opening: Markup,
}

/// Whether a file that begins like this is such a report.
pub fn is_html_report(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    line.starts_with("<!DOCTYPE html>") && line.contains(&format!("content=\"{GENERATOR}\""))
}

/// Writes the report of one batch or of several of a journal, each a chapter, with the machines
/// that pass `filter`, and returns how many those were.
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
    let title = match views {
        [one] => format!("Report on batch {}", one.status.batch.id),
        several => format!("Report on {} batches", several.len()),
    };
    let frame = ReportFrame {
        title: &title,
        is_simulated: views.iter().any(|view| view.status.batch.tenant.is_simulated()),
        style: "",
        evidence: html! {
            (made(notes))
            @if let Some(view) = views.first() { (made_from(view, notes.commands)) }
        },
        opening: html! { @if views.is_empty() { p { "This journal has no batches." } } },
    };
    let page = frame.to_page().into_string();
    let (before, after) = halves(&page);
    put(out, before)?;
    let mut machines = 0;
    for view in views {
        let chapter = (&ChapterHead::default(), view);
        machines += write_chapter(chapter, (journal, filter), notes, out)?;
    }
    put(out, after)?;
    put(out, "\n")?;
    out.flush().map_err(ReportError::Write)?;
    Ok(machines)
}

impl ReportFrame<'_> {
    /// The page, with a hole for the chapters.
    pub(super) fn to_page(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="generator" content=(GENERATOR);
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " \u{b7} mde-offboard" }
                    style { (PreEscaped(STYLE_SHEET)) (PreEscaped(self.style)) }
                    @if self.is_simulated { style { (PreEscaped(PRINTED_SIMULATION)) } }
                }
                body class="report" {
                    a class="skip" href="#main" { "Skip to the content" }
                    header {
                        h1 { (self.title) }
                        @if self.is_simulated {
                            p class="simulation" { "SIMULATION: no tenant was touched." }
                        }
                        dl class="evidence" { (self.evidence) }
                    }
                    main id="main" {
                        (self.opening)
                        (HOLE)
                    }
                }
            }
        }
    }
}

/// When it was made, and by what.
pub(super) fn made(notes: &ReportNotes<'_>) -> Markup {
    let ReportNotes { made_at, zone, .. } = *notes;
    html! {
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
    }
}
