//! What the tenant's inventory says of a machine.

use std::time::Duration;

use super::{MachineId, Timestamp};

/// One record of `GET /api/machines` (Microsoft's page "Machine resource type", and recorded
/// answers). Words of the server are kept as they are: a plan judges them, not this type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryMachine {
    pub id: MachineId,
    /// `computerDnsName`: a full name, or a short one where there is no domain.
    pub name: Option<String>,
    /// `osPlatform`: `Windows10`, `Linux` ...
    pub os_platform: Option<String>,
    /// `version`: the release, such as `22H2`.
    pub os_version: Option<String>,
    /// `onboardingStatus`: `Onboarded`, `CanBeOnboarded`, `Unsupported`, `InsufficientInfo`.
    pub onboarding_status: Option<String>,
    /// `healthStatus`: `Active`, `Inactive` ...
    pub health_status: Option<String>,
    pub first_seen: Option<Timestamp>,
    /// `lastSeen`: the last full report, about every 24 hours.
    pub last_seen: Option<Timestamp>,
    /// `mergedIntoMachineId`: this record was merged into another.
    pub merged_into: Option<MachineId>,
    /// `machineTags`, each whole.
    pub tags: Vec<String>,
    /// `rbacGroupName`: the device group.
    pub group: Option<String>,
    /// `managedBy`: `Intune`, `ConfigMgr`, `MDE`, `Unknown` ...
    pub managed_by: Option<String>,
    /// `isExcluded`: left out of vulnerability management, which says nothing about offboarding.
    pub is_excluded: bool,
}

impl InventoryMachine {
    /// A record that says nothing but the ID.
    pub const fn blank(id: MachineId) -> Self {
        Self {
            id,
            name: None,
            os_platform: None,
            os_version: None,
            onboarding_status: None,
            health_status: None,
            first_seen: None,
            last_seen: None,
            merged_into: None,
            tags: Vec::new(),
            group: None,
            managed_by: None,
            is_excluded: false,
        }
    }
}

/// How long after the end of its action a machine may still report: the last full report may be
/// on its way, and reports are a day apart.
const LAST_REPORT: Duration = Duration::from_hours(24);

/// Whether a machine reported after it was offboarded, and so was onboarded again: the device ID
/// stays the same (Microsoft's page "Restrict response actions on high value assets", 2026-05-04).
pub fn has_reported_since(last_seen: Option<Timestamp>, offboarded_at: Timestamp) -> bool {
    last_seen.is_some_and(|seen| seen > offboarded_at.plus(LAST_REPORT))
}
