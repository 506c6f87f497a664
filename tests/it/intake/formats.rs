//! Encodings, line endings, delimiters, and files that are something else.

use std::io::Cursor;

use mde_offboard::intake::{Wanted, read};

use super::shown::{check, check_bytes, check_with};

#[test]
fn a_byte_order_mark_is_passed_over_once_and_only_at_the_start() {
    check("\u{feff}Device ID\n<A>\n", "2: <A>");
    check("\u{feff}<A>\n<B>\n", "1: <A>\n2: <B>");
    let second = "column 1: a second byte-order mark (U+FEFF) in the header; remove it, or export \
     the list again";
    for before in ["\u{feff}\u{feff}", "\n\u{feff}", "#TYPE Machine\n\u{feff}"] {
        let line = if before.contains('\n') { 2 } else { 1 };
        check(&format!("{before}Device ID\n<A>\n"), &format!("error: line {line}, {second}"));
    }
    check(
        "Device ID,Device Name\n<A>,\u{feff}pc-1\n\u{feff}Device ID,Device Name\n<B>,pc-2\n",
        "line 2, column `Device Name`: `\\u{feff}pc-1`: a byte-order mark (U+FEFF) inside the \
           file (remove it; it begins a file, perhaps two were joined)
         line 3, column `Device ID`: `\\u{feff}Device ID`: a byte-order mark (U+FEFF) inside the \
           file (remove it; it begins a file, perhaps two were joined)
         4: <B>, name pc-2",
    );
}

#[test]
fn every_kind_of_line_ending_ends_a_line() {
    check("Device ID\n<A>\n<B>\n", "2: <A>\n3: <B>");
    check("Device ID\r\n<A>\r\n<B>\r\n", "2: <A>\n3: <B>");
    check("Device ID\r<A>\r<B>\r", "2: <A>\n3: <B>");
    check("Device ID\n<A>\r\n<B>\r\n", "2: <A>\n3: <B>\nnote: the line endings are mixed");
    check("Device ID\r\n<A>\r\n<B>", "2: <A>\n3: <B>");
}

#[test]
fn lines_without_content_are_passed_over_and_counted() {
    check(
        "\n\nDevice ID,Name\n\n<A>,x\n,\n \t,  \n<B>,y\n\n",
        "5: <A>, name x
        8: <B>, name y
        blank lines: 6",
    );
    check("\r\n<A>\r\n\r\n<B>", "2: <A>\n4: <B>\nblank lines: 2");
}

#[test]
fn a_file_without_machines_is_an_error() {
    check("", "error: no machines: the file is empty; export the list again, with its machines");
    check(
        "\u{feff}\r\n\r\n",
        "error: no machines: the file is empty; export the list again, with \
     its machines",
    );
    check(
        "Device ID,Name",
        "error: no machines: there is nothing below the header in line 1; \
     export the list again, with its machines",
    );
    check(
        "\nDevice ID,Name\n,\n\n",
        "error: no machines: there is nothing below the header in line 2; export the list again, \
         with its machines",
    );
}

