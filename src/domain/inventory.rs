//! What the tenant's inventory says of a machine.

use super::{MachineId, Timestamp};

/// One record of `GET /api/machines` (Microsoft's page "Machine resource type", and recorded
/// answers). Words of the server are kept as they are: a plan judges them, not this type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InventoryMachine {
    /// Its ID.
    pub id: MachineId,
    /// `computerDnsName`: a full name, or a short one where there is no domain.
    pub name: Option<String>,
    /// `osPlatform`: `Windows10`, `Linux` ...
    pub os_platform: Option<String>,
    /// `onboardingStatus`: `Onboarded`, `CanBeOnboarded`, `Unsupported`, `InsufficientInfo`.
    pub onboarding_status: Option<String>,
    /// `healthStatus`: `Active`, `Inactive` ...
    pub health_status: Option<String>,
    /// `lastSeen`: the last full report, about every 24 hours.
    pub last_seen: Option<Timestamp>,
    /// `mergedIntoMachineId`: this record was merged into another.
    pub merged_into: Option<MachineId>,
}
