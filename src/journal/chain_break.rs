//! Where the audit chain does not hold.
//!
//! Words alone, which errors carry. Deliberately absent: finding it (`facts`).

use std::fmt;

use crate::domain::{BatchId, MachineId, MachineNumber, Timestamp};

/// A fact that does not fit, or facts that are not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainBreak {
    /// Number of the fact, or of the first one that is missing.
    pub first: i64,
    /// The same number, or that of the last one that is missing.
    pub last: i64,
    /// Whether these facts are not there at all.
    pub missing: bool,
    /// What the fact says of itself; of missing ones, what the next fact says.
    pub batch: Option<BatchId>,
    pub number: Option<MachineNumber>,
    pub machine: Option<MachineId>,
    pub at: Option<Timestamp>,
}

/// `fact 7 (machine 3 of batch 1, 00ab..., 2026-11-23T17:40:00Z) was changed, moved or put in`.
impl fmt::Display for ChainBreak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, missing, .. } = self;
        let place = self.place();
        match (missing, first == last) {
            (false, _) => write!(f, "fact {first} ({place}) was changed, moved or put in"),
            (true, true) => write!(f, "fact {first} is missing, before one about {place}"),
            (true, false) => {
                write!(f, "facts {first} to {last} are missing, before one about {place}")
            }
        }
    }
}

impl ChainBreak {
    fn place(&self) -> String {
        let batch = self.batch.map_or_else(|| "no batch".to_owned(), |id| format!("batch {id}"));
        let machine = self.number.map(|number| format!("machine {} of ", number.0));
        let id = self.machine.map(|id| format!(", {id}"));
        let at = self.at.map(|at| format!(", {at}"));
        [machine, Some(batch), id, at].into_iter().flatten().collect()
    }
}
