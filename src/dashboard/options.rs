//! What a dashboard is about, and how it says it. Who starts it knows.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::{Now, Tenant};
use crate::engine::Clock;
use crate::report::{Commands, Overview};
use crate::reporter::Zone;

#[derive(Debug)]
pub struct DashboardOptions {
    pub journals: ServedJournals,
    pub clock: Clock,
    pub zone: Zone,
    /// What to do where a journal has no batch.
    pub without_a_batch: String,
}

/// One journal, whose pages begin at the root, or several, which are at the root in one table.
#[derive(Debug, Clone)]
pub enum ServedJournals {
    /// It need not be there yet. The commands are those about it.
    One {
        journal: PathBuf,
        commands: Commands,
    },
    Several(Arc<dyn JournalSet>),
}

/// Several journals. Others may join them; each keeps its number, which is in the address of its
/// pages.
pub trait JournalSet: fmt::Debug + Send + Sync {
    /// All of them as they are now, in a table whose rows have their numbers.
    fn overview(&self, now: Now) -> Overview;

    /// The file of the journal of this number.
    fn journal(&self, number: usize) -> Option<PathBuf>;

    /// How commands about this journal are printed, where its batches are of this tenant.
    fn commands(&self, number: usize, tenant: &Tenant) -> Commands;
}
