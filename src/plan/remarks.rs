//! What a person should know of the machines that would be sent, and what is no reason to skip.

use std::collections::BTreeMap;

use crate::domain::InventoryMachine;
use crate::guard::System;

/// Management authorities that are counted apart: there are four, and what else the server says.
const MANAGERS_MAX: usize = 8;

/// The tag of machines whose response actions are restricted (Microsoft's page "Restrict response
/// actions on high value assets", 2026-05-04). Offboarding is not among those that can be.
const RESTRICTED: &str = "Restricted security operations";

/// Counts over the machines that would be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remarks {
    /// `isExcluded`.
    pub excluded: u64,
    pub restricted: u64,
    /// Whose management may onboard them again, by its name.
    pub managed: BTreeMap<String, u64>,
    /// The system is not known: Defender's answer decides.
    pub unknown_system: u64,
}

impl Remarks {
    pub(super) fn count(&mut self, record: Option<&InventoryMachine>) {
        let Some(record) = record else { return };
        self.excluded += u64::from(record.is_excluded);
        self.restricted += u64::from(record.tags.iter().any(|tag| tag == RESTRICTED));
        let system = record.os_platform.as_deref().map_or(System::NotSaid, System::named);
        self.unknown_system += u64::from(system == System::NotSaid);
        let Some(manager) = record.managed_by.as_deref() else { return };
        let says_nothing = ["", "Unknown", "None"].contains(&manager);
        let has_room = self.managed.len() < MANAGERS_MAX || self.managed.contains_key(manager);
        if !says_nothing && has_room {
            *self.managed.entry(manager.to_owned()).or_default() += 1;
        }
    }

    /// Machines whose management may onboard them again.
    pub fn managed_machines(&self) -> u64 {
        self.managed.values().sum()
    }
}
