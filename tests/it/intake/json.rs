//! JSON: arrays, answers that hold one, entries line by line; of objects or of IDs.

use std::convert::Infallible;
use std::io::{self, Read, Seek, SeekFrom};

use mde_offboard::intake::{Kind, ReadFailure, RowFilter, Wanted, read};

use super::shown::{IDS, check_bytes, check_with};

#[track_caller]
fn check(input: &str, expected: &str) {
    let wanted = Wanted { kind: Kind::Json, ..Wanted::default() };
    check_with(&wanted, input, expected);
    let any = Wanted { kind: Kind::Any, ..Wanted::default() };
    let start = input.replace([' ', '\n'], "");
    if ["[{", "[\"", "[]", "{\""].iter().any(|json| start.starts_with(json)) {
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
fn the_keys_of_all_entries_are_the_columns() {
    check(
        "[{\"computerDnsName\": \"pc-1\", \"id\": \"<A>\", \"machineTags\": [\"a\", \"b\"]},\n\
          {\"id\": \"<B>\", \"computerDnsName\": null}]",
        "1: <A>, name pc-1\n2: <B>",
    );
    // What is null may be left out; also in the first entry, and also the ID.
    check(
        "[{\"Name\": \"x\"}, {\"Name\": \"y\", \"OSPlatform\": \"Linux\", \"DeviceId\": \"<A>\"}, \
          {\"Comment\": \"old\", \"DeviceId\": \"<B>\"}]",
        "entry 1, key `DeviceId`: empty, 40 hexadecimal digits expected
         2: <A>, name y
         3: <B>, comment old",
    );
    // The name that is preferred is so for all, wherever it comes first.
    check(
        "[{\"Name\": \"x\", \"id\": \"<A>\"}, {\"ComputerDnsName\": \"y\", \"id\": \"<B>\"}]",
        "1: <A>\n2: <B>, name y\nnote: `ComputerDnsName` is read, `Name` is not",
    );
    // What the API calls a machine action has an ID of its own.
    let both = "could each hold the machine IDs; choose one with --id-column";
    check(
        "[{\"id\": \"5382f7ea-7557-4ab7-9782-d50480024a4e\", \"machineId\": \"<A>\"}]",
        &format!("error: the keys `id`, `machineId` {both}"),
    );
    check(
        "[{\"id\": \"<A>\"}, {\"DeviceId\": \"<B>\"}]",
        &format!("error: the keys `id`, `DeviceId` {both}"),
    );
}

#[test]
fn a_filter_knows_the_keys_of_all_entries() {
    let filters = |filter: &str| vec![RowFilter::parse(filter).unwrap()];
    let list = "[{\"id\": \"<A>\"}, {\"id\": \"<B>\", \"osPlatform\": \"Linux\"}]";
    let wanted = Wanted { kind: Kind::Json, ..Wanted::default() };
    let only = Wanted { filters: filters("osPlatform=Linux"), ..wanted.clone() };
    check_with(&only, list, "2: <B>");
    let others = Wanted { filters: filters("osPlatform!=Linux"), ..wanted.clone() };
    check_with(&others, list, "1: <A>");
    let none = Wanted { filters: filters("group=x"), ..wanted };
    let expected = "error: no entry has the key `group` (--where); there are `id`, `osPlatform`; \
     name one of these, as it is written in the list";
    check_with(&none, list, expected);
}

#[test]
fn a_key_that_stands_twice_in_an_entry_makes_it_bad() {
    check(
        "[{\"id\": \"<A>\", \"id\": \"<B>\"}, {\"id\": \"<B>\", \"x\": 1, \"x\": 1}, \
          {\"id\": \"<A>\"}]",
        "entry 1, key `id`: `<B>`: this key is in the entry more than once (write one entry a \
           machine, with each key once)
         entry 2, key `x`: `1`: this key is in the entry more than once (write one entry a \
           machine, with each key once)
         3: <A>",
    );
}

#[test]
fn an_answer_that_was_saved_whole_is_the_list_in_it() {
    let list = "[{\"id\": \"<A>\"}, {\"id\": \"<B>\", \"computerDnsName\": \"x\"}]";
    for (before, key, behind) in [
        ("\"@odata.context\": \"https://x/$metadata#Machines\", ", "value", ""),
        ("\"Stats\": {\"x\": [1]}, \"Schema\": [{\"Name\": \"id\"}], ", "Results", ""),
        ("", "results", ", \"schema\": [{\"name\": \"id\"}]"),
        ("", "value", ", \"Count\": 2"),
        ("\"schema\": \"x/1\", \"batch\": {\"id\": 1}, ", "machines", ""),
        ("\"batches\": [{\"id\": 1}, {\"id\": 2}], ", "machines", ""),
        ("\"count\": 2, \"value\": null, ", "data", ""),
    ] {
        check(
            &format!("{{{before}\"{key}\": {list}{behind}}}\r\n"),
            &format!("1: <A>\n2: <B>, name x\nnote: the list under `{key}` is read"),
        );
    }
    check("{\"value\": [\"<A>\"]}", "1: <A>\nnote: the list under `value` is read");
    check(
        "{\"@odata.context\": \"x\", \"value\": []}",
        "error: no machines: the file is empty; \
     export the list again, with its machines",
    );
    // An entry alone is an entry, whatever else it holds.
    check("{\"id\": \"<A>\", \"devices\": []}", "1: <A>");
}

#[test]
fn pages_one_after_the_other_are_one_list_and_one_that_goes_on_says_so() {
    let page = |id: &str, next: &str| format!("{{\"value\": [{{\"id\": \"{id}\"}}]{next}}}");
    check(
        &(page("<A>", "") + "\n" + &page("<B>", "")),
        "1: <A>\n2: <B>\nnote: the list under `value` is read",
    );
    check(
        &page("<A>", ", \"@odata.nextLink\": \"https://x?$skip=10000\""),
        "1: <A>
         note: the list under `value` is read
         note: `@odata.nextLink` says that more pages follow, whose machines are not in this file",
    );
    check("[\"<A>\"]\n[\"<B>\"]", "1: <A>\n2: <B>");
}

#[test]
fn what_may_mean_two_things_is_refused() {
    check(
        "{\"id\": \"<A>\", \"machines\": [{\"id\": \"<B>\"}]}",
        "error: the object that ends after entry 1 names a machine (`id`) and holds a list as \
         well (`machines`); save the one that is meant to a file of its own",
    );
    check(
        "{\"value\": [\"<A>\"], \"Results\": [\"<B>\"]}",
        "error: this JSON object holds two lists, `value` and `Results`; save the one with the \
         machines to a file of its own",
    );
    let wanted = Wanted { kind: Kind::Json, id_column: Some("key".into()), ..Wanted::default() };
    check_with(&wanted, "{\"Key\": \"<A>\", \"items\": []}", "1: <A>");
    check(
        "[\"<A>\", {\"<B>\": 1}]",
        "error: entry 2 is of another kind than those before it: some are objects, some are \
         texts; write all of them in one way",
    );
    for list in
        ["[{\"<A>\": 1}]", "{\"<A>\": {\"name\": \"x\"}}", "[{\"id\": \"<B>\", \"<A>\": 1}]"]
    {
        check(
            list,
            "error: `<A>` is a key here, not a value; write the entries with a key for the ID, \
             such as {\"id\": \"<A>\"}",
        );
    }
    check("[{}]", "error: the entries of this JSON have no keys; export the machines again");
}

#[test]
fn one_entry_a_line_is_a_list() {
    check("{\"id\": \"<A>\"}\n{\"id\": \"<B>\", \"Name\": \"x\"}\n", "1: <A>\n2: <B>, name x");
    check(
        "{\"id\": \"<A>\"}\r\n\r\n  \r\n{\"Id\":\r\n\"<B>\"}",
        "error: the keys `id`, `Id` could \
        each hold the machine IDs; choose one with --id-column",
    );
    check("\r\n{\"id\": \"<A>\"}\r\n\r\n{\"id\": \"<B>\"}", "1: <A>\n2: <B>");
    check("\"<A>\"\n\"<B>\"", "1: <A>\n2: <B>");
    // What PowerShell makes of a list of one.
    check("{\n  \"id\": \"<A>\",\n  \"computerDnsName\": \"x\"\n}\n", "1: <A>, name x");
    let broken = "cannot be read as JSON; export the list again, or name it .csv if it is a table";
    check("{\"id\": \"<A>\"}\n{\"id\": \"<B>", &format!("error: entry 2 {broken}"));
    check("{\"id\": \"<A>\"},\n{\"id\": \"<B>\"}", &format!("error: entry 2 {broken}"));
    check(
        "{\"id\": \"<A>\"}\n1\n",
        "error: entry 2 is a number; a machine ID in quotes or an \
        object is expected",
    );
}

#[test]
fn utf_16_and_a_mark_are_read_as_in_other_texts() {
    let wanted = Wanted { kind: Kind::Json, ..Wanted::default() };
    let id = IDS[0].1;
    let list = format!("\u{feff}{{\"value\": [{{\"id\": \"{id}\"}}]}}\r\n");
    let utf16: Vec<u8> = list.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [list.into_bytes(), utf16] {
        check_bytes(&wanted, &bytes, "1: <A>\nnote: the list under `value` is read");
    }
}

#[test]
fn a_number_is_never_an_id() {
    let digits = "1234567890123456789012345678901234567890";
    check(
        &format!("[{{\"id\": {digits}}}]"),
        "entry 1, key `id`: `1.2345678901234567E39`: character 2 is `.`, not a hexadecimal \
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
fn what_is_no_list_is_refused() {
    check("[]", "error: no machines: the file is empty; export the list again, with its machines");
    check(" \n", "error: no machines: the file is empty; export the list again, with its machines");
    check(
        "{\"tables\": [{\"name\": \"x\", \"rows\": [[\"<A>\"]]}]}",
        "error: this JSON object names no machine; it has the keys `tables`; a list of machines is \
         expected under `value`, `Results` or `machines`, or alone",
    );
    check("<!DOCTYPE html><p>Sign in", "error: this is HTML or XML; export the list as CSV");
    let broken = |number: u8| {
        format!(
            "error: entry {number} cannot be read as JSON; export the list again, or name it .csv \
             if it is a table"
        )
    };
    check("Device ID\n<A>\n", &broken(1));
    for rest in ["", " x", "]]", ",]"] {
        let list = if rest == ",]" { "[\"<A>\"" } else { "[\"<A>\"]" };
        let list = if rest.is_empty() { "[\"<A>\"".to_owned() } else { format!("{list}{rest}") };
        check(&list, &broken(2));
    }
}

/// A text that never ends.
struct Endless {
    start: &'static [u8],
    then: u8,
    position: usize,
}

impl Read for Endless {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        for (place, byte) in (self.position..).zip(into.iter_mut()) {
            *byte = self.start.get(place).copied().unwrap_or(self.then);
        }
        self.position += into.len();
        Ok(into.len())
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let SeekFrom::Start(place) = to {
            self.position = usize::try_from(place).unwrap();
        }
        Ok(self.position as u64)
    }
}

#[test]
fn an_entry_without_an_end_is_refused_at_once() {
    for (start, endless) in [("[\"", b'a'), ("[{\"id\": \"", b'a'), ("[", b' '), ("[[", b'[')] {
        let file = Endless { start: start.as_bytes(), then: endless, position: 0 };
        let wanted = Wanted { kind: Kind::Json, ..Wanted::default() };
        let read = read(file, &wanted, |_| Ok::<(), Infallible>(()));
        let Err(ReadFailure::Input(error)) = read else { panic!("{read:?}") };
        let said = error.to_string();
        assert_eq!(said, "entry 1 is longer than 4 MiB", "{start}");
    }
}

#[test]
fn bounds_of_cells_and_columns_hold_as_in_a_table() {
    let long = "x".repeat(64 * 1024 + 1);
    check(
        &format!("[{{\"id\": \"<A>\", \"tags\": \"{long}\"}}]"),
        "error: entry 1, key `tags`: a value of more than 64 KiB; is it a list of machines?",
    );
    let names: Vec<String> = (0..300).map(|number| format!("\"n{number}\": 1")).collect();
    check(
        &format!("[{{{}}}]", names.join(", ")),
        "error: entry 1 has more than 256 keys; is it a list of machines?",
    );
    let entries: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
    check(
        &entries.join("\n"),
        "error: entry 257 has more than 256 keys; is it a list of machines?",
    );
}
