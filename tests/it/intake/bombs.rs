//! Small workbooks that would take a great deal of memory or time are refused by their bound.

use std::convert::Infallible;
use std::io::{Cursor, Write as _};

use mde_offboard::intake::{ReadFailure, Wanted, read_workbook};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn zipped(parts: impl IntoIterator<Item = (String, String)>) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, text) in parts {
        zip.start_file(name, stored).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An `.ods` with these styles and one empty sheet, and more parts beside it.
fn ods(styles: &str, more: impl IntoIterator<Item = (String, String)>) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:automatic-styles>{styles}</office:automatic-styles>\
         <office:body><office:spreadsheet><table:table table:name=\"A\"/></office:spreadsheet>\
         </office:body></office:document-content>"
    );
    let mime = "application/vnd.oasis.opendocument.spreadsheet".to_owned();
    let parts = [("mimetype".to_owned(), mime), ("content.xml".to_owned(), content)];
    zipped(parts.into_iter().chain(more))
}

#[track_caller]
fn check(book: &[u8], refused_for: &str) {
    let wanted = Wanted::default();
    let read = read_workbook(Cursor::new(book), &wanted, |_| Ok::<(), Infallible>(()));
    let Err(ReadFailure::Input(error)) = read else { panic!("{read:?}") };
    assert!(error.to_string().contains(refused_for), "{error}");
}

#[test]
fn a_part_that_announces_more_than_a_gibibyte_is_refused_before_it_is_unpacked() {
    let mut book = ods("", []);
    let entry = book.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap();
    book[entry + 24..entry + 28].copy_from_slice(&((1 << 30) + 1_u32).to_le_bytes());
    check(&book, "more than 1024 MiB unpacked");
}

#[test]
fn more_parts_than_any_workbook_has_are_refused() {
    let pictures = |count| (0..count).map(|number| (format!("{number}.png"), String::new()));
    check(&ods("", pictures(19_999)), "more than 20000 parts");
    check(&ods("", pictures(19_998)), "is empty or hidden");
}

#[test]
fn an_end_that_is_none_behind_the_real_one_does_not_hide_the_number_of_parts() {
    let mut book = ods("", (0..19_999).map(|number| (format!("{number}.png"), String::new())));
    let end = book.windows(4).rposition(|four| four == b"PK\x05\x06").unwrap();
    // The zip's comment: an end with five parts, whose list would be far beyond the file.
    let false_end = [b"PK\x05\x06\0\0\0\0\x05\0\x05\0".as_slice(), &[0xF0; 8], &[0; 2]].concat();
    book[end + 20..end + 22].copy_from_slice(&22_u16.to_le_bytes());
    book.extend(false_end);
    check(&book, "more than 20000 parts");
}

#[test]
fn more_styles_of_hidden_sheets_than_sheets_are_refused() {
    let styles = |count: usize| {
        let style = |number| {
            format!(
                "<style:style style:name=\"h{number}\">\
                 <style:table-properties table:display=\"false\"/></style:style>"
            )
        };
        (0..count).map(style).collect::<String>()
    };
    check(&ods(&styles(10_001), []), "more than 10000 sheets");
    check(&ods(&styles(10_000), []), "is empty or hidden");
}
