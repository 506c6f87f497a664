//! What is not a machine ID, and what a person is told of it.

use super::shown::{IDS, check};

/// One cell of the ID column, and what is said of it after place and excerpt.
#[track_caller]
fn rejected(cell: &str, why: &str) {
    let quoted = cell.replace('"', "\"\"");
    let shown = cell.trim_matches([' ', '\t']);
    check(
        &format!("Name,Device ID\nx,\"{quoted}\"\ny,<B>\n"),
        &format!("line 2, column `Device ID`: `{shown}`: {why}\n3: <B>, name y"),
    );
}

#[test]
fn spaces_and_tabs_around_an_id_are_dropped_and_counted() {
    check("Device ID\n <A>\t\n<B>\n", "2: <A>\n3: <B>\ntrimmed IDs: 1");
    check(
        "Device ID,x\n  ,y\n",
        "line 2, column `Device ID`: empty, 40 hexadecimal digits expected",
    );
}

#[test]
fn letters_of_either_case_are_read() {
    let upper = IDS[0].1.to_uppercase();
    check(&format!("Device ID\n{upper}\n"), "2: <A>");
}

#[test]
fn characters_that_cannot_be_seen_are_named() {
    let a = IDS[0].1;
    for (c, name) in [('\u{a0}', "U+00A0"), ('\u{200b}', "U+200B"), ('\u{1b}', "U+001B")] {
        let code = format!("{:x}", c as u32);
        let why = format!("is {name}, not a hexadecimal digit");
        for (cell, shown, position, fix) in [
            (format!("{a}{c}"), format!("<A>\\u{{{code}}}"), 41, "write `<A>`"),
            (format!("{c}{a}"), format!("\\u{{{code}}}<A>"), 1, "write `<A>`"),
            (
                format!("{}{c}{}", &a[..9], &a[9..]),
                format!("{}\\u{{{code}}}{}", &a[..9], &a[9..]),
                10,
                "remove this character, it cannot be seen",
            ),
        ] {
            check(
                &format!("Device ID\n{cell}\n"),
                &format!(
                    "line 2, column `Device ID`: `{shown}`: character {position} {why} ({fix})"
                ),
            );
        }
    }
}

#[test]
fn the_wrong_number_of_digits_is_told() {
    rejected(&IDS[0].1[..39], "39 characters, 40 expected");
    rejected("<A>0", "41 characters, 40 expected");
    rejected(
        "7c9e6679742540de944be07fc1f90ae7",
        "32 characters, 40 expected (take the column with Defender's own ID, `Device ID` in the \
         portal's export)",
    );
}

#[test]
fn letters_that_are_no_digits_are_told_with_their_place() {
    let tail = &IDS[0].1[1..];
    let not = "not a hexadecimal digit";
    rejected(&format!("g{tail}"), &format!("character 1 is `g`, {not}"));
    rejected(&format!("O{tail}"), &format!("character 1 is `O`, {not} (is it the digit 0?)"));
    rejected(&format!("l{tail}"), &format!("character 1 is `l`, {not} (is it the digit 1?)"));
    rejected(&format!("\u{430}{tail}"), &format!("character 1 is U+0430, {not}"));
    rejected(&format!("\u{ff11}{tail}"), &format!("character 1 is U+FF11, {not}"));
    rejected(&format!("{}/", &tail), &format!("character 40 is `/`, {not}"));
    rejected("../machines/1", &format!("character 1 is `.`, {not}"));
    rejected("a%2f..?x=1#2", &format!("character 2 is `%`, {not}"));
    rejected(
        "# old",
        &format!("character 1 is `#`, {not} (there are no comment lines: remove it)"),
    );
}

#[test]
fn an_id_inside_something_else_is_offered_but_not_taken() {
    let not = "not a hexadecimal digit (write `<A>`)";
    rejected("=\"<A>\"", &format!("character 1 is `=`, {not}"));
    rejected("'<A>", &format!("character 1 is `'`, {not}"));
    rejected("0x<A>", &format!("character 2 is `x`, {not}"));
    rejected("{<A>}", &format!("character 1 is `{{`, {not}"));
    check(
        "Device ID\n=\"<A>\"\n",
        &format!("line 2, column `Device ID`: `=\"<A>\"`: character 1 is `=`, {not}"),
    );
}

#[test]
fn entra_device_ids_are_recognised() {
    let why = "this looks like an Entra device ID; the Defender machine ID has 40 digits (take \
        the column with Defender's own ID, `Device ID` in the portal's export)";
    rejected("7c9e6679-7425-40de-944b-e07fc1f90ae7", why);
    rejected("{7C9E6679-7425-40DE-944B-E07FC1F90AE7}", why);
}

#[test]
fn what_excel_did_to_an_id_is_named() {
    let lost = "Excel turned this ID into a number, so it is lost (export the list \
                again and keep the column as text)";
    rejected("1.23457E+39", lost);
    rejected("1,2E+39", lost);
    rejected(
        "7185361740283745",
        "16 characters, 40 expected (if Excel dropped leading zeros, export the list again and \
         keep the column as text)",
    );
    rejected(
        "1234567890123450000000000000000000000000",
        "Excel rounded this ID to a number, so its end is lost (export the list again and keep \
         the column as text)",
    );
}

#[test]
fn ids_of_digits_only_are_ids() {
    for id in [
        "1234567890123456789012345678901234567890",
        "0000000000000000000000000000000000000000",
        "1234567890123450000000000000000000000001",
    ] {
        check(&format!("Device ID\n{id}\n"), &format!("2: {id}"));
    }
}

#[test]
fn names_cannot_drive_a_terminal() {
    check(
        "Device ID,Name\n<A>,\u{1b}[31mred\u{202e}\u{7}\n<B>,Jos\u{e9} 機\n",
        "2: <A>, name \\u{1b}[31mred\\u{202e}\\u{7}\n3: <B>, name Jos\u{e9} 機",
    );
}

#[test]
fn long_finds_are_cut() {
    let long = format!("x{}", "a".repeat(500));
    check(
        &format!("Device ID\n{long}\n"),
        &format!(
            "line 2, column `Device ID`: `{}…`: character 1 is `x`, not a hexadecimal digit",
            &long[..59]
        ),
    );
}
