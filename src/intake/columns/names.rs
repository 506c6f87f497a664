//! Names that columns are known under.

use crate::intake::Wanted;
use crate::intake::record::trimmed::trimmed;

/// Names of a column with machine IDs, as they are compared (see [`plain`]): the portal's export,
/// advanced hunting, API-to-CSV scripts, Graph, and a published script. What Entra calls a device
/// ID has other names and is not among them.
pub(in crate::intake) const ID_NAMES: [&str; 5] =
    ["deviceid", "machineid", "id", "mdedeviceid", "mdfid"];

/// Names of a column with device names; the first that is there is taken.
pub(in crate::intake) const DEVICE_NAMES: [&str; 6] =
    ["devicename", "computerdnsname", "machinename", "computername", "hostname", "name"];

/// Whether a column of this name may hold machine IDs.
pub(in crate::intake) fn is_id_name(name: &str) -> bool {
    ID_NAMES.contains(&plain(name).as_str())
}

/// Whether a key of an object holds its machine ID, by its name or because a person said so.
pub(in crate::intake) fn is_id_key(key: &str, wanted: &Wanted) -> bool {
    let named = |own: &String| plain(own) == plain(key);
    is_id_name(key) || wanted.id_column.as_ref().is_some_and(named)
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
