//! Weighs the name of a device, where names stand for machines.
//!
//! What is certainly no name, or not the name that the tenant knows, is refused here with the way
//! to write it. Deliberately absent: which machine has the name (the journal knows the inventory).

use std::net::IpAddr;

use crate::domain::text::{is_guid, is_unseen};

/// Longest name, in bytes: that of a host.
const NAME_BYTES_MAX: usize = 255;

/// The name, or the reason and the fix.
pub(super) fn device_name(text: &str) -> Result<String, (String, Option<String>)> {
    let fault = |why: &str, fix: &str| Err((why.to_owned(), Some(fix.to_owned())));
    if text.is_empty() {
        return fault("empty, the name of a device expected", "write its name, or remove the row");
    }
    if text.len() > NAME_BYTES_MAX {
        let why =
            format!("{} bytes, the name of a device has at most {NAME_BYTES_MAX}", text.len());
        return Err((why, Some("is this the column with the names?".to_owned())));
    }
    if text.contains(is_unseen) {
        return fault("a character that cannot be seen", "type the name again");
    }
    if is_guid(text.trim_matches(['{', '}'])) {
        return fault(
            "this looks like an ID of Entra or Intune, the name of a device is expected",
            "choose the column with the names: --name-column",
        );
    }
    if text.parse::<IpAddr>().is_ok() {
        return fault(
            "an IP address, the name of a device is expected",
            "choose the column with the names: --name-column",
        );
    }
    if text.contains(['*', '?']) {
        return fault("a pattern, the name of one device is expected", "write each name");
    }
    let bare = text.rsplit('\\').next().unwrap_or_default();
    let bare = bare.strip_suffix('$').unwrap_or(bare);
    let bare = bare.strip_suffix('.').unwrap_or(bare);
    if bare.is_empty() || bare.starts_with('.') {
        return fault("this is not the name of a device", "write its name, or remove the row");
    }
    if bare != text {
        return Err((
            "not the name as Defender knows it".to_owned(),
            Some(format!("write `{bare}`")),
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_as_they_are() {
        for name in ["pc-1", "PC-1.corp.example", "gerät_7", "Max's phone", "1"] {
            assert_eq!(device_name(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_way_to_write_it() {
        for (text, said) in [
            ("", "write its name"),
            ("CORP\\pc-1$", "write `pc-1`"),
            ("pc-1.corp.example.", "write `pc-1.corp.example`"),
            (".corp.example", "write its name"),
            ("CORP\\", "write its name"),
            ("pc-*", "write each name"),
            ("10.0.0.5", "--name-column"),
            ("fe80::1", "--name-column"),
            ("7c9e6679-7425-440d-e944-be07fc1f90ae", "--name-column"),
            ("pc\u{200b}-1", "type the name again"),
        ] {
            let (why, fix) = device_name(text).unwrap_err();
            assert!(fix.unwrap().contains(said), "{text}: {why}");
        }
        assert!(device_name(&"a".repeat(256)).is_err());
    }
}
