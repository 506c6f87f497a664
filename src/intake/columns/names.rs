//! Names that columns are known under.

use crate::intake::record::trimmed::trimmed;
use crate::intake::{RowKey, Wanted};

/// Names of a column with machine IDs, as they are compared (see [`plain`]): the portal's export,
/// advanced hunting, API-to-CSV scripts, Graph, and a published script. What Entra calls a device
/// ID has other names and is not among them.
pub(in crate::intake) const ID_NAMES: [&str; 5] =
    ["deviceid", "machineid", "id", "mdedeviceid", "mdfid"];

/// Names of a column with device names; the first that is there is taken.
pub(in crate::intake) const DEVICE_NAMES: [&str; 6] =
    ["devicename", "computerdnsname", "machinename", "computername", "hostname", "name"];

/// The same, where names stand for machines: also what Active Directory and Entra call them.
pub(in crate::intake) const NAMES_AS_KEYS: [&str; 10] = [
    "devicename",
    "computerdnsname",
    "machinename",
    "computername",
    "hostname",
    "name",
    "dnshostname",
    "fqdn",
    "displayname",
    "gerätename",
];

/// Whether a column of this name may hold machine IDs.
pub(in crate::intake) fn is_id_name(name: &str) -> bool {
    ID_NAMES.contains(&plain(name).as_str())
}

/// Whether a key of an object tells which machine it is about, by its name or because a person said
/// so.
pub(in crate::intake) fn is_row_key(key: &str, wanted: &Wanted) -> bool {
    let said = |own: &Option<String>| own.as_ref().is_some_and(|own| plain(own) == plain(key));
    let by_id = is_id_name(key) || said(&wanted.id_column);
    match wanted.key {
        RowKey::Id => by_id,
        RowKey::Name => {
            by_id || NAMES_AS_KEYS.contains(&plain(key).as_str()) || said(&wanted.name_column)
        }
    }
}

/// Whether a column of this name holds the names of devices.
pub(in crate::intake) fn is_device_name(name: &str) -> bool {
    DEVICE_NAMES.contains(&plain(name).as_str())
}

/// The form in which names are compared: lower case, without spaces and underscores.
pub(in crate::intake) fn plain(name: &str) -> String {
    let name = trimmed(name).chars().filter(|c| !matches!(c, ' ' | '_'));
    name.flat_map(char::to_lowercase).collect()
}
