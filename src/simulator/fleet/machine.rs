//! A machine of the tenant.
//!
//! Deliberately absent: how one is made from its ID (`mixture`), and how it is listed
//! (`inventory`).

use crate::domain::MachineId;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedMachine {
    pub id: MachineId,
    /// `computerDnsName`.
    pub name: String,
    /// `osPlatform`: `Windows10`, `Linux` ...
    pub os_platform: String,
    /// `onboardingStatus`: `Onboarded`, `CanBeOnboarded` ...
    pub onboarding_status: String,
    /// `healthStatus` while it reports; after 7 days of silence it is `Inactive`.
    pub health_status: String,
    /// Whole days since it last reported, when the tenant is first called; 0: it reports every day.
    pub silent_days: u32,
    /// Days between its first report and its last; none: as its ID makes them.
    pub known_days: Option<u32>,
    /// `mergedIntoMachineId`.
    pub merged_into: Option<MachineId>,
    /// `machineTags`.
    pub tags: Vec<String>,
    /// `rbacGroupName`.
    pub group: Option<String>,
    /// `managedBy`; none: as its ID makes it.
    pub managed_by: Option<String>,
    /// `isExcluded`: from vulnerability management.
    pub is_excluded: bool,
    pub behaviour: Behaviour,
}

/// What comes of an offboard request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Behaviour {
    /// Accepted; the tenant's shares decide how it ends.
    Normal,
    /// Accepted; the action never ends.
    StaysPending,
    /// Accepted; the action fails.
    Fails,
    /// Accepted; the machine does not connect in time.
    TimesOut,
    /// 400 `OsPlatformNotSupported`.
    UnsupportedPlatform,
    /// 400 `ClientVersionNotSupported`.
    OldSensor,
    /// Somebody else's Offboard action runs when the tenant is first called.
    Busy,
    /// Somebody else's Offboard action succeeded ten days before the tenant is first called, and
    /// the machine has been silent since.
    OffboardedEarlier,
    /// Accepted; the action succeeds, and a policy onboards the machine again: it reports once more
    /// some hours after the action's end ([`TenantOptions::returns_after`]).
    ///
    /// [`TenantOptions::returns_after`]: crate::simulator::TenantOptions::returns_after
    Returns,
    /// Both: it was offboarded ten days ago, and has been back since.
    ReturnedEarlier,
    /// The tenant does not know it: 404.
    Unknown,
}

impl Behaviour {
    /// Whether a policy onboards it again after each offboarding.
    pub(in crate::simulator) const fn returns(self) -> bool {
        matches!(self, Self::Returns | Self::ReturnedEarlier)
    }
}

impl SimulatedMachine {
    /// An active, onboarded Windows 10 machine whose offboarding succeeds.
    pub fn onboarded(id: MachineId, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            os_platform: "Windows10".to_owned(),
            onboarding_status: "Onboarded".to_owned(),
            health_status: "Active".to_owned(),
            silent_days: 0,
            known_days: None,
            merged_into: None,
            tags: Vec::new(),
            group: None,
            managed_by: None,
            is_excluded: false,
            behaviour: Behaviour::Normal,
        }
    }

    /// The same machine with the platform that the input names. Phones, tablets and old systems are
    /// refused; macOS and Linux are not, as Defender's page has it since 2026-08-11.
    #[must_use]
    pub fn with_platform(self, os_platform: &str) -> Self {
        let behaviour = match (is_supported(os_platform), self.behaviour) {
            (false, Behaviour::Unknown) => Behaviour::Unknown,
            (false, _) => Behaviour::UnsupportedPlatform,
            (true, Behaviour::UnsupportedPlatform) => Behaviour::Normal,
            (true, other) => other,
        };
        Self { os_platform: os_platform.to_owned(), behaviour, ..self }
    }
}

fn is_supported(platform: &str) -> bool {
    const REFUSED: [&str; 7] = [
        "ios",
        "android",
        "chromeos",
        "windows7",
        "windows8",
        "windowsserver2008",
        "windowsserver2008r2",
    ];
    !REFUSED.contains(&platform.to_ascii_lowercase().as_str())
}
