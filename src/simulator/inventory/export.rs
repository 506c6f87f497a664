//! A test portal export (Assets > Devices > Export), as the portal writes it in 2026.
//!
//! Called by `simulator --sample`. Deliberately absent: a clock; the export is always of one day.

use crate::domain::Timestamp;

use crate::simulator::fleet::{SampleRole, SimulatedMachine, Traits};

use super::reports::{health, scheduled};

/// The portal's 32 columns.
const HEADER: &str = "Device ID,Device Name,Device Category,Device Type,Device Subtype,\
Discovery sources,Domain,AAD Device Id,First Seen,Last device update,OS Platform,OS Distribution,\
OS Version,OS Build,Windows 10 Version,Tags,Group,Is AAD Joined,Device IPs,Device MACs,Risk Level,\
Exposure Level,Health Status,Onboarding Status,Device Role,Cloud Platforms,Is Internet Facing,\
Enrollment Status Code,Managed By,Enrollment Status,Vendor,Model";

/// 2026-11-23T06:00:00Z: when the export was made.
const EXPORTED_AT: Timestamp = Timestamp::from_micros(1_795_413_600_000_000);

/// Whether the names of a sample are the tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleNames {
    Agree,
    /// One in a hundred is another than in the tenant, as after a mistake in a spreadsheet: the
    /// plan of such a list is refused.
    Differ,
}

/// A portal export of test machines: UTF-8 with a byte-order mark, 32 columns, comma. What a row
/// says of a machine is what [`SimulatedMachine::from_id`] makes of its ID, but for the names that
/// are to differ. From 200 rows on, each [`SampleRole`] is there.
pub fn sample_export(rows: usize, seed: u64, names: SampleNames) -> String {
    let mut text = format!("\u{feff}{HEADER}\n");
    for index in 0..rows {
        let role = SampleRole::of_row(index, names == SampleNames::Differ);
        let mut machine = SimulatedMachine::from_id(role.into_id(seed, index), None, seed);
        if role == SampleRole::NameDiffers {
            machine.name = format!("old-{}", machine.name);
        }
        let cells = row(&machine);
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
    let last_seen = scheduled(&traits, machine.silent_days, EXPORTED_AT);
    let health = health(machine, last_seen, EXPORTED_AT);
    let onboarding = match machine.onboarding_status.as_str() {
        "CanBeOnboarded" => "Can be onboarded",
        other => other,
    };
    let (tags, ip, mac) = (machine.tags.join(", "), traits.ip.to_string(), traits.mac.to_string());
    let aad_device_id = traits.aad_device_id.map(|id| id.to_string());
    let windows = machine.os_platform.starts_with("Windows");
    let server = machine.os_platform.starts_with("WindowsServer") || machine.os_platform == "Linux";
    let aad_joined = traits.aad_device_id.is_some();
    let version = if windows { traits.version } else { "" };
    let build = traits.build.map(|build| build.to_string()).unwrap_or_default();
    let (vendor, model) = hardware(&machine.os_platform, server);
    let managed = traits.managed_by == "Intune" || traits.managed_by == "MDE";
    let id = machine.id.to_string();
    let first_seen = last_seen.minus(traits.known).to_string();
    let last_seen = last_seen.to_string();
    let cells: [&str; 32] = [
        &id,
        &machine.name,
        "Endpoint",
        kind(&machine.os_platform, server),
        "",
        "MicrosoftDefenderForEndpoint",
        machine.name.split_once('.').map_or("", |(_, domain)| domain),
        aad_device_id.as_deref().unwrap_or_default(),
        &first_seen,
        &last_seen,
        &machine.os_platform,
        if windows { "" } else { &machine.os_platform },
        version,
        &build,
        if machine.os_platform == "Windows10" { version } else { "" },
        &tags,
        machine.group.as_deref().unwrap_or("UnassignedGroup"),
        if aad_joined { "True" } else { "False" },
        &ip,
        &mac,
        traits.risk,
        traits.exposure,
        health,
        onboarding,
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

fn kind(platform: &str, server: bool) -> &'static str {
    match (platform, server) {
        ("iOS" | "Android", _) => "Mobile",
        (_, true) => "Server",
        _ => "Workstation",
    }
}

fn hardware(platform: &str, server: bool) -> (&'static str, &'static str) {
    match (platform, server) {
        ("macOS", _) => ("Apple Inc.", "MacBook Pro"),
        ("iOS", _) => ("Apple Inc.", "iPhone 15"),
        ("Android", _) => ("Samsung", "Galaxy S23"),
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
