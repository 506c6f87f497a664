//! Lists as people really have them, made after public bug reports; all data is invented.
//!
//! Each is run to its end as a rehearsal, and what was sent is read from the report: a list that is
//! refused must queue nothing, and one that is read must send just the machines that are meant.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::desk::Desk;
use crate::support::program::{Complete, Said};

/// What must come of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// These machines are sent, by the names that the list has for them or by their IDs.
    Sent(&'static [&'static str]),
    /// Exit 3 and nothing queued; all of these are said.
    Refused(&'static [&'static str]),
    /// Exit 7 and nothing queued: a guard that was asked for.
    Guarded,
}

use Outcome::{Guarded, Refused, Sent};

/// A folder and a file in `tests/it/data/cases`, options, and what must come of it.
type Case = (&'static str, &'static str, &'static [&'static str], Outcome);

const CASES: &[Case] = &[
    (
        "tags-lost-by-export-csv",
        "machines.csv",
        &["--where", "machineTags!=keep"],
        Refused(&["System.Object[]"]),
    ),
    (
        "tags-lost-by-export-csv",
        "machines.csv",
        &[],
        Sent(&["kiosk-01", "kiosk-02", "kiosk-03", "kiosk-04"]),
    ),
    (
        "tags-in-hunting-and-json",
        "hunting.csv",
        &["--where", "DeviceManualTags!=DoNotTouch"],
        Sent(&["h1"]),
    ),
    (
        "tags-in-hunting-and-json",
        "machines.json",
        &["--where", "machineTags!=DoNotTouch"],
        Sent(&["h1"]),
    ),
    (
        "guard-without-its-column",
        "devices.csv",
        &["--on", "unsupported=refuse", "--on", "not_onboarded=refuse"],
        Refused(&["unsupported"]),
    ),
    ("guard-without-its-column", "devices.csv", &[], Sent(&["srv0", "srv1"])),
    ("os-column-other-name", "devices.csv", &["--on", "unsupported=refuse"], Sent(&["o1"])),
    ("os-column-other-name", "devices.csv", &["--on", "other_system=refuse"], Guarded),
    (
        "os-column-other-name",
        "devices.csv",
        &["--on", "other_system=send"],
        Sent(&["o1", "o2", "o3"]),
    ),
    ("hunting-status-over-time", "New query.csv", &[], Sent(&["lt-new.corp.example", "lt-b"])),
    (
        "json-nulls-left-out",
        "machines.json",
        &["--on", "other_system=send"],
        Sent(&["u1", "u2", "u3"]),
    ),
    ("json-lines", "machines.ndjson", &[], Sent(&["a0", "a1", "a2"])),
    ("json-lines", "machines.json", &[], Sent(&["a0", "a1", "a2"])),
    ("api-answer-saved-whole", "machines.json", &[], Sent(&["a0", "a1", "a2"])),
    ("api-answer-saved-whole", "machines-bom.json", &[], Sent(&["a0", "a1", "a2"])),
    (
        "api-answer-saved-whole",
        "hunting.json",
        &[],
        Sent(&[
            "40b25eac438260c9ad4e3142adc38a8d0885e5f3",
            "b9f85daa6f83cf02ce5c31913d1f64d3f5c8fade",
            "f29bc91bbdab169fc0c0a326965953d11c7dff83",
        ]),
    ),
    ("intune-all-devices", "DevicesWithInventory.csv", &[], Refused(&["Intune", "Entra"])),
    (
        "intune-all-devices",
        "DevicesWithInventory.csv",
        &["--skip-invalid", "--allow-empty"],
        Refused(&["Intune", "Entra"]),
    ),
    ("portal-links", "links.txt", &[], Refused(&["40", "/machines/"])),
    ("portal-links", "links.csv", &[], Refused(&["40", "/machines/"])),
    ("two-ids-on-a-line", "ids.csv", &[], Refused(&["machine ID"])),
    ("report-title-rows", "report.csv", &[], Refused(&["line 4"])),
    ("report-title-rows", "report-excel.csv", &[], Refused(&["line 3"])),
    ("cmdb-comment-column", "cmdb.csv", &["--no-comment-column"], Sent(&["c1", "c2", "c3"])),
    ("sentinel-export", "query_data.csv", &[], Sent(&["pc0", "pc1"])),
    ("format-table-text", "out.txt", &[], Refused(&["PowerShell", "Export-Csv"])),
    ("format-table-text", "only-id.txt", &[], Refused(&["PowerShell", "Export-Csv"])),
];

/// Runs a list as a person would, and gives what was said and which machines were sent.
fn sent(folder: &str, file: &str, options: &[&str]) -> (Said, BTreeSet<String>) {
    let desk = Desk::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/cases").join(folder);
    std::fs::copy(from.join(file), desk.path(file)).unwrap();
    let mut command =
        desk.command("run --simulate --fleet ordinary --yes --track-timeout 0 --progress none");
    command.arg(file).args(options).args(["--comment", "CHG1 retired"]);
    let said = command.said();
    if desk.run("batches --simulate --json").out.trim() == "[]" {
        return (said, BTreeSet::new());
    }
    let report = desk.run("report --simulate --format json").ends_with(0).json();
    let machines = report["machines"].as_array().unwrap().iter();
    let machines = machines.filter(|machine| machine["state"] != "skipped");
    let name = |key: &str, machine: &serde_json::Value| machine[key].as_str().map(str::to_owned);
    let names = machines
        .map(|machine| name("device_name", machine).or_else(|| name("machine_id", machine)));
    (said, names.map(Option::unwrap).collect())
}

#[test]
fn lists_as_people_have_them_come_to_what_they_must() {
    let mut wrong = Vec::new();
    for (folder, file, options, outcome) in CASES {
        let (said, sent) = sent(folder, file, options);
        let is_right = match outcome {
            Sent(names) => sent == names.iter().map(|name| (*name).to_owned()).collect(),
            Refused(words) => {
                let says = words.iter().all(|word| said.err.contains(word));
                said.code == Some(3) && sent.is_empty() && says
            }
            Guarded => said.code == Some(7) && sent.is_empty(),
        };
        if !is_right {
            wrong.push(format!("{folder}/{file} {options:?}: {outcome:?}, sent {sent:?}\n{said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_case_is_in_the_table() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/cases");
    for folder in std::fs::read_dir(data).unwrap() {
        let folder = folder.unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let (folder, file) = (folder.file_name(), file.unwrap().file_name());
            let known = |case: &Case| folder == case.0 && file == case.1;
            assert!(CASES.iter().any(known), "{} is not in the table", file.display());
        }
    }
}

#[test]
fn notes_of_a_cmdb_are_not_sent_where_the_column_is_not_meant() {
    let desk = Desk::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data/cases");
    std::fs::copy(from.join("cmdb-comment-column/cmdb.csv"), desk.path("cmdb.csv")).unwrap();
    let options =
        "--no-comment-column --simulate --fleet ordinary --yes --track-timeout 0 --progress none";
    desk.command(&format!("run cmdb.csv {options}")).args(["--comment", "CHG1 retired"]).complete();
    let report = desk.run("report --simulate --format json").json();
    let comments = report["machines"].as_array().unwrap().iter().map(|m| m["comment"].as_str());
    assert!(comments.eq([Some("CHG1 retired"); 3]), "{report}");
}
