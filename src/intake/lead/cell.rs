//! What stands in one cell, beside or instead of a machine ID.

use crate::domain::{MachineId, MachineIdError};

/// Longest name of a host, in bytes.
const HOST_BYTES_MAX: usize = 253;

/// Each run of 40 hexadecimal digits that stands whole: no letter or digit beside it.
pub(in crate::intake) fn whole_ids(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| MachineId::parse(word).is_ok())
}

/// The ID in a link of the portal or of the API: the 40 digits after `/machines/`, in the portal
/// with a version between.
pub(in crate::intake) fn link_id(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("/machines/")?;
    let mut parts = rest.split(['/', '?', '#', '&', ' ', '"', '\'', '<', '>']);
    let first = parts.next()?;
    let is_version = first.strip_prefix(['v', 'V']).is_some_and(|rest| rest.len() < 3);
    let id = if is_version { parts.next()? } else { first };
    MachineId::parse(id).is_ok().then_some(id)
}

/// Whether the text is a GUID, as Entra and Intune have.
pub(super) fn is_guid(text: &str) -> bool {
    MachineId::parse(text) == Err(MachineIdError::EntraDeviceId)
}

/// The name of a host, without what Windows sets around it: `DOMAIN\pc-1`, `pc-1$`.
pub(super) fn host_name(text: &str) -> Option<&str> {
    let name = text.rsplit('\\').next()?;
    let name = name.strip_suffix('$').unwrap_or(name);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_host = (1..=HOST_BYTES_MAX).contains(&name.len())
        && name.chars().all(fits)
        && name.contains(|c: char| c.is_ascii_alphabetic())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !is_guid(name)
        && MachineId::parse(name).is_err();
    is_host.then_some(name)
}

/// Whether the text is what a printed table has below its header.
pub(in crate::intake) fn is_dashes(text: &str) -> bool {
    text.starts_with("--") && text.chars().all(|c| matches!(c, '-' | ' ' | '\t'))
}
