//! `--where`: only the rows that are wanted.

use std::convert::Infallible;
use std::io::Cursor;

use mde_offboard::intake::{RowFilter, Wanted, read};

use super::shown::check_with;

fn only(filters: &[&str]) -> Wanted {
    let filters = filters.iter().map(|text| RowFilter::parse(text).unwrap()).collect();
    Wanted { filters, ..Wanted::default() }
}

const FILE: &str = "Device ID,Name,OS Platform,Group\n<A>,x,Windows10,Kiosks\n<B>,y,macOS,\n";

#[test]
fn rows_are_chosen_by_any_column_whatever_the_case() {
    check_with(&only(&["OS Platform=windows10"]), FILE, "2: <A>, name x");
    check_with(&only(&["os_platform = Windows10 "]), FILE, "2: <A>, name x");
    check_with(&only(&["OS Platform!=Windows10"]), FILE, "3: <B>, name y");
    check_with(&only(&["Group="]), FILE, "3: <B>, name y");
    check_with(&only(&["Group!="]), FILE, "2: <A>, name x");
}

#[test]
fn conditions_on_several_columns_all_hold_and_of_several_values_any() {
    check_with(&only(&["OS Platform=macOS", "Group=Kiosks"]), FILE, "");
    check_with(
        &only(&["OS Platform=macOS", "OS Platform=Windows10"]),
        FILE,
        "2: <A>, name x\n3: <B>, name y",
    );
    check_with(&only(&["Name!=x", "Name!=y"]), FILE, "");
    check_with(&only(&["Name=x", "Name!=x"]), FILE, "");
}

#[test]
fn a_row_that_is_not_wanted_may_be_bad_but_not_ragged() {
    check_with(
        &only(&["Name=x"]),
        "Device ID,Name\nnonsense,y\n<A>,x\n<B>\n<B>,y,x\n",
        "3: <A>, name x
         line 4, column `Name`: too few cells: 1, the header has 2 (complete the row; a cell with \
           a line break needs quotes)
         line 5, column `#3`: `x`: too many cells: 3, the header has 2 (a cell that holds the \
           delimiter needs quotes)",
    );
}

#[test]
fn a_filter_needs_its_column() {
    check_with(
        &only(&["Site=1"]),
        "Device ID,Name\n<A>,x\n",
        "error: line 1: there is no column `Site` (--where); there are `Device ID`, `Name`; name \
         one of these, as it is written in the list",
    );
    check_with(
        &only(&["Name=1"]),
        "<A>\n<B>\n",
        "error: line 1 holds a machine ID where column names are expected; begin the file with a \
         header such as `Device ID,Device Name`",
    );
    check_with(
        &only(&["Name=1"]),
        "Device ID,Name,Name\n<A>,x,1\n",
        "error: line 1: 2 columns have the name `Name`; rename all but one",
    );
}

#[test]
fn a_cell_that_is_not_text_is_not_compared() {
    let mut file = b"Device ID,Group\n0123456789abcdef0123456789abcdef01234567,B\xFCro\n".to_vec();
    file.extend(b"89abcdef0123456789abcdef0123456789abcdef,Lab\n");
    let (mut rows, mut bad) = (0, 0);
    let read = read(Cursor::new(&file), &only(&["Group!=Lab"]), |record| {
        match record {
            mde_offboard::intake::Record::Row(_) => rows += 1,
            mde_offboard::intake::Record::Named(row) => panic!("{row:?}"),
            mde_offboard::intake::Record::Reject(reject) => {
                assert!(reject.why.contains("is not UTF-8"), "{reject}");
                bad += 1;
            }
        }
        Ok::<(), Infallible>(())
    });
    assert_eq!((rows, bad, read.unwrap().1.not_wanted), (0, 1, 1));
}

#[test]
fn what_is_no_condition_is_told() {
    for text in ["", "Name", "=x", "!=x", " =x"] {
        let said = RowFilter::parse(text).unwrap_err().to_string();
        assert!(said.starts_with("write it as COLUMN=VALUE or COLUMN!=VALUE"), "{text}: {said}");
    }
    assert_eq!(RowFilter::parse("a != b=c").unwrap().to_string(), "a!=b=c");
    assert_eq!(RowFilter::parse("a=!b").unwrap().to_string(), "a=!b");
}
