//! The files in `samples/` show what they are meant to show.

use mde_offboard::intake::Wanted;

use super::shown::check_bytes;

#[test]
fn the_sample_list_is_a_plain_list() {
    let list = include_str!("../../../samples/list.txt");
    let expected: Vec<String> =
        list.lines().enumerate().map(|(index, id)| format!("{}: {id}", index + 1)).collect();
    assert_eq!(expected.len(), 5);
    check_bytes(&Wanted::default(), list.as_bytes(), &expected.join("\n"));
}

#[test]
fn the_faulty_sample_has_five_bad_rows() {
    check_bytes(
        &Wanted::default(),
        include_bytes!("../../../samples/faulty.csv"),
        "2: 75d2d334f88b14de384d3cd8c34176946f9edb05, name lt-0101.contoso.example, \
             comment Retired in Q4
         line 3, column `Device ID`: `1.23457E+39`: Excel turned this ID into a number, so it is \
           lost (export the list again and keep the column as text)
         line 4, column `Device ID`: `ca5895352dac843679277b3df4151641ec7a8c3`: \
             39 characters, 40 expected
         line 5, column `Device ID`: `7c9e6679-7425-40de-944b-e07fc1f90ae7`: this looks like an \
           Entra device ID; the Defender machine ID has 40 digits (take the column with \
           Defender's own ID, `Device ID` in the portal's export)
         line 6, column `Device ID`: `=\"92abec1b94b77cd67cc4a78ba0e3889869d804ec\"`: \
             character 1 is `=`, not a hexadecimal \
           digit (write `92abec1b94b77cd67cc4a78ba0e3889869d804ec`)
         line 7, column `Comment`: too few cells: 2, the header has 3 (complete the \
           row; a cell with a line break needs quotes)
         8: 12b47c236b15cbf565909d335fb567e2d7b97afa, name Kiosk, ground floor, \
             comment Lost, see CHG 4711",
    );
}
