//! How often the changing status of one action is recorded.
//!
//! A server that names another status at each poll must not fill the disk. The way from `Pending`
//! to `InProgress` and any end are always recorded; every other change is counted, and after a few
//! of them a machine's row keeps the last one that was recorded until its action ends.
//! Deliberately absent: what a status means.

use std::collections::BTreeMap;

use crate::domain::{ActionStatus, MachineNumber};

#[derive(Debug, Default)]
pub(in crate::engine::scheduler) struct StatusChanges {
    recorded: BTreeMap<MachineNumber, u32>,
}

impl StatusChanges {
    /// Recorded for one machine in one run.
    const CHANGES_MAX: u32 = 8;

    /// Machines that are counted, so that memory has a bound: two megabytes.
    const MACHINES_MAX: usize = 100_000;

    /// Whether a change to a status that is not final is recorded; counts it where it is.
    pub(in crate::engine::scheduler) fn records(
        &mut self,
        number: MachineNumber,
        (from, to): (Option<&ActionStatus>, &ActionStatus),
    ) -> bool {
        if matches!((from, to), (Some(ActionStatus::Pending), ActionStatus::InProgress)) {
            return true;
        }
        if self.recorded.len() >= Self::MACHINES_MAX && !self.recorded.contains_key(&number) {
            return false;
        }
        let recorded = self.recorded.entry(number).or_default();
        *recorded = recorded.saturating_add(1);
        *recorded <= Self::CHANGES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_machines_those_that_are_counted_go_on_and_no_other_is_recorded() {
        let mut changes = StatusChanges::default();
        let mut records = |number| {
            let parked = ActionStatus::Other("Parked".to_owned());
            changes.records(MachineNumber(number), (None, &parked))
        };
        assert!((0..100_000).all(&mut records));
        assert!(!records(100_000), "one more than fits");
        assert!(records(0), "its second change");
    }
}
