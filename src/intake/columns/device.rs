//! Names of columns that say what a device is.

/// In the order of [`Device`](crate::domain::Device), as [`squeezed`] has them; of several that are
/// there the first is read. They are those of the portal's export, advanced hunting, the API and
/// scripts that save its answers, Intune, Entra, Active Directory and other inventories; the system
/// also in other languages.
pub(in crate::intake) const DETAIL_NAMES: [&[&str]; 5] = [
    &[
        "osplatform",
        "operatingsystem",
        "os",
        "deviceosplatform",
        "deviceoperatingsystem",
        "deviceos",
        "clientos",
        "osname",
        "operatingsystemname",
        "operatingsystemplatform",
        "osfamily",
        "ostype",
        "platform",
        "deviceplatform",
        "betriebssystem",
        "betriebssystemplattform",
        "plattform",
        "systèmedexploitation",
        "sistemaoperativo",
        "sistemaoperacional",
        "besturingssysteem",
        "operativsystem",
        "systemoperacyjny",
        "operačnísystém",
        "käyttöjärjestelmä",
        "операционнаясистема",
        "操作系统",
        "オペレーティングシステム",
        "운영체제",
    ],
    &[
        "onboardingstatus",
        "onboardingstate",
        "deviceonboardingstatus",
        "defenderonboardingstatus",
        "mdeonboardingstatus",
        "onboarding",
    ],
    &["healthstatus", "sensorhealthstate"],
    &["tags", "machinetags", "devicemanualtags"],
    &["group", "machinegroup", "rbacgroupname"],
];

/// Names of columns that say when a row was so; the first that is there is read.
pub(in crate::intake) const TIME_NAMES: [&str; 16] = [
    "timestamp",
    "timegenerated",
    "lastdeviceupdate",
    "lastseen",
    "lastseendatetime",
    "lastreporttime",
    "lastupdated",
    "lastupdatetime",
    "lastheartbeat",
    "lastactivity",
    "lastcheckin",
    "lastcontact",
    "lastsyncdatetime",
    "eventtime",
    "reporttime",
    "zeitstempel",
];

/// The form in which these names are compared: letters and digits in lower case, without what some
/// tools put behind a name, such as `[UTC]`.
pub(in crate::intake) fn squeezed(name: &str) -> String {
    let name = name.split(['[', '(']).next().unwrap_or_default();
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
