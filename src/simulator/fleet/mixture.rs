//! How a machine is made from its ID alone.
//!
//! What the portal's export shows of a machine depends on its ID only, so that an export agrees
//! with every tenant; what the export does not show is drawn with the seed.

use crate::domain::MachineId;
use crate::simulator::draw::Draw;

use super::machine::{Behaviour, SimulatedMachine};
use super::made_id::companion_id;
use super::role::SampleRole;

/// Of 1,000 machines this many run this platform.
const PLATFORMS: [(u64, &str); 10] = [
    (440, "Windows10"),
    (380, "Windows11"),
    (60, "WindowsServer2019"),
    (50, "WindowsServer2022"),
    (20, "WindowsServer2016"),
    (10, "WindowsServer2012R2"),
    (18, "Linux"),
    (12, "macOS"),
    (6, "iOS"),
    (4, "Android"),
];

const SITES: [&str; 6] = ["ber", "lis", "osl", "par", "tor", "zrh"];

/// Microsoft's tag for machines on which some actions are restricted; offboarding is none of them.
const RESTRICTED: &str = "Restricted security operations";

impl SimulatedMachine {
    /// The machine that an ID stands for: the same for the same ID and seed, no matter what else is
    /// asked. About 4% run another system than Windows, 1% of all one that cannot be offboarded; 2%
    /// have an old sensor, 1% are unknown to the tenant. Without a name, one is made from the ID.
    /// The IDs of a sample have the role that they were made with.
    pub fn from_id(id: MachineId, name: Option<&str>, seed: u64) -> Self {
        let role = SampleRole::of_id(id);
        let mut shown = Draw::new(0, "machine", id.as_bytes());
        let platform = platform_for(role, platform(shown.within(0..=999)), &mut shown);
        let made = made_name(id, platform, &mut shown);
        // A sample that differs does so on purpose.
        let name = name.filter(|_| role != Some(SampleRole::NameDiffers)).unwrap_or(&made);
        let silent_days = silent_days(role, &mut shown);
        let is_server = platform.starts_with("WindowsServer") || platform == "Linux";
        let mut tags: Vec<String> = Vec::new();
        if is_server {
            tags.push("server".to_owned());
        }
        if role.is_some() {
            tags.push("retire-2026".to_owned());
        }
        if shown.share() < 0.02 {
            tags.push(RESTRICTED.to_owned());
        }
        let machine = Self {
            silent_days,
            known_days: (role == Some(SampleRole::Reimaged)).then_some(900),
            merged_into: (role == Some(SampleRole::Merged)).then(|| companion_id(id)),
            tags,
            group: Some(if is_server { "Servers" } else { "Workstations" }.to_owned()),
            is_excluded: shown.share() < 0.02,
            behaviour: hidden_behaviour(id, role, platform, seed),
            ..Self::onboarded(id, name)
        };
        let onboarding = match role {
            Some(SampleRole::NotOnboarded) => "CanBeOnboarded",
            _ => "Onboarded",
        };
        Self { onboarding_status: onboarding.to_owned(), ..machine }.with_platform(platform)
    }

    /// The other machine that a machine of a sample needs to be what it is: that into which it was
    /// merged, that under whose ID its device reports, or another one of its name.
    pub(in crate::simulator) fn companion(&self) -> Option<Self> {
        let role = SampleRole::of_id(self.id)?;
        let known_days = match role {
            SampleRole::Merged | SampleRole::Ambiguous => 400,
            SampleRole::Reimaged => 12,
            _ => return None,
        };
        Some(Self {
            os_platform: self.os_platform.clone(),
            silent_days: 3,
            known_days: Some(known_days),
            tags: self.tags.clone(),
            group: self.group.clone(),
            ..Self::onboarded(companion_id(self.id), &self.name)
        })
    }
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

/// The platform that a role needs, else the drawn one. But for two roles a sample runs Windows.
fn platform_for(role: Option<SampleRole>, drawn: &'static str, draw: &mut Draw) -> &'static str {
    match role {
        None => drawn,
        Some(SampleRole::OtherSystem) => draw.choice(&["Linux", "macOS"]),
        Some(SampleRole::Unsupported) => draw.choice(&["iOS", "Android"]),
        Some(_) if drawn.starts_with("Windows") => drawn,
        Some(_) => "Windows11",
    }
}

/// A machine that is to be retired is out of use for some days as a rule.
fn silent_days(role: Option<SampleRole>, draw: &mut Draw) -> u32 {
    let (share, long) = (draw.share(), draw.within(8..=60));
    let days = match role {
        Some(SampleRole::Inactive | SampleRole::Reimaged) => long,
        Some(SampleRole::SeenRecently | SampleRole::OnboardedAgain) => 0,
        None if share < 0.05 => long,
        None if share < 0.07 => 0,
        _ => draw.within(3..=5),
    };
    u32::try_from(days).unwrap_or_default()
}

fn made_name(id: MachineId, platform: &str, draw: &mut Draw) -> String {
    let kind = match platform {
        "Linux" => "lnx",
        "macOS" => "mac",
        "iOS" | "Android" => "phone",
        server if server.starts_with("WindowsServer") => "srv",
        _ => "pc",
    };
    let site = draw.choice(&SITES);
    format!("{kind}-{site}-{}.corp.example", &id.to_string()[..6])
}

fn hidden_behaviour(
    id: MachineId,
    role: Option<SampleRole>,
    platform: &str,
    seed: u64,
) -> Behaviour {
    match role {
        None | Some(SampleRole::Ready) => {}
        Some(SampleRole::Requested) => return Behaviour::Busy,
        Some(SampleRole::Offboarded) => return Behaviour::OffboardedEarlier,
        Some(SampleRole::OnboardedAgain) => return Behaviour::ReturnedEarlier,
        Some(SampleRole::NotFound) => return Behaviour::Unknown,
        // No device takes their action up.
        Some(
            SampleRole::Inactive
            | SampleRole::NotOnboarded
            | SampleRole::Merged
            | SampleRole::Reimaged,
        ) => return Behaviour::StaysPending,
        Some(_) => return Behaviour::Normal,
    }
    let mut draw = Draw::new(seed, "behaviour", id.as_bytes());
    // Machines with the old agent are mostly old servers.
    let old =
        if matches!(platform, "WindowsServer2016" | "WindowsServer2012R2") { 0.3 } else { 0.012 };
    match draw.share() {
        share if share < 0.01 && role.is_none() => Behaviour::Unknown,
        share if share < 0.01 + old => Behaviour::OldSensor,
        _ => Behaviour::Normal,
    }
}
