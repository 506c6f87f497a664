//! A test portal export (Assets > Devices > Export), as the portal writes it in 2026.
//!
//! Called by `simulator --sample`. Deliberately absent: a clock; the export is always of one day.

use crate::domain::Timestamp;

use super::machine::{SimulatedMachine, made_id};
use super::machines::Traits;

/// The portal's 32 columns.
const HEADER: &str = "Device ID,Device Name,Device Category,Device Type,Device Subtype,\
Discovery sources,Domain,AAD Device Id,First Seen,Last device update,OS Platform,OS Distribution,\
OS Version,OS Build,Windows 10 Version,Tags,Group,Is AAD Joined,Device IPs,Device MACs,Risk Level,\
Exposure Level,Health Status,Onboarding Status,Device Role,Cloud Platforms,Is Internet Facing,\
Enrollment Status Code,Managed By,Enrollment Status,Vendor,Model";

/// 2026-11-23T06:00:00Z: when the export was made.
const EXPORTED_AT: Timestamp = Timestamp::from_micros(1_795_413_600_000_000);

/// A portal export of test machines: UTF-8 with a byte-order mark, 32 columns, comma. What a row
/// says of a machine is what [`SimulatedMachine::from_id`] makes of its ID.
pub fn sample_export(rows: usize, seed: u64) -> String {
    let mut text = format!("\u{feff}{HEADER}\n");
    for index in 0..rows {
        let id = made_id(seed, "sample", index);
        let cells = row(&SimulatedMachine::from_id(id, None, seed));
        text.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        text.push('\n');
    }
    text
}

/// Whether a file that begins like this is such an export. A real one has the same header, but no
/// machine of a domain that does not exist.
pub fn is_sample(text: &str) -> bool {
    let mut lines = text.lines();
    let header = lines.next().and_then(|line| line.strip_prefix('\u{feff}'));
    header == Some(HEADER) && lines.next().is_some_and(|row| row.contains(".corp.example,"))
}

fn row(machine: &SimulatedMachine) -> [String; 32] {
    let traits = Traits::of(machine);
    let last_seen = traits.last_seen(machine, EXPORTED_AT);
    let windows = machine.os_platform.starts_with("Windows");
    let server = machine.os_platform.starts_with("WindowsServer") || machine.os_platform == "Linux";
    let aad_joined = traits.aad_device_id.is_some();
    let version = if windows { traits.version } else { "" };
    let build = traits.build.map(|build| build.to_string()).unwrap_or_default();
    let (vendor, model) = hardware(&machine.os_platform, server);
    let managed = traits.managed_by == "Intune" || traits.managed_by == "MDE";
    let id = machine.id.to_string();
    let (first_seen, last_seen) = (traits.first_seen(last_seen).to_string(), last_seen.to_string());
    let cells: [&str; 32] = [
        &id,
        &machine.name,
        "Endpoint",
        if server { "Server" } else { "Workstation" },
        "",
        "MicrosoftDefenderForEndpoint",
        machine.name.split_once('.').map_or("", |(_, domain)| domain),
        traits.aad_device_id.as_deref().unwrap_or_default(),
        &first_seen,
        &last_seen,
        &machine.os_platform,
        if windows { "" } else { &machine.os_platform },
        version,
        &build,
        if machine.os_platform == "Windows10" { version } else { "" },
        if server { "server, retire-2026" } else { "retire-2026" },
        "UnassignedGroup",
        if aad_joined { "True" } else { "False" },
        &traits.ip,
        &traits.mac,
        traits.risk,
        traits.exposure,
        &machine.health_status,
        &machine.onboarding_status,
        "",
        "",
        "False",
        if managed { "1" } else { "0" },
        traits.managed_by,
        if managed { "Success" } else { "" },
        vendor,
        model,
    ];
    cells.map(str::to_owned)
}

fn hardware(platform: &str, server: bool) -> (&'static str, &'static str) {
    match (platform, server) {
        ("macOS", _) => ("Apple Inc.", "MacBook Pro"),
        (_, true) => ("VMware, Inc.", "VMware Virtual Platform"),
        _ => ("LENOVO", "ThinkPad T14"),
    }
}

/// As RFC 4180 has it: quotes where a comma, a quote or a line's end stands in the cell.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
