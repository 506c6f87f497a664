//! What a file that a command writes is for, and whether one that is there is of that kind.

use std::path::PathBuf;

use crate::plan::is_saved_plan;
use crate::report::{Format, HeadNote, has_details, has_rejects, is_export, is_html_report};
use crate::reporter::{Lines, Metrics};
use crate::simulator::is_sample;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputKind {
    /// `report --output`.
    Report,
    /// `simulator --sample --output`.
    Sample,
    /// `--rejects`.
    Rejects,
    /// `plan --output`.
    Plan,
    /// `--details`.
    Details,
    /// `--events`.
    Events,
    /// `--metrics-file`.
    Metrics,
    /// `--log-file`.
    Log,
    /// `audit export --output`.
    Facts,
    /// `audit verify --write-head`.
    Head,
    /// `journal copy FILE`.
    Copy,
    /// `config init`.
    Configuration,
    /// `man FOLDER`, a page.
    Manual,
}

#[derive(Debug, Clone)]
pub(crate) struct WantedOutput {
    pub(crate) kind: OutputKind,
    pub(crate) path: PathBuf,
}

/// What a command writes to standard output by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printed {
    /// For people.
    Words,
    /// With `--json`.
    Document,
    /// Its result, which has no file.
    Result(OutputKind),
}

impl OutputKind {
    /// Whether it is the result of its command: with `--json` it is the document.
    pub(super) const fn is_result(self) -> bool {
        matches!(self, Self::Report | Self::Sample | Self::Facts)
    }

    pub(super) const fn option(self) -> &'static str {
        match self {
            Self::Report | Self::Sample | Self::Plan | Self::Facts => "--output",
            Self::Rejects => "--rejects",
            Self::Details => "--details",
            Self::Events => "--events",
            Self::Metrics => "--metrics-file",
            Self::Log => "--log-file",
            Self::Head => "--write-head",
            Self::Copy => "journal copy",
            Self::Configuration => "config init",
            Self::Manual => "man",
        }
    }

    /// Whether `-` is standard output for it; a copy is a file, and so are settings and pages.
    pub(super) const fn takes_stream(self) -> bool {
        !matches!(self, Self::Copy | Self::Configuration | Self::Manual)
    }

    /// Whether everybody may read it: it is made for other programs, and holds nothing of a tenant.
    pub(super) const fn is_for_everyone(self) -> bool {
        matches!(self, Self::Manual)
    }

    /// What `--force` does to a file that is there.
    pub(super) const fn act(self) -> &'static str {
        match self {
            Self::Report
            | Self::Sample
            | Self::Plan
            | Self::Rejects
            | Self::Details
            | Self::Metrics
            | Self::Facts
            | Self::Head
            | Self::Copy
            | Self::Configuration
            | Self::Manual => "replace",
            Self::Events | Self::Log => "append to",
        }
    }

    /// Whether a file that begins with `head` was written for this. An empty one is anybody's.
    pub(super) fn wrote(self, head: &[u8]) -> bool {
        let text = match std::str::from_utf8(head) {
            Ok(text) => text,
            // The head may end within a letter.
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return false,
        };
        head.is_empty()
            || match self {
                Self::Report => Format::of_report(text).is_some() || is_html_report(text),
                Self::Sample => is_sample(text),
                Self::Rejects => has_rejects(text),
                Self::Plan => is_saved_plan(text),
                Self::Details => has_details(text),
                Self::Events => Lines::are_in(text),
                Self::Metrics => Metrics::are_in(text),
                Self::Log => is_log(text),
                Self::Facts => is_export(text),
                Self::Head => HeadNote::is_in(text),
                Self::Manual => is_manual_page(text),
                // Known by its row, not by its first bytes; and what a person filled in.
                Self::Copy | Self::Configuration => false,
            }
    }
}

/// Below the lines that make an apostrophe one in any `roff`.
fn is_manual_page(text: &str) -> bool {
    let title = text.lines().take(3).find(|line| line.starts_with(".TH "));
    title.is_some_and(|title| title.starts_with(".TH mde-offboard"))
}

/// `2026-11-26T16:14:17.123456Z DEBUG mde_offboard::defender: ...`, or the same as JSON.
fn is_log(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    if line.starts_with("{\"timestamp\":\"") {
        return line.contains("\"target\":\"mde_offboard");
    }
    let mut words = line.split_whitespace();
    let time = words.next().is_some_and(|word| word.parse::<jiff::Timestamp>().is_ok());
    let level = words
        .next()
        .is_some_and(|word| ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"].contains(&word));
    time && level && line.contains("mde_offboard")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_known_by_its_first_line() {
        let line = "2026-11-26T16:14:17.123456Z DEBUG mde_offboard::defender: GET /api 200\n";
        assert!(OutputKind::Log.wrote(line.as_bytes()));
        let json = r#"{"timestamp":"2026-11-26T16:14:17Z","target":"mde_offboard::cli"}"#;
        assert!(OutputKind::Log.wrote(json.as_bytes()));
        assert!(OutputKind::Log.wrote(b""));
        for other in ["Device ID\n", "2026-11-26T16:14:17Z DEBUG nginx: GET\n", "\u{1b}"] {
            assert!(!OutputKind::Log.wrote(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_nobodys() {
        for kind in [
            OutputKind::Report,
            OutputKind::Sample,
            OutputKind::Rejects,
            OutputKind::Plan,
            OutputKind::Details,
            OutputKind::Events,
            OutputKind::Metrics,
            OutputKind::Log,
            OutputKind::Facts,
            OutputKind::Head,
            OutputKind::Copy,
            OutputKind::Configuration,
            OutputKind::Manual,
        ] {
            assert!(!kind.wrote(b"PK\x03\x04\xff\xfe\x00"), "{kind:?}");
        }
    }
}
