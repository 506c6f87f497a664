//! Queries for advanced hunting that give the machine IDs.

use std::fmt::Write as _;

/// Each machine once, by its newest row, with what a list of machines needs.
const NEWEST: &str =
    "summarize arg_max(Timestamp, *) by DeviceId | project DeviceId, DeviceName, OnboardingStatus";

/// By device names. Hunting has full names where there is a domain, so a name without one is
/// compared with the first label as well.
pub(super) fn by_names(names: &[String]) -> String {
    let list = quoted(names);
    let short = if names.iter().all(|name| name.contains('.')) {
        String::new()
    } else {
        format!(" or tostring(split(DeviceName, \".\")[0]) in~ ({list})")
    };
    format!("DeviceInfo | where DeviceName in~ ({list}){short} | {NEWEST}")
}

/// By the IDs that Entra gives to devices.
pub(super) fn by_entra_ids(ids: &[String]) -> String {
    format!("DeviceInfo | where AadDeviceId in~ ({}) | {NEWEST}", quoted(ids))
}

fn quoted(texts: &[String]) -> String {
    let mut list = String::new();
    for text in texts {
        let comma = if list.is_empty() { "" } else { "," };
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        let _ = write!(list, "{comma}\"{text}\"");
    }
    list
}
