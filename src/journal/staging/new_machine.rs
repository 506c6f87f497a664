//! One machine of the input, on its way into a batch.

use crate::domain::{Comment, Device, MachineId, Reason, RowTime};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMachine {
    pub id: MachineId,
    pub name: Option<String>,
    /// Its own comment; without one the batch's counts.
    pub comment: Option<Comment>,
    /// Which input file it is in: an index into
    /// [`NewBatch::sources`](crate::journal::NewBatch::sources).
    pub source: u16,
    /// In which line of it, counted from 1.
    pub line: u64,
    pub device: Device,
    /// Why it is to be left out. Where it is not clear which of a machine's rows is the newest
    /// and one of them says so, it is, even if others do not.
    pub skip: Option<Reason>,
    /// When that was so; of several rows of a machine the newest counts.
    pub at: Option<RowTime>,
}
