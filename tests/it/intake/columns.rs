//! Which column is taken for what.

use std::io::Cursor;

use mde_offboard::intake::{Wanted, read};

use super::shown::{check, check_with};

const EXPORT_2023: &str = "Device ID,Device Name,Domain,First Seen,Last device update,OS Platform,\
    OS Distribution,OS Version,OS Build,Windows 10 Version,Tags,Group,Is AAD Joined,Device IPs,\
    Risk Level,Exposure Level,Health Status,Onboarding Status,Device Role,Cloud Platforms,\
    Managed By,Antivirus status,Is Internet Facing";
const EXPORT_2026: &str = "Device ID,Device Name,Device Category,Device Type,Device Subtype,\
    Discovery sources,Domain,AAD Device Id,First Seen,Last device update,OS Platform,\
    OS Distribution,OS Version,OS Build,Windows 10 Version,Tags,Group,Is AAD Joined,Device IPs,\
    Device MACs,Risk Level,Exposure Level,Health Status,Onboarding Status,Device Role,\
    Cloud Platforms,Is Internet Facing,Enrollment Status Code,Managed By,Enrollment Status,\
    Vendor,Model";

#[test]
fn both_known_portal_exports_are_read_by_header() {
    for header in [EXPORT_2023, EXPORT_2026] {
        let rest = ",".repeat(header.matches(',').count() - 1);
        check(&format!("\u{feff}{header}\r\n<A>,pc-1{rest}\r\n"), "2: <A>, name pc-1");
    }
}

#[test]
fn every_known_name_of_the_id_column_is_recognised() {
    for name in [
        "Device ID",
        "DeviceId",
        "Device Id",
        "device_id",
        "MachineId",
        "Machine ID",
        "machine_id",
        "id",
        "Id",
        "ID",
        "mdeDeviceId",
        "MDFID",
        "  DEVICE  ID ",
    ] {
        check(&format!("Tags,{name},Computer DNS Name\nx,<A>,pc-1\n"), "2: <A>, name pc-1");
    }
}

#[test]
fn the_shape_tells_the_headers_as_they_stand_in_the_file() {
    let file = "\u{feff}Comment;Machine_ID;ComputerDnsName\n\
        old;0123456789abcdef0123456789abcdef01234567;x";
    let (shape, summary) =
        read(Cursor::new(file), &Wanted::default(), |_| Ok::<(), ()>(())).unwrap();
    assert_eq!(shape.id_column.as_deref(), Some("Machine_ID"));
    assert_eq!(shape.name_column.as_deref(), Some("ComputerDnsName"));
    assert_eq!(shape.comment_column.as_deref(), Some("Comment"));
    assert_eq!((shape.delimiter, shape.encoding), (Some("semicolon"), "UTF-8"));
    assert_eq!((summary.rows, summary.rejects), (1, 0));
}

#[test]
fn what_entra_calls_a_device_id_is_never_taken() {
    check(
        "AAD Device Id,aadDeviceId,Device AAD id,AzureADDeviceId,Device Name\n1,2,3,4,5\n",
        "error: line 1: no column is known to hold machine IDs; there are `AAD Device Id`, \
         `aadDeviceId`, `Device AAD id`, `AzureADDeviceId`, `Device Name`; \
         name the column with --id-column",
    );
    let entra = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
    let wanted = Wanted { id_column: Some("AAD Device Id".into()), ..Wanted::default() };
    for (wanted, name) in [(&wanted, "AAD Device Id"), (&Wanted::default(), "Device ID")] {
        check_with(
            wanted,
            &format!("{name},Name\n{entra},x\n"),
            &format!(
                "line 2, column `{name}`: `{entra}`: this looks like an Entra device ID; the \
                 Defender machine ID has 40 digits (take the column with Defender's own ID, \
                 `Device ID` in the portal's export)"
            ),
        );
    }
}

#[test]
fn an_id_column_that_is_not_certain_is_asked_for() {
    check(
        "MachineId,Device Name,DeviceId\n<A>,x,<B>\n",
        "error: line 1: `MachineId`, `DeviceId` could each hold the machine IDs; \
         choose one with --id-column",
    );
    check(
        "Name,Owner\n\"a, b\",-\n",
        "error: line 1: no column is known to hold machine IDs; there are `Name`, `Owner`; \
         name the column with --id-column",
    );
    let wanted = Wanted { id_column: Some("deviceid".into()), ..Wanted::default() };
    check_with(&wanted, "MachineId,Device Name,DeviceId\n<A>,x,<B>\n", "2: <B>, name x");
    check_with(
        &wanted,
        "Machine,Name\n<A>,x\n",
        "error: line 1: there is no column `deviceid` (--id-column); there are `Machine`, `Name`; \
         name one of these, as it is written in the list",
    );
}

