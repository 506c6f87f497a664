//! What all rows add up to.

use crate::domain::{Counts, State};
use crate::reporter::Sent;

use super::row::{Overview, TenantState};

/// Sums over all rows. A copy's machines count in the journal that goes on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OverviewTotals {
    pub journals: u64,
    /// Journals that need a person.
    pub need_a_person: u64,
    pub running: u64,
    pub unreadable: u64,
    /// Machines that are sent, of those that are to be sent.
    pub sent: u64,
    pub of: u64,
    pub counts: Counts,
}

impl Overview {
    pub fn totals(&self) -> OverviewTotals {
        let mut totals = OverviewTotals::default();
        for row in &self.rows {
            totals.journals += 1;
            totals.need_a_person += u64::from(row.worst().is_some());
            totals.unreadable += u64::from(matches!(row.state, TenantState::Unreadable { .. }));
            let Some(batch) = row.batch() else { continue };
            totals.running += u64::from(batch.status.running);
            let counts = &batch.status.batch.counts;
            let Sent { sent, of } = batch.status.sent();
            totals.sent += sent;
            totals.of += of;
            for state in State::ALL {
                totals.counts.add(state, counts.of(state));
            }
        }
        totals
    }
}
