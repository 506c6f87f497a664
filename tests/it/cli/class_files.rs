//! The kinds of input that people have, each as a small file.

use crate::support::machines::list;

/// What shall come of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is read; this many machines would be sent.
    Machines(u64),
    /// It is refused, or a row of it is: exit 3, nothing queued.
    Refused,
}

/// One file.
pub(super) struct Case {
    pub(super) class: u8,
    pub(super) name: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) options: &'static str,
    pub(super) outcome: Outcome,
    /// Words that are said of it.
    pub(super) says: &'static str,
}

use Outcome::{Machines, Refused};

const A: &str = "0123456789abcdef0123456789abcdef01234567";
const B: &str = "89abcdef0123456789abcdef0123456789abcdef";

/// A text with `<A>` and `<B>` for two IDs.
fn text(text: &str) -> Vec<u8> {
    text.replace("<A>", A).replace("<B>", B).into_bytes()
}

fn utf16(content: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let content = String::from_utf8(text(content)).unwrap();
    content.encode_utf16().flat_map(unit).collect()
}

fn utf32(content: &str) -> Vec<u8> {
    content.chars().flat_map(|c| (c as u32).to_le_bytes()).collect()
}

/// A table of one column and one good row beside the cell that it is about.
fn cell(cell: &str) -> Vec<u8> {
    text(&format!("Device ID,Name\n<B>,pc-2\n{cell},pc-1\n"))
}

fn case(class: u8, bytes: Vec<u8>, outcome: Outcome, says: &'static str) -> Case {
    Case { class, name: "fleet.csv", bytes, options: "", outcome, says }
}

fn named(name: &'static str, case: Case) -> Case {
    Case { name, ..case }
}

fn with(options: &'static str, case: Case) -> Case {
    Case { options, ..case }
}

/// Classes 1 to 49. What is no regular file and what changes while it is read has tests of its own
/// beside the table, with the numbers 50 to 52.
pub(super) fn all() -> Vec<Case> {
    [encodings(), lines(), quotes_and_rows(), columns(), sizes(), ids(), formats()]
        .into_iter()
        .flatten()
        .collect()
}

fn encodings() -> Vec<Case> {
    let table = "Device ID,Name\n<A>,Büro\n<B>,x\n";
    let marked = format!("\u{feff}{table}");
    let latin = |table: &str| {
        let bytes = String::from_utf8(text(table)).unwrap();
        bytes.chars().map(|c| u8::try_from(c as u32).unwrap()).collect::<Vec<u8>>()
    };
    vec![
        case(1, text(&marked), Machines(2), "2 rows, UTF-8, comma"),
        case(2, text(&format!("\u{feff}{marked}")), Refused, "column 1: a second byte-order mark"),
        case(
            2,
            text("Device ID,Name\n<A>,\u{feff}x\n"),
            Refused,
            "column `Name`: `\\u{feff}x`: a byte-order mark (U+FEFF) inside the file",
        ),
        case(3, utf16(&marked, u16::to_le_bytes), Machines(2), "2 rows, UTF-16LE, comma"),
        case(4, utf16(&marked, u16::to_be_bytes), Machines(2), "2 rows, UTF-16BE, comma"),
        case(5, utf16(table, u16::to_le_bytes), Refused, "UTF-16 text (little-endian"),
        case(5, utf16(table, u16::to_be_bytes), Refused, "UTF-16 text (big-endian"),
        with(
            "--encoding utf-16le",
            case(5, utf16(table, u16::to_le_bytes), Machines(2), "2 rows, UTF-16LE"),
        ),
        case(6, utf32(&marked), Refused, "UTF-32 text (little-endian)"),
        case(6, utf32(table), Refused, "UTF-32 text (little-endian, without a mark)"),
        case(7, latin(table), Machines(2), "text that is not UTF-8 in 1 row"),
        with(
            "--encoding windows-1252",
            case(7, latin(table), Machines(2), "2 rows, windows-1252, comma"),
        ),
        case(8, latin("Device ID\n<A>\nÿ<B>\n"), Refused, "byte 1 of this cell is not UTF-8"),
    ]
}