#[test]
fn a_name_that_stands_twice_is_an_error_for_the_ids_and_else_a_note() {
    check(
        "Device ID,Name,Device ID\n<A>,x,<B>\n",
        "error: line 1: 2 columns have the name `Device ID`; rename all but one",
    );
    let wanted = Wanted { id_column: Some("Device ID".into()), ..Wanted::default() };
    check_with(
        &wanted,
        "Device ID,Name,Device ID\n<A>,x,<B>\n",
        "error: line 1: 2 columns have the name `Device ID`; rename all but one",
    );
    check(
        "Device ID,Name,Name,Device Name\n<A>,x,y,z\n",
        "2: <A>, name z
         note: the column name `Name` is repeated in column 3
         note: `Device Name` is read, `Name` is not",
    );
}

#[test]
fn columns_are_taken_as_they_are_named() {
    let wanted = Wanted {
        id_column: Some("Sensor".into()),
        name_column: Some("Host".into()),
        comment_column: Some("Ticket".into()),
        ..Wanted::default()
    };
    check_with(
        &wanted,
        "Device ID,Name,Sensor,Host,Ticket\n<B>,no,<A>,pc-1,CHG 7\n",
        "2: <A>, name pc-1, comment CHG 7",
    );
    let wanted = Wanted { comment_column: Some("Why".into()), ..Wanted::default() };
    check_with(
        &wanted,
        "Device ID,Name\n<A>,x\n",
        "error: line 1: there is no column `Why` (--comment-column); there are `Device ID`, \
         `Name`; name one of these, as it is written in the list",
    );
}

#[test]
fn a_plain_list_needs_an_id_in_each_line() {
    check("<A>\n<B>\n", "1: <A>\n2: <B>");
    check("\"<A>\"\n <B>\t\n", "1: <A>\n2: <B>\ntrimmed IDs: 1");
    check(
        "<A>\npc-1\n<B>,pc-2\n",
        "1: <A>
         line 2: `pc-1`: character 1 is `p`, not a hexadecimal digit
         line 3: `pc-2`: too many cells: 2, a plain list has 1 (a cell that holds the delimiter \
           needs quotes)",
    );
    check(
        "machines\n<A>\n",
        "error: line 1: `machines` is neither a known column name nor a machine ID (character 1 \
         is `m`, not a hexadecimal digit); `machines` holds machine IDs; to use them: \
         --id-column \"machines\"",
    );
    check(
        "abc123\n<A>\n",
        "error: line 1: `abc123` is neither a known column name nor a machine ID (6 characters, \
         40 expected); `abc123` holds machine IDs; to use them: --id-column \"abc123\"",
    );
}

#[test]
fn rows_without_a_header_are_not_read_by_position() {
    let expected = "error: line 1 holds a machine ID where column names are expected; begin the \
        file with a header such as `Device ID,Device Name`";
    check("<A>,pc-1\n<B>,pc-2\n", expected);
    check("pc-1,<A>\npc-2,<B>\n", expected);
    let wanted = Wanted { name_column: Some("Name".into()), ..Wanted::default() };
    check_with(&wanted, "<A>\n<B>\n", expected);
}

#[test]
fn empty_names_and_comments_are_none_and_bad_comments_are_rejects() {
    let long = "x".repeat(1_001);
    check(
        &format!(
            "Comment,Id,Name\n retired ,<A>, pc-1 \n\u{a0},<B>,\n\
             \"two\nlines\",<A>,x\n{long},<B>,y\n"
        ),
        &format!(
            "2: <A>, name pc-1, comment retired
             3: <B>
             line 4, column `Comment`: `two\\u{{a}}lines`: character 4 of the comment is U+000A, \
               a line break; take it out (or ignore this column: --no-comment-column)
             line 6, column `Comment`: `{}…`: the comment has 1001 characters, \
               at most 1000 are sent (or ignore this column: --no-comment-column)",
            "x".repeat(59)
        ),
    );
}

#[test]
fn what_format_table_leaves_of_a_table_is_named() {
    let header = "ClassId2e4f51ef21dd47e99d3c952918aff9cd,pageHeaderEntry,pageFooterEntry";
    check(
        &format!("\"{}\"\n\"033ecb2bc07a4d43b5ef94ed5a35d280\",,\n", header.replace(',', "\",\"")),
        "error: line 1: this is PowerShell's `Format-Table` turned into CSV, the machines are \
         lost; use `Select-Object` before `Export-Csv`",
    );
}
