//! A whole plan in memory: about 60 bytes and a name a machine.

use std::io::BufRead;
use std::time::Duration;

use super::error::PlanFileError;
use super::hash::PlanHash;
use super::header::PlanHeader;
use super::machine::SavedMachine;
use super::reader::{ReadPlan, read};
use super::writer::{PlanWriter, Totals};
use crate::domain::Timestamp;
use crate::guard::Treatment;

/// A plan, as its file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPlan {
    pub header: PlanHeader,
    /// In the order of the list.
    pub machines: Vec<SavedMachine>,
    pub hash: PlanHash,
}

impl SavedPlan {
    /// A plan of these machines, with its hash.
    pub fn seal(header: PlanHeader, machines: Vec<SavedMachine>) -> Self {
        let mut totals = Totals::of(&header.to_line());
        for machine in &machines {
            totals.add(machine, &machine.hash());
        }
        let (_, hash) = totals.finish();
        Self { header, machines, hash }
    }

    /// The content of its file.
    pub fn to_text(&self) -> String {
        let written = PlanWriter::begin(Vec::new(), &self.header).and_then(|mut writer| {
            self.machines.iter().try_for_each(|machine| writer.add(machine))?;
            writer.finish()
        });
        let (text, _) = written.expect("memory takes every write");
        String::from_utf8(text).expect("JSON is UTF-8")
    }

    /// Reads the content of a file.
    ///
    /// # Errors
    /// [`PlanFileError`] where it is not, byte for byte, what a [`PlanWriter`] wrote.
    pub fn read(input: impl BufRead) -> Result<Self, PlanFileError> {
        let ReadPlan { header, machines, hash } = read(input)?;
        Ok(Self { header, machines, hash })
    }

    /// The same of a text.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn parse(text: &str) -> Result<Self, PlanFileError> {
        Self::read(text.as_bytes())
    }

    /// How long ago the tenant was read.
    pub fn age(&self, now: Timestamp) -> Duration {
        now.since(self.header.snapshot_at)
    }

    /// Machines that are treated like this.
    pub fn count(&self, treatment: Treatment) -> u64 {
        self.machines.iter().filter(|machine| machine.treatment == treatment).count() as u64
    }
}
