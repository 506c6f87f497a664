//! Whose a GUID is, by the name of its column and those beside it.

use crate::intake::columns::names::{is_id_name, plain};

/// Who gives a device an ID of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum Owner {
    /// Entra ID, once Azure AD: the ID that hunting calls `AadDeviceId`.
    Entra,
    /// Entra ID: the directory's own ID of the device, which no table of Defender's has.
    EntraObject,
    Intune,
    /// One of them.
    Unknown,
    /// Not the ID of a device.
    NoDevice,
}

/// Parts of names of columns with Entra's device ID, as names are compared.
const ENTRA: [&str; 4] = ["aad", "azuread", "azureactivedirectory", "entra"];

/// Names that Intune's lists of devices have, and Entra's and Defender's have not.
const INTUNE_SIGNS: [&str; 12] = [
    "enrollmentdate",
    "enrolleddatetime",
    "lastcheck-in",
    "lastcheckin",
    "lastsyncdatetime",
    "easactivationid",
    "easactivated",
    "compliancestate",
    "managementagent",
    "manageddevicename",
    "manageddeviceownertype",
    "wi-fimac",
];

/// Names that Entra's lists of devices have, and Intune's have not.
const ENTRA_SIGNS: [&str; 8] = [
    "objectid",
    "trusttype",
    "jointype",
    "accountenabled",
    "approximatelastsignindatetime",
    "approximatelastsignintimestamp",
    "registrationtime",
    "registrationdatetime",
];

/// What GUIDs are for that are no device's.
const OTHERS: [&str; 9] = [
    "tenant",
    "user",
    "subscription",
    "group",
    "policy",
    "correlation",
    "activation",
    "report",
    "app",
];

impl Owner {
    /// Of the column called `name`, among those of the header.
    pub(in crate::intake) fn of<S: AsRef<str>>(name: &str, header: &[S]) -> Self {
        let own = plain(name);
        let own_has = |parts: &[&str]| parts.iter().any(|part| own.contains(part));
        let beside = |signs: &[&str]| {
            header.iter().any(|other| signs.contains(&plain(other.as_ref()).as_str()))
        };
        if own_has(&["intune", "manageddeviceid"]) {
            Self::Intune
        } else if own_has(&["objectid", "objekt-id", "objektid"]) {
            Self::EntraObject
        } else if own_has(&ENTRA) {
            Self::Entra
        } else if own_has(&OTHERS) {
            Self::NoDevice
        } else if beside(&INTUNE_SIGNS) {
            Self::Intune
        } else if own == "id" && header.iter().any(|other| plain(other.as_ref()) == "deviceid") {
            Self::EntraObject
        } else if beside(&ENTRA_SIGNS) && is_id_name(name) {
            Self::Entra
        } else {
            Self::Unknown
        }
    }
}
