//! Each machine of a plan with its class, as a table for a spreadsheet.

use std::io::{self, Write};

use crate::domain::Timestamp;
use crate::journal::ComparedMachine;

use super::outcome::defanged;

const COLUMNS: [&str; 20] = [
    "machine_id",
    "device_name",
    "class",
    "what_happens",
    "known",
    "tenant_name",
    "os_platform",
    "os_version",
    "onboarding_status",
    "health_status",
    "first_seen",
    "last_seen",
    "tags",
    "device_group",
    "managed_by",
    "is_excluded",
    "action_id",
    "action_status",
    "source",
    "line",
];

/// Whether a file that begins like this is such a table.
pub fn has_details(text: &str) -> bool {
    let header = text.strip_prefix('\u{feff}').and_then(|text| text.lines().next());
    header == Some(COLUMNS.join(",").as_str())
}

/// The table, written row by row. It begins with a byte-order mark, for Excel.
#[derive(Debug)]
pub struct Details<W: Write> {
    out: csv::Writer<W>,
}

/// What a plan says of an entry of its list, in its words.
#[derive(Debug, Clone, Copy)]
pub struct PlanWords<'a> {
    pub class: &'a str,
    pub treatment: &'a str,
    /// What is known of it, in a few words.
    pub known: &'a str,
    /// Name of its input file.
    pub source: &'a str,
    /// In which line of it, counted from 1.
    pub line: u64,
}

impl<W: Write> Details<W> {
    /// Begins the table.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn begin(mut out: W) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS)?;
        Ok(Self { out })
    }

    /// # Errors
    /// Where it cannot be written.
    pub fn add(&mut self, machine: &ComparedMachine, words: PlanWords<'_>) -> io::Result<()> {
        let known = &machine.known;
        let record = known.record.as_ref();
        let text = |text: Option<&str>| defanged(text.unwrap_or_default());
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let action = machine.action.as_ref();
        let row = [
            machine.id.to_string(),
            text(known.name.as_deref()),
            words.class.to_owned(),
            words.treatment.to_owned(),
            text(Some(words.known)),
            text(record.and_then(|record| record.name.as_deref())),
            text(record.and_then(|record| record.os_platform.as_deref())),
            text(record.and_then(|record| record.os_version.as_deref())),
            text(record.and_then(|record| record.onboarding_status.as_deref())),
            text(record.and_then(|record| record.health_status.as_deref())),
            time(record.and_then(|record| record.first_seen)),
            time(record.and_then(|record| record.last_seen)),
            text(Some(&record.map(|record| record.tags.join("; ")).unwrap_or_default())),
            text(record.and_then(|record| record.group.as_deref())),
            text(record.and_then(|record| record.managed_by.as_deref())),
            record.map(|record| record.is_excluded.to_string()).unwrap_or_default(),
            action.map(|action| action.id.to_string()).unwrap_or_default(),
            text(action.map(|action| action.status.word())),
            text(Some(words.source)),
            words.line.to_string(),
        ];
        Ok(self.out.write_record(row)?)
    }

    /// Adds a name that is not that of one machine.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn add_name(&mut self, name: &str, words: PlanWords<'_>) -> io::Result<()> {
        let cell = |column: &str| match column {
            "device_name" => defanged(name),
            "class" => words.class.to_owned(),
            "what_happens" => words.treatment.to_owned(),
            "known" => defanged(words.known),
            "source" => defanged(words.source),
            "line" => words.line.to_string(),
            _ => String::new(),
        };
        Ok(self.out.write_record(COLUMNS.map(cell))?)
    }

    /// # Errors
    /// Where what is left cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}
