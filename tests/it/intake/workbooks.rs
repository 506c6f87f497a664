//! Workbooks: one sheet, read as a table.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io::Cursor;

use mde_offboard::intake::{ReadFailure, Record, Wanted, read_workbook};

use super::shown::with_hint;

const XLSX: &[u8] = include_bytes!("../data/fleet.xlsx");
const XLS: &[u8] = include_bytes!("../data/fleet.xls");
const ODS: &[u8] = include_bytes!("../data/fleet.ods");
const SEVERAL: &[u8] = include_bytes!("../data/several.xlsx");
const PROTECTED: &[u8] = include_bytes!("../data/protected.xlsx");

fn told(book: &[u8], sheet: Option<&str>) -> String {
    let wanted = Wanted { sheet: sheet.map(str::to_owned), ..Wanted::default() };
    let mut told = String::new();
    let read = read_workbook(Cursor::new(book), &wanted, |record| {
        match record {
            Record::Row(row) => {
                let name = row.name.unwrap_or_default();
                let system = row.device.os_platform.unwrap_or_default();
                let _ = writeln!(told, "{}: {} {name} {system}", row.place, row.id);
            }
            Record::Named(row) => {
                let _ = writeln!(told, "{}: name {}", row.place, row.name);
            }
            Record::Reject(reject) => {
                let _ = writeln!(told, "{reject}");
            }
        }
        Ok::<(), Infallible>(())
    });
    match read {
        Ok((shape, _)) => {
            let _ = writeln!(told, "sheet {}", shape.sheet.unwrap());
        }
        Err(ReadFailure::Input(error)) => {
            let _ = writeln!(told, "error: {}", with_hint(&error));
        }
    }
    told
}

#[test]
fn the_same_list_in_three_programs_is_the_same_rows() {
    for book in [XLSX, XLS, ODS] {
        assert_eq!(
            told(book, None),
            "row 2: 0123456789abcdef0123456789abcdef01234567 pc-0001.example.org Windows11\n\
             row 3: 89abcdef0123456789abcdef0123456789abcdef pc-0002.example.org Windows10\n\
             sheet Devices\n"
        );
    }
}

#[test]
fn a_sheet_that_hides_rows_is_refused() {
    assert_eq!(
        told(SEVERAL, Some("Devices")),
        "error: the sheet `Devices` hides rows that would be read as well (1 of them); show all \
         rows and choose with --where, or copy those that are meant to a sheet of their own\n"
    );
}

#[test]
fn one_sheet_of_several_is_named_and_must_be_a_list() {
    assert_eq!(
        told(SEVERAL, None),
        "error: the workbook has several sheets: `Devices`, `Notes`; choose one with --sheet\n"
    );
    assert_eq!(
        told(SEVERAL, Some("Notes")),
        "error: row 3: no column is known to hold machine IDs; there are ``, ``, `a note`; name \
         the column with --id-column\n"
    );
}

#[test]
fn a_protected_workbook_is_told() {
    assert_eq!(
        told(PROTECTED, None),
        "error: the workbook is protected with a password; remove it and save the workbook again\n"
    );
}
