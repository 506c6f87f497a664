//! What a machine's ID alone decides, for the entity and for the export.

use std::fmt;
use std::time::Duration;

use crate::domain::MachineId;
use crate::simulator::draw::{Draw, Guid};

use super::machine::SimulatedMachine;

pub(in crate::simulator) struct Traits {
    pub(in crate::simulator) ip: IpAddress,
    pub(in crate::simulator) mac: MacAddress,
    pub(in crate::simulator) aad_device_id: Option<Guid>,
    pub(in crate::simulator) managed_by: &'static str,
    pub(in crate::simulator) exposure: &'static str,
    pub(in crate::simulator) risk: &'static str,
    /// Between its first report and its last.
    pub(in crate::simulator) known: Duration,
    /// At which time of the day it reports, as the time that is left of the day after it.
    pub(in crate::simulator) reported_before: Duration,
    pub(in crate::simulator) version: &'static str,
    pub(in crate::simulator) build: Option<u32>,
}

/// Written where it goes: a page has ten thousand of them.
#[derive(Debug, Clone, Copy)]
pub(in crate::simulator) struct IpAddress(MachineId);

#[derive(Debug, Clone, Copy)]
pub(in crate::simulator) struct MacAddress(MachineId);

impl fmt::Display for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.as_bytes();
        write!(f, "10.{}.{}.{}", bytes[0] & 63, bytes[1], bytes[2].max(1))
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0.as_bytes();
        write!(f, "00155D{:02X}{:02X}{:02X}", bytes[3], bytes[4], bytes[5])
    }
}

impl Traits {
    pub(in crate::simulator) fn of(machine: &SimulatedMachine) -> Self {
        const DAY: u64 = 86_400;
        let mut draw = Draw::new(0, "traits", machine.id.as_bytes());
        let windows = machine.os_platform.starts_with("Windows");
        let (version, build) = release(&machine.os_platform);
        Self {
            ip: IpAddress(machine.id),
            mac: MacAddress(machine.id),
            aad_device_id: windows.then(|| draw.guid()),
            managed_by: if windows {
                draw.choice(&["Intune", "MDE", "ConfigMgr"])
            } else {
                "Unknown"
            },
            exposure: draw.choice(&["None", "Low", "Low", "Medium", "Medium", "High"]),
            risk: draw.choice(&["None", "None", "None", "Informational", "Low", "Medium", "High"]),
            known: {
                let days = draw.within(90..=1_500);
                Duration::from_secs(machine.known_days.map_or(days, u64::from) * DAY)
            },
            reported_before: Duration::from_secs(draw.within(0..=DAY - 1)),
            version,
            build,
        }
    }
}

/// Release and build, by platform.
fn release(platform: &str) -> (&'static str, Option<u32>) {
    match platform {
        "Windows10" => ("22H2", Some(19_045)),
        "Windows11" => ("24H2", Some(26_100)),
        "WindowsServer2012R2" => ("6.3", Some(9_600)),
        "WindowsServer2016" => ("1607", Some(14_393)),
        "WindowsServer2019" => ("1809", Some(17_763)),
        "WindowsServer2022" => ("21H2", Some(20_348)),
        "macOS" => ("14.6", None),
        _ => ("Other", None),
    }
}
