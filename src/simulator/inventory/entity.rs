//! The wire form of a machine.
//!
//! Everything is written where it goes, without copies: a page has ten thousand of them.

use std::fmt::Display;

use serde::{Serialize, Serializer};

use crate::domain::{MachineId, Timestamp};
use crate::simulator::answer::WireTime;
use crate::simulator::draw::Guid;
use crate::simulator::fleet::{Behaviour, IpAddress, MacAddress, SimulatedMachine, Traits};
use crate::simulator::tenant::SimulatedTenant;

/// `Machine`, with the fields of recorded answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MachineEntity<'a> {
    id: Shown<MachineId>,
    merged_into_machine_id: Option<Shown<MachineId>>,
    is_potential_duplication: bool,
    is_excluded: bool,
    exclusion_reason: Option<&'a str>,
    computer_dns_name: &'a str,
    first_seen: Shown<WireTime>,
    last_seen: Shown<WireTime>,
    os_platform: &'a str,
    os_version: Option<&'a str>,
    version: &'a str,
    os_build: Option<u32>,
    os_processor: &'a str,
    os_architecture: &'a str,
    agent_version: &'a str,
    last_ip_address: Shown<IpAddress>,
    last_external_ip_address: Option<&'a str>,
    health_status: &'a str,
    onboarding_status: &'a str,
    device_value: &'a str,
    rbac_group_id: u32,
    rbac_group_name: Option<&'a str>,
    risk_score: &'a str,
    exposure_level: &'a str,
    is_aad_joined: bool,
    aad_device_id: Option<Shown<Guid>>,
    machine_tags: &'a [String],
    defender_av_status: &'a str,
    managed_by: &'a str,
    managed_by_status: &'a str,
    ip_addresses: [Adapter; 1],
    vm_metadata: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Adapter {
    ip_address: Shown<IpAddress>,
    mac_address: Shown<MacAddress>,
    #[serde(rename = "type")]
    kind: &'static str,
    operational_status: &'static str,
}

/// A text that is not made before it is written.
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// The number of a device group: Defender counts them; here the name makes it.
fn group_number(name: &str) -> u32 {
    name.bytes().fold(1, |number, byte| (number * 31 + u32::from(byte)) % 997)
}

impl<'a> MachineEntity<'a> {
    pub(super) fn new(
        tenant: &SimulatedTenant,
        machine: &'a SimulatedMachine,
        now: Timestamp,
    ) -> Self {
        let traits = Traits::of(machine);
        let reported = tenant.reported(machine, &traits, now);
        let old = machine.behaviour == Behaviour::OldSensor;
        let adapter = Adapter {
            ip_address: Shown(traits.ip),
            mac_address: Shown(traits.mac),
            kind: "Ethernet",
            operational_status: "Up",
        };
        Self {
            id: Shown(machine.id),
            merged_into_machine_id: machine.merged_into.map(Shown),
            is_potential_duplication: false,
            is_excluded: machine.is_excluded,
            exclusion_reason: machine.is_excluded.then_some("Other"),
            computer_dns_name: &machine.name,
            first_seen: Shown(WireTime(reported.first_seen)),
            last_seen: Shown(WireTime(reported.last_seen)),
            os_platform: &machine.os_platform,
            os_version: None,
            version: traits.version,
            os_build: traits.build,
            os_processor: "x64",
            os_architecture: "64-bit",
            agent_version: if old { "10.1250.14393.0" } else { "10.8470.19041.2788" },
            last_ip_address: Shown(traits.ip),
            last_external_ip_address: None,
            health_status: reported.health,
            onboarding_status: reported.onboarding,
            device_value: "Normal",
            rbac_group_id: machine.group.as_deref().map_or(0, group_number),
            rbac_group_name: machine.group.as_deref(),
            risk_score: traits.risk,
            exposure_level: traits.exposure,
            is_aad_joined: traits.aad_device_id.is_some(),
            aad_device_id: traits.aad_device_id.map(Shown),
            machine_tags: &machine.tags,
            defender_av_status: if old { "NotUpdated" } else { "Updated" },
            managed_by: machine.managed_by.as_deref().unwrap_or(traits.managed_by),
            managed_by_status: "Unknown",
            ip_addresses: [adapter],
            vm_metadata: None,
        }
    }
}
