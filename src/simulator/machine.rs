//! A machine of the tenant, and how one is made from its ID alone.
//!
//! What the portal's export shows of a machine depends on its ID only, so that an export agrees
//! with every tenant; what the export does not show is drawn with the seed.
//!
//! Deliberately absent: the wire form (`machines`) and the export's columns (`export`).

use crate::domain::MachineId;

use super::draw::Draw;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedMachine {
    pub id: MachineId,
    /// `computerDnsName`.
    pub name: String,
    /// `osPlatform`: `Windows10`, `Linux` ...
    pub os_platform: String,
    /// `onboardingStatus`: `Onboarded`, `CanBeOnboarded` ...
    pub onboarding_status: String,
    /// `healthStatus`: `Active`, `Inactive` ...
    pub health_status: String,
    /// Whole days since it last reported; 0: it reports every day.
    pub silent_days: u32,
    /// `mergedIntoMachineId`.
    pub merged_into: Option<MachineId>,
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
    /// The tenant does not know it: 404.
    Unknown,
}

/// Of 1,000 machines this many run this platform.
const PLATFORMS: [(u64, &str); 8] = [
    (430, "Windows10"),
    (360, "Windows11"),
    (60, "WindowsServer2019"),
    (50, "WindowsServer2022"),
    (20, "WindowsServer2016"),
    (10, "WindowsServer2012R2"),
    (35, "Linux"),
    (35, "macOS"),
];

const SITES: [&str; 6] = ["ber", "lis", "osl", "par", "tor", "zrh"];

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
            merged_into: None,
            behaviour: Behaviour::Normal,
        }
    }

    /// The machine that an ID stands for: the same for the same ID and seed, whatever else is
    /// asked. About 7% run a platform that cannot be offboarded this way, 2% have an old sensor,
    /// 1% are unknown to the tenant. Without a name, one is made from the ID.
    pub fn from_id(id: MachineId, name: Option<&str>, seed: u64) -> Self {
        let mut shown = Draw::new(0, "machine", id.as_bytes());
        let platform = platform(shown.within(0..=999));
        let made = made_name(id, platform, &mut shown);
        let silent_days = if shown.share() < 0.05 { shown.within(8..=60) } else { 0 };
        let machine = Self {
            silent_days: u32::try_from(silent_days).unwrap_or_default(),
            behaviour: hidden_behaviour(id, platform, seed),
            ..Self::onboarded(id, name.unwrap_or(&made))
        };
        let health = if silent_days > 0 { "Inactive" } else { "Active" };
        Self { health_status: health.to_owned(), ..machine }.with_platform(platform)
    }

    /// The same machine with the platform that the input names; Linux and macOS are refused.
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

/// ID number `index` of the row `purpose`.
pub(super) fn made_id(seed: u64, purpose: &str, index: usize) -> MachineId {
    let number = u64::try_from(index).unwrap_or(u64::MAX);
    let mut draw = Draw::new(seed, purpose, &number.to_le_bytes());
    let mut bytes = [0_u8; 20];
    for part in bytes.chunks_mut(8) {
        part.copy_from_slice(&draw.number().to_le_bytes()[..part.len()]);
    }
    MachineId::from_bytes(bytes)
}

fn platform(mut place: u64) -> &'static str {
    for (count, name) in PLATFORMS {
        if place < count {
            return name;
        }
        place -= count;
    }
    PLATFORMS[0].1
}

fn made_name(id: MachineId, platform: &str, draw: &mut Draw) -> String {
    let kind = match platform {
        "Linux" => "lnx",
        "macOS" => "mac",
        server if server.starts_with("WindowsServer") => "srv",
        _ => "pc",
    };
    let site = draw.choice(&SITES);
    format!("{kind}-{site}-{}.corp.example", &id.to_string()[..6])
}

fn hidden_behaviour(id: MachineId, platform: &str, seed: u64) -> Behaviour {
    let mut draw = Draw::new(seed, "behaviour", id.as_bytes());
    // Machines with the old agent are mostly old servers.
    let old =
        if matches!(platform, "WindowsServer2016" | "WindowsServer2012R2") { 0.3 } else { 0.012 };
    match draw.share() {
        share if share < 0.01 => Behaviour::Unknown,
        share if share < 0.01 + old => Behaviour::OldSensor,
        _ => Behaviour::Normal,
    }
}

fn is_supported(platform: &str) -> bool {
    !matches!(platform.to_ascii_lowercase().as_str(), "linux" | "macos" | "ios" | "android")
}