fn lines() -> Vec<Case> {
    vec![
        case(9, text("Device ID\n<A>\n<B>\n"), Machines(2), "2 rows"),
        case(10, text("Device ID\r\n<A>\r\n<B>\r\n"), Machines(2), "2 rows"),
        case(11, text("Device ID\r<A>\r<B>\r"), Machines(2), "2 rows"),
        case(12, text("Device ID\r\n<A>\n<B>\n"), Machines(2), "the line endings are mixed"),
        case(13, text("Device ID\n<A>\n<B>"), Machines(2), "2 rows"),
        case(14, text("Device ID,Name\n<A>,x\0\n"), Refused, "line 2, column 2: a NUL byte"),
        case(15, cell("<A>\u{1b}[2J"), Refused, "U+001B"),
        case(15, text("Device ID,Name\n<A>,\u{1b}[2J\n"), Machines(1), "names from `Name`"),
    ]
}

fn quotes_and_rows() -> Vec<Case> {
    vec![
        case(16, text("\"Device ID\",\"Name\"\n\"<A>\",\"a, b\"\n"), Machines(1), "1 row"),
        case(17, text("Device ID,Name\n<A>,\"a \"\"b\"\"\"\n"), Machines(1), "1 row"),
        case(
            18,
            text("Device ID,Name\n<A>,\"a\nb\"\nno,x\n"),
            Refused,
            "line 4, column `Device ID`: `no`",
        ),
        case(
            19,
            text("Device ID,Name\n<A>,\"x\n<B>,y\n"),
            Refused,
            "line 2, column 2: the quote that opens here is never closed",
        ),
        case(20, text("Device ID,Name\n<A>,a\"b\n"), Refused, "a quote inside a cell"),
        case(21, text("Device ID,Name\n<A>\n"), Refused, "too few cells: 1, the header has 2"),
        case(22, text("Device ID\n<A>,x\n"), Refused, "too many cells: 2, the header has 1"),
        case(23, text("Device ID,Name\n\n<A>,x\n,\n"), Machines(1), "2 blank lines ignored"),
    ]
}

fn columns() -> Vec<Case> {
    let both = "MachineId,Device Name,DeviceId\n<A>,x,<B>\n";
    vec![
        case(24, text("<A>\n<B>\n"), Machines(2), "2 rows"),
        case(24, text("<A>\npc-1\n"), Refused, "line 2: `pc-1`"),
        case(24, text("<A>,pc-1\n<B>,pc-2\n"), Refused, "where column names are expected"),
        case(25, text("Device ID,Device ID\n<A>,<B>\n"), Refused, "2 columns have the name"),
        case(25, text("Device ID,Tags,Tags\n<A>,x,y\n"), Machines(1), "`Tags` is repeated"),
        case(26, text("Device Name\npc-1\n"), Refused, "`Device Name` is neither a known column"),
        case(26, text("Name,aadDeviceId\nx,y\n"), Refused, "no column is known to hold machine"),
        case(26, text(both), Refused, "`MachineId`, `DeviceId` could each hold the machine IDs"),
        with("--id-column DeviceId", case(26, text(both), Machines(1), "IDs from `DeviceId`")),
        case(27, text("machine_id\n<A>\n"), Machines(1), "IDs from `machine_id`"),
        case(27, text("DEVICE id\n<A>\n"), Machines(1), "IDs from `DEVICE id`"),
        case(28, text("Device ID,Name\n"), Refused, "nothing below the header"),
        case(29, Vec::new(), Refused, "no machines: the file is empty"),
    ]
}

fn sizes() -> Vec<Case> {
    let wide = ",c".repeat(10_000);
    vec![
        case(30, list(20_000).into_bytes(), Machines(20_000), "20,000 rows"),
        case(31, vec![b'a'; 1024 * 1024], Refused, "column 1: a cell of more than 64 KiB"),
        case(32, text(&format!("Device ID{wide}\n")), Refused, "has more than 256 columns"),
        case(33, text("Device ID\n<A>\n<B>\n<A>\n"), Machines(2), "1 duplicate dropped"),
        case(
            34,
            text(&format!("Device ID\n<A>\n{}\n", A.to_uppercase())),
            Machines(1),
            "1 duplicate dropped",
        ),
    ]
}