#[test]
fn comma_semicolon_tab_and_bar_are_recognised_by_the_header() {
    for (delimiter, word) in [(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")] {
        let input = ["Device ID", "Name\n<A>", "a:b/c\n"].join(delimiter);
        check(&input, "2: <A>, name a:b/c");
        let file = ["Device ID", "Name\n0123456789abcdef0123456789abcdef01234567", "\n"];
        let file = file.join(delimiter);
        let (shape, _) =
            read(Cursor::new(&file), &Wanted::default(), |_| Ok::<(), ()>(())).unwrap();
        assert_eq!(shape.delimiter, Some(word));
    }
    check("\"Device ID\";\"Name, short\"\n<A>;x\n", "2: <A>");
}

#[test]
fn a_header_with_two_kinds_of_delimiters_needs_a_word() {
    check(
        "\nDevice ID;Name,Comment\n<A>;x\n",
        "error: line 2 holds `;` and `,`; say with --delimiter which of them separates the columns",
    );
    let wanted = Wanted { delimiter: Some(b';'), ..Wanted::default() };
    check_with(&wanted, "Device ID;Name,Comment\n<A>;x\n", "2: <A>");
    let wanted = Wanted { delimiter: Some(b'|'), ..Wanted::default() };
    check_with(&wanted, "Device ID|Name,short;long\n<A>|x,y;z\n", "2: <A>");
    for (byte, shown) in [(b'a', "`a`"), (b'"', "`\"`"), (b'\n', "byte 0x0A"), (0xE4, "byte 0xE4")]
    {
        let wanted = Wanted { delimiter: Some(byte), ..Wanted::default() };
        let expected =
            format!("error: {shown} cannot be the delimiter; `,`, `;` and a tab are usual");
        check_with(&wanted, "Device ID\n<A>\n", &expected);
    }
}

#[test]
fn a_separator_line_is_obeyed_and_a_type_line_passed_over() {
    check("sep=;\r\nDevice ID;Name, short\r\n<A>;x\r\n", "3: <A>");
    check("\u{feff}\"SEP=\t\"\nDevice ID\tName\n<A>\tx,y\n", "3: <A>, name x,y");
    check(
        "#TYPE System.Management.Automation.PSCustomObject\r\n\"Id\",\"Name\"\r\n\"<A>\",\"x\"\r\n",
        "3: <A>, name x
         note: line 1 is PowerShell's `#TYPE` line and was ignored",
    );
    check(
        "sep=a\nDevice ID\n<A>\n",
        "error: `a` cannot be the delimiter; `,`, `;` and a tab are usual",
    );
}

#[test]
fn a_file_of_another_kind_is_named() {
    let utf8 = "save it again as UTF-8";
    let little = "say so with --encoding utf-16le, or save it again as UTF-8";
    let other_way = "say so with --encoding utf-16be, or save it again as UTF-8";
    let export = "export the list as CSV";
    let json = "name it .json, so that it is read as such";
    for (bytes, what, remedy) in [
        (&b"D\0e\0v\0"[..], "UTF-16 text (little-endian, without a mark)", little),
        (b"\0D\0e\0v", "UTF-16 text (big-endian, without a mark)", other_way),
        (b"\xFF\xFE\0\0D\0\0\0", "UTF-32 text (little-endian)", utf8),
        (b"\0\0\xFE\xFF\0\0\0D", "UTF-32 text (big-endian)", utf8),
        (b"D\0\0\0e\0\0\0", "UTF-32 text (little-endian, without a mark)", utf8),
        (
            b"PK\x03\x04....",
            "a workbook (.xlsx, .ods) or another zip file",
            "name it .xlsx or .ods, or save the sheet as `CSV UTF-8`",
        ),
        (
            b"\xD0\xCF\x11\xE0\xA1",
            "a workbook of an old Excel (.xls)",
            "name it .xls, or save the sheet as `CSV UTF-8`",
        ),
        (b"\x1F\x8B\x08", "a gzip file", "unpack it"),
        (b"%PDF-1.7", "a PDF", export),
        (b"[\n  {\"id\": 1}]", "JSON", json),
        (b"\xEF\xBB\xBF{\"value\": []}", "JSON", json),
        (b"{\"id\": 1}\n{\"id\": 2}\n", "JSON", json),
        (b"<!DOCTYPE html>", "HTML or XML", export),
    ] {
        let expected = format!("error: this is {what}; {remedy}");
        check_bytes(&Wanted::default(), bytes, &expected);
    }
}

#[test]
fn bytes_that_are_no_text_are_named_with_their_place() {
    let nul = "a NUL byte; the file is damaged: export it again";
    check(
        "Device ID,Name\n<A>,x\n<B>,\"y\n\0\"\n",
        &format!("2: <A>, name x\nerror: line 4, column 2: {nul}"),
    );
    check_bytes(&Wanted::default(), &[0; 4096], &format!("error: line 1, column 1: {nul}"));
}
