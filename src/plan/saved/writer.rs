//! Writes a plan, machine by machine.

use std::io::{self, Write};

use super::hash::{PlanHash, RecordHash};
use super::header::PlanHeader;
use super::machine::SavedMachine;
use crate::guard::{Class, Treatment};
use crate::reporter::ascii_json;

/// What the first line of a plan is.
pub(super) const FIRST_LINE: &str = "{\"schema\":\"mde-offboard.plan/1\",";

/// What comes before the machines.
pub(super) const MACHINES: &str = "\"machines\":[";

/// What comes after them.
pub(super) const END_OF_MACHINES: &str = "],";

/// Hash and counts of a plan on its way, for who writes and for who reads.
pub(super) struct Totals {
    hash: RecordHash,
    classes: [u64; Class::ALL.len()],
    would_send: u64,
}

impl Totals {
    pub(super) fn of(header_line: &str) -> Self {
        let mut hash = RecordHash::of("mde-offboard.plan/1");
        hash.add(header_line.as_bytes());
        Self { hash, classes: [0; Class::ALL.len()], would_send: 0 }
    }

    pub(super) fn add(&mut self, machine: &SavedMachine, hash: &[u8; 32]) {
        self.hash.add(hash);
        if let Some(at) = Class::ALL.iter().position(|class| *class == machine.class) {
            self.classes[at] += 1;
        }
        self.would_send += u64::from(machine.treatment == Treatment::Send);
    }

    /// The lines after the machines, and the hash.
    pub(super) fn finish(mut self) -> ([String; 3], PlanHash) {
        let counts: serde_json::Map<_, _> = Class::ALL
            .iter()
            .zip(self.classes)
            .map(|(class, count)| (class.word().to_owned(), count.into()))
            .collect();
        let classes = format!("\"classes\":{},", ascii_json(&counts));
        let would_send = format!("\"would_send\":{},", self.would_send);
        self.hash.add(classes.as_bytes());
        self.hash.add(would_send.as_bytes());
        let hash = PlanHash(self.hash.finish());
        ([classes, would_send, format!("\"hash\":\"{hash}\"}}")], hash)
    }
}

/// A plan on its way into a file.
pub struct PlanWriter<W> {
    out: W,
    totals: Totals,
    is_first: bool,
}

impl<W: Write> PlanWriter<W> {
    /// # Errors
    /// What the output says.
    pub fn begin(mut out: W, header: &PlanHeader) -> io::Result<Self> {
        let line = header.to_line();
        writeln!(out, "{FIRST_LINE}\n\"plan\":{line},\n{MACHINES}")?;
        Ok(Self { out, totals: Totals::of(&line), is_first: true })
    }

    /// # Errors
    /// What the output says.
    pub fn add(&mut self, machine: &SavedMachine) -> io::Result<()> {
        let hash = machine.hash();
        let between = if self.is_first { "" } else { ",\n" };
        self.is_first = false;
        self.totals.add(machine, &hash);
        write!(self.out, "{between}{}", machine.to_line(&hash))
    }

    /// Gives the output back, and the hash of the plan.
    ///
    /// # Errors
    /// What the output says.
    pub fn finish(mut self) -> io::Result<(W, PlanHash)> {
        let (lines, hash) = self.totals.finish();
        let end = if self.is_first { "" } else { "\n" };
        writeln!(self.out, "{end}{END_OF_MACHINES}\n{}", lines.join("\n"))?;
        Ok((self.out, hash))
    }
}

/// Whether a text begins as a saved plan does.
pub fn is_saved_plan(text: &str) -> bool {
    text.starts_with("{\"schema\":\"mde-offboard.plan/")
}