fn ids() -> Vec<Case> {
    let tail = &A[1..];
    vec![
        case(35, cell(" <A>\t"), Machines(2), "spaces removed around 1 ID"),
        case(35, cell("<A>\u{a0}"), Refused, "character 41 is U+00A0"),
        case(35, cell("\u{200b}<A>"), Refused, "character 1 is U+200B"),
        case(36, cell(tail), Refused, "39 characters, 40 expected"),
        case(37, cell("<A>0"), Refused, "41 characters, 40 expected"),
        case(38, cell(&format!("g{tail}")), Refused, "character 1 is `g`"),
        case(38, cell(&format!("O{tail}")), Refused, "is it the digit 0?"),
        case(38, cell(&format!("l{tail}")), Refused, "is it the digit 1?"),
        case(39, cell(&format!("а{tail}")), Refused, "character 1 is U+0430"),
        case(39, cell(&format!("１{tail}")), Refused, "character 1 is U+FF11"),
        case(40, cell("0x<A>"), Refused, "write `0123"),
        case(40, cell("{<A>}"), Refused, "write `0123"),
        case(40, cell("7c9e6679-7425-40de-944b-e07fc1f90ae7"), Refused, "an Entra device ID"),
        case(41, cell("1.2E+39"), Refused, "Excel turned this ID into a number"),
        case(41, cell("\"1,23457E+39\""), Refused, "Excel turned this ID into a number"),
        case(41, cell("12345"), Refused, "if Excel dropped leading zeros"),
        case(41, cell(&format!("123456789012345{:025}", 0)), Refused, "Excel rounded this ID"),
        case(45, cell("+<A>"), Refused, "character 1 is `+`"),
        case(45, cell("\"=\"\"<A>\"\"\""), Refused, "write `0123"),
        case(45, text("Device ID,Name\n<A>,=1+1\n"), Machines(1), "names from `Name`"),
        case(46, cell("'<A>"), Refused, "write `0123"),
        case(48, cell(&format!("{}/..", &A[..37])), Refused, "character 38 is `/`"),
        case(48, cell(&format!("{}%2f", &A[..37])), Refused, "character 38 is `%`"),
        case(48, cell(&format!("{}?", &A[..39])), Refused, "character 40 is `?`"),
    ]
}

fn formats() -> Vec<Case> {
    let json = format!("[{{\"id\": \"{A}\"}}, {{\"id\": \"{B}\"}}]");
    let objects = |name, outcome, says| named(name, case(49, text(&json), outcome, says));
    vec![
        case(
            42,
            text("#TYPE Selected.System.Management\n\"Id\"\n\"<A>\"\n"),
            Machines(1),
            "line 1 is PowerShell's `#TYPE` line",
        ),
        case(43, text("sep=;\nDevice ID;Name\n<A>;a, b\n"), Machines(1), "semicolon"),
        case(43, text("sep=,\nDevice ID,Name\n<A>,a\n"), Machines(1), "comma"),
        case(44, text("Device ID;Name\n<A>;a, b\n"), Machines(1), "semicolon"),
        case(44, text("Device ID\tName\n<A>\ta, b\n"), Machines(1), "tab"),
        case(44, text("Device ID;Name,Tag\n<A>;a,b\n"), Refused, "say with --delimiter"),
        with(
            "--delimiter ;",
            case(44, text("Device ID;Name,Tag\n<A>;a,b\n"), Machines(1), "semicolon"),
        ),
        case(47, text("Device ID\n# old ones\n<A>\n"), Refused, "there are no comment lines"),
        case(49, b"PK\x03\x04xxxx".to_vec(), Refused, "a workbook (.xlsx, .ods) or another zip"),
        case(49, b"\x1F\x8B\x08xxxx".to_vec(), Refused, "this is a gzip file"),
        case(49, b"%PDF-1.7\n".to_vec(), Refused, "this is a PDF"),
        case(49, text("<!DOCTYPE html><table>"), Refused, "this is HTML or XML"),
        objects("fleet.csv", Refused, "this is JSON\nhint: name it .json"),
        objects("fleet.json", Machines(2), "2 rows"),
        named("fleet.xlsx", case(49, book("fleet.xlsx"), Machines(2), "2 rows, sheet")),
        named("fleet.xls", case(49, book("fleet.xls"), Machines(2), "2 rows, sheet")),
        named("fleet.ods", case(49, book("fleet.ods"), Machines(2), "2 rows, sheet")),
        named("text.xlsx", case(49, text("Device ID\n<A>\n"), Refused, ".csv")),
    ]
}

fn book(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/it/data/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}
