//! In which forms a report is written.
//!
//! Deliberately absent: which of them a file's ending names (`batch`).

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    // A table for a spreadsheet
    Csv,
    // One JSON document
    Json,
    // One machine a line
    Ndjson,
    // A workbook for Excel
    Xlsx,
    // A page to read and to print, with charts
    Html,
}

impl ReportFormat {
    /// Those of a list of machines, which is no page.
    pub(super) fn of_list() -> impl TypedValueParser<Value = Self> {
        let lists = Self::value_variants().iter().filter(|form| **form != Self::Html);
        PossibleValuesParser::new(lists.filter_map(ValueEnum::to_possible_value))
            .map(|word| Self::from_str(&word, false).expect("only these words are possible"))
    }
}
