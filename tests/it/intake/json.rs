//! JSON arrays, of objects or of IDs.

use std::convert::Infallible;
use std::io::Read;

use mde_offboard::intake::{Failure, Kind, Wanted, read};

use super::shown::check_with;

#[track_caller]
fn check(input: &str, expected: &str) {
    let wanted = Wanted { kind: Kind::Json, ..Wanted::default() };
    check_with(&wanted, input, expected);
    let any = Wanted { kind: Kind::Any, ..Wanted::default() };
    let begins_like_a_list =
        ["[{", "[\"", "[]"].iter().any(|start| input.replace([' ', '\n'], "").starts_with(start));
    if begins_like_a_list {
        check_with(&any, input, expected);
    }
}

#[test]
fn an_array_of_ids_is_a_plain_list() {
    check("[\"<A>\", \"<B>\"]", "1: <A>\n2: <B>");
    check(
        "[\"<A>\", \"pc-1\"]",
        "1: <A>\nentry 2: `pc-1`: character 1 is `p`, not a hexadecimal digit",
    );
}

#[test]
fn the_names_of_the_first_object_are_the_columns() {
    check(
        "[{\"computerDnsName\": \"pc-1\", \"id\": \"<A>\", \"machineTags\": [\"a\", \"b\"]},\n\
          {\"id\": \"<B>\", \"computerDnsName\": null}]",
        "1: <A>, name pc-1\n2: <B>",
    );
    check(
        "[{\"Name\": \"x\", \"DeviceId\": \"<A>\"}, {\"Name\": \"<B>\"}, {\"DeviceId\": \"<B>\", \
          \"id\": \"<A>\"}, {\"DeviceId\": \"<B>\", \"DeviceId\": \"<A>\"}]",
        "1: <A>, name x
         entry 2, column `DeviceId`: empty, 40 hexadecimal digits expected
         entry 3, column `#3`: `<A>`: too many cells: 3, the header has 2 (a cell that holds the \
           delimiter needs quotes)
         entry 4, column `#3`: `<A>`: too many cells: 3, the header has 2 (a cell that holds the \
           delimiter needs quotes)",
    );
    // What the API calls a machine action has an ID of its own.
    check(
        "[{\"id\": \"5382f7ea-7557-4ab7-9782-d50480024a4e\", \"machineId\": \"<A>\"}]",
        "error: entry 1: `id`, `machineId` could each hold the machine IDs; choose one with \
         --id-column",
    );
}

#[test]
fn a_number_is_never_an_id() {
    let digits = "1234567890123456789012345678901234567890";
    check(
        &format!("[{{\"id\": {digits}}}]"),
        "entry 1, column `id`: `1.2345678901234567E39`: character 2 is `.`, not a hexadecimal \
         digit",
    );
    check(
        &format!("[{digits}]"),
        "error: entry 1 is a number; a machine ID in quotes or an object is expected",
    );
    check(
        "[[\"<A>\"]]",
        "error: entry 1 is an array; a machine ID in quotes or an object is expected",
    );
    check("[null]", "error: entry 1 is null; a machine ID in quotes or an object is expected");
}

#[test]
fn what_is_no_array_is_refused() {
    check("[]", "error: no machines: the file is empty");
    check(
        "{\"value\": [\"<A>\"]}",
        "error: this is a JSON object, an array is expected; in PowerShell: ConvertTo-Json \
         -InputObject @($machines)",
    );
    let broken = "error: this is not a JSON array of machines";
    check("Device ID\n<A>\n", broken);
    check("[\"<A>\"", &format!("1: <A>\n{broken}"));
    check("[\"<A>\"] x", &format!("1: <A>\n{broken}"));
    check("[\"<A>\",]", &format!("1: <A>\n{broken}"));
}

#[test]
fn an_entry_without_an_end_is_refused_at_once() {
    for (start, endless) in [("[\"", b'a'), ("[{\"id\": \"", b'a'), ("[", b' '), ("[[", b'[')] {
        let file = start.as_bytes().chain(std::io::repeat(endless));
        let wanted = Wanted { kind: Kind::Json, ..Wanted::default() };
        let read = read(file, &wanted, |_| Ok::<(), Infallible>(()));
        let Err(Failure::Input(error)) = read else { panic!("{read:?}") };
        let said = error.to_string();
        let deep = endless == b'[' && said == "this is not a JSON array of machines";
        assert!(deep || said == "entry 1 is longer than 4 MiB", "{start}: {said}");
    }
}

#[test]
fn bounds_of_cells_and_columns_hold_as_in_a_table() {
    let long = "x".repeat(64 * 1024 + 1);
    check(
        &format!("[{{\"id\": \"<A>\", \"tags\": \"{long}\"}}]"),
        "error: entry 1, column 2: a cell of more than 64 KiB; is it a list of machines?",
    );
    let names: Vec<String> = (0..300).map(|number| format!("\"n{number}\": 1")).collect();
    check(
        &format!("[{{{}}}]", names.join(", ")),
        "error: entry 1 has more than 256 columns; is it a list of machines?",
    );
}
