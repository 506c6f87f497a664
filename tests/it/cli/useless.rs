//! Lists of which no row can be used: an error, however bad rows and empty lists are treated.

use crate::support::desk::Desk;
use crate::support::machines::list;

use super::rehearsed::{TOO_MANY, refused};

const GUIDS: &str = "Device ID,Name\n7c9e6679-7425-40de-944b-e07fc1f90ae7,a\n\
    8c9e6679-7425-40de-944b-e07fc1f90ae7,b\n";

const WAYS: [&str; 4] = ["", "--skip-invalid", "--allow-empty", "--skip-invalid --allow-empty"];

#[test]
fn a_list_of_which_every_row_is_bad_is_an_error_whatever_is_left_out() {
    let desk = Desk::new();
    desk.file("guids.csv", GUIDS)
        .file("two.json", "[{\"id\": \"x\"}, {\"id\": null, \"n\": \"y\"}]");
    for way in WAYS {
        refused(&desk, &format!("guids.csv {way}"));
        refused(&desk, &format!("two.json {way}"));
    }
    refused(&desk, "guids.csv --skip-invalid").says("guids.csv: no row can be used");
    // Also beside a list that is fine: a wrong file was named.
    desk.file("fine.csv", list(2));
    refused(&desk, "fine.csv guids.csv --skip-invalid").says("guids.csv: no row can be used");
    desk.file("some.csv", list(1) + "nonsense\n");
    desk.run(&format!("{TOO_MANY} fine.csv some.csv --skip-invalid")).ends_with(7);
}

#[test]
fn a_list_of_which_every_row_is_left_out_is_an_error_whatever_is_allowed() {
    let desk = Desk::new();
    let ids = list(2).replace("ID\n", "ID,OS Platform,Onboarding Status\n");
    let phones = ids.replace("1\n", "1,iOS,Onboarded\n").replace("2\n", "2,Android,Unsupported\n");
    let found = ids.replace("1\n", "1,Windows11,Can be onboarded\n").replace("2\n", "2,iOS,\n");
    desk.file("phones.csv", phones).file("found.csv", found);
    for way in WAYS {
        refused(&desk, &format!("phones.csv {way}")).says("2 unsupported");
        let said = refused(&desk, &format!("phones.csv --where Group!=x {way}"));
        said.says("no column `Group`");
        refused(&desk, &format!("found.csv {way}")).says("--on not_onboarded=send");
    }
    desk.file("a.csv", "Device ID,Group\n0000000000000000000000000000000000000001,Lab\nx,Hall\n");
    for way in WAYS {
        refused(&desk, &format!("a.csv --where Group=Kiosk {way}")).says("no row matches --where");
        refused(&desk, &format!("a.csv --where Group=Hall {way}"));
    }
    refused(&desk, "a.csv --where Group=Hall --skip-invalid").says(", and 1 bad row");
    desk.run(&format!("{TOO_MANY} a.csv --where Group!=Hall")).ends_with(7);
}

#[test]
fn only_a_list_without_rows_may_be_empty() {
    let desk = Desk::new();
    for (name, list) in [
        ("none.csv", "Device ID\n"),
        ("empty.csv", ""),
        ("blank.csv", "Device ID,Name\n,\n\n"),
        ("none.json", "[]"),
        ("none.jsonl", "\n"),
        ("answer.json", "{\"@odata.context\": \"x\", \"value\": []}"),
    ] {
        desk.file(name, list);
        refused(&desk, name).says("to allow a list without machines: --allow-empty");
        let said = desk.run(&format!("{TOO_MANY} {name} --allow-empty")).ends_with(0);
        said.says("no machines, nothing to do");
    }
}

#[test]
fn a_machine_that_was_offboarded_before_is_no_useless_row() {
    let desk = Desk::with_file("fleet.csv", list(2));
    let run = "run fleet.csv --comment x --simulate --yes --track-timeout 0 --limit 1000/1s";
    let first = desk.run(run);
    let again = desk.run(run);
    assert!(again.code != Some(3), "{first}{again}");
}

#[test]
fn the_same_fault_in_every_row_is_said_once_with_the_count() {
    let desk = Desk::new();
    let rows: Vec<String> = (1..=300).map(|number| format!("pc-{number},x\n")).collect();
    let rows = rows.concat();
    desk.file("names.csv", format!("Device ID,Name\n{rows}"));
    let said = desk.run(&format!("{TOO_MANY} names.csv --json")).ends_with(3).json();
    let causes = said["causes"].as_array().unwrap();
    assert_eq!(causes.len(), 1, "{said}");
    let words = "300 of 300 rows have this fault: line 2, column `Device ID`: `pc-1`: character 1";
    assert!(causes[0].as_str().unwrap().starts_with(words), "{said}");
    // Names of hexadecimal digits alone are bad in another way.
    desk.file("names.csv", format!("Device ID,Name\n{rows}cafe,x\n"));
    let said = refused(&desk, "names.csv").says("300 of 301 rows have this fault");
    said.says("line 302, column `Device ID`: `cafe`: 4 characters, 40 expected");
    // Beside a good row, each bad one may be a slip of its own.
    desk.file("some.csv", list(1) + "pc-1\npc-2\n");
    refused(&desk, "some.csv").says("line 3").says("line 4");
}
