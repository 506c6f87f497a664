//! Lists of names, where names stand for machines.

use mde_offboard::intake::{Kind, RowFilter, RowKey, Wanted};

use super::shown::check_with;

fn by_name() -> Wanted {
    Wanted { key: RowKey::Name, ..Wanted::default() }
}

#[track_caller]
fn check(input: &str, expected: &str) {
    check_with(&by_name(), input, expected);
}

#[test]
fn a_column_of_names_is_recognised_and_no_ids_are_needed() {
    for name in ["Device Name", "computerDnsName", "Name", "host_name", "DNSHostName", "FQDN"] {
        let list = format!("City,{name},Comment\nUlm, PC-1 ,sold\nUlm,pc-2.corp.example,\n");
        check(&list, "2: name PC-1, comment sold\n3: name pc-2.corp.example\ntrimmed IDs: 1");
    }
    let json = Wanted { kind: Kind::Json, ..by_name() };
    check_with(
        &json,
        "[{\"deviceName\": \"pc-1\"}, {\"deviceName\": \"pc-2\"}]",
        "1: name pc-1\n2: name pc-2",
    );
    check_with(&json, "{\"hostname\": \"pc-1\"}", "1: name pc-1");
    check_with(&json, "[\"pc-1\", \"pc-2\"]", "1: name pc-1\n2: name pc-2");
}

#[test]
fn a_plain_list_of_names_is_a_name_a_line() {
    check("pc-1\n\npc-2.corp.example\n", "1: name pc-1\n3: name pc-2.corp.example\nblank lines: 1");
    check("Device Name\npc-1\n", "2: name pc-1");
}

#[test]
fn a_column_that_a_person_names_is_taken() {
    let wanted = Wanted { name_column: Some("Asset".into()), ..by_name() };
    check_with(&wanted, "Asset,Name\npc-1,Anna\n", "2: name pc-1");
    check(
        "Asset,City\npc-1,Ulm\n",
        "error: line 1: no column is known to hold device names; there are `Asset`, `City`; name \
         the column with --name-column",
    );
}

#[test]
fn a_list_with_machine_ids_is_not_read_by_name() {
    let leave_out = "--by-name is for lists without IDs; leave out --by-name: an ID is certain, a \
        name is not";
    for (list, place) in [
        ("Device ID,Device Name\n<A>,pc-1\n", "line 2"),
        ("Device Name,Device ID\npc-1,\npc-2,<A>\n", "line 3"),
        ("Device Name\n<A>\n", "line 2"),
        ("<A>\n", "line 1"),
        ("pc-1\n<A>\n", "line 2"),
        ("<A>,pc-1\n", "line 1"),
    ] {
        let wanted = by_name();
        let expected = format!("error: {place} holds a machine ID, and {leave_out}");
        let found = super::shown::outcome_of(&wanted, list);
        assert!(found.ends_with(&expected), "{list}: {found}");
    }
}

#[test]
fn ids_of_entra_beside_the_names_are_no_machine_ids() {
    let list = "Device ID,Device name\n7c9e6679-7425-440d-e944-be07fc1f90ae,pc-1\n";
    check(list, "2: name pc-1");
}

#[test]
fn a_cell_that_is_no_name_is_a_bad_row() {
    check(
        "Device Name,City\n,Ulm\nCORP\\pc-1$,Ulm\n10.0.0.1,Ulm\npc-2,Ulm\n",
        "line 2, column `Device Name`: empty, the name of a device expected (write its name, or \
         remove the row)
         line 3, column `Device Name`: `CORP\\pc-1$`: not the name as Defender knows it (write \
         `pc-1`)
         line 4, column `Device Name`: `10.0.0.1`: an IP address, the name of a device is expected \
         (choose the column with the names: --name-column)
         5: name pc-2",
    );
}

#[test]
fn rows_that_a_filter_leaves_out_are_visited_by_name() {
    let filters = vec![RowFilter::parse("City=Ulm").unwrap()];
    let wanted = Wanted { filters, unwanted_too: true, ..by_name() };
    check_with(
        &wanted,
        "Name,City\npc-1,Ulm\npc-1,Bonn\n",
        "2: name pc-1\n3: name pc-1, not wanted",
    );
}
