//! Device names of a journal, as a person types them: whole, or the first label alone.

use std::collections::{BTreeSet, HashMap};

use crate::domain::{BatchId, MachineId};
use crate::journal::Journal;

use super::ReportError;

/// The names of a batch, or of all of a journal, without regard to case.
#[derive(Debug, Default)]
pub struct DeviceNames {
    whole: HashMap<String, BTreeSet<MachineId>>,
    /// The first labels of names that have a domain.
    labels: HashMap<String, BTreeSet<MachineId>>,
}

/// The machines that a typed name may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalledMachines {
    pub machines: BTreeSet<MachineId>,
    /// Whether the name is theirs as a whole; else one of both names has no domain, and the first
    /// labels are equal.
    pub is_whole: bool,
}

impl DeviceNames {
    /// Reads them: a million take about a second.
    ///
    /// # Errors
    /// Where the journal cannot be read.
    pub fn read(journal: &Journal, batch: Option<BatchId>) -> Result<Self, ReportError> {
        let mut names = Self::default();
        journal.each_name(batch, |machine, name| {
            let name = folded(name);
            if let Some((label, _)) = name.split_once('.') {
                names.labels.entry(label.to_owned()).or_default().insert(machine);
            }
            names.whole.entry(name).or_default().insert(machine);
        })?;
        Ok(names)
    }

    /// Whole names come first: `pc-1` is that machine, even if there is a `pc-1.corp.net`.
    pub fn find(&self, name: &str) -> CalledMachines {
        let name = folded(name);
        let whole = self.whole.get(&name).cloned().unwrap_or_default();
        if !whole.is_empty() {
            return CalledMachines { machines: whole, is_whole: true };
        }
        let agreeing = match name.split_once('.') {
            None => self.labels.get(&name),
            Some((label, _)) => self.whole.get(label),
        };
        CalledMachines { machines: agreeing.cloned().unwrap_or_default(), is_whole: false }
    }
}

fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}
