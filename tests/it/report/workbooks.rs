//! `report --format xlsx`: every machine's outcome for Excel, read back as Excel would.

use std::io::{self, Cursor};

use calamine::{Data, Range, Reader as _, Xlsx};
use mde_offboard::domain::{ActionStatus, Comment, Reason, Timestamp, hex};
use mde_offboard::journal::{Filter, Journal, NewBatch, NewMachine};
use mde_offboard::report::{
    Format, ReportError, SHEET_ROWS_MAX, WorkbookReport, WorkbookSize, is_workbook_report,
    write_outcomes,
};

use crate::support::batches::CreatePlanned as _;
use crate::support::batches::new_batch;

use super::outcomes::Full;
use super::pages::operator;
use super::{Book, after, id, machine, start, unverified};

struct Sheets {
    size: WorkbookSize,
    bytes: Vec<u8>,
}

fn written(book: &Book, sheet_rows: u32) -> Sheets {
    let batches = [book.journal.batch(book.batch).unwrap().unwrap()];
    let filter = Filter::default();
    let report = WorkbookReport { batches: &batches, filter: &filter, at: after(900), sheet_rows };
    let mut bytes = Vec::new();
    let size = report.write(&book.journal, unverified, &mut bytes).unwrap();
    Sheets { size, bytes }
}

impl Sheets {
    fn open(&self) -> Xlsx<Cursor<&Vec<u8>>> {
        Xlsx::new(Cursor::new(&self.bytes)).unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.open().sheet_names()
    }

    fn sheet(&self, name: &str) -> Range<Data> {
        let mut open = self.open();
        let formulas = open.worksheet_formula(name).unwrap();
        assert!(formulas.is_empty(), "{formulas:?}");
        open.worksheet_range(name).unwrap()
    }

    /// What stands beside a label on the sheet of the batch.
    fn beside(&self, label: &str) -> Vec<Data> {
        let sheet = self.sheet("Batch");
        let row = sheet.rows().find(|row| row[0] == Data::String(label.to_owned()));
        row.unwrap_or_else(|| panic!("no `{label}`")).to_vec()
    }
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

fn some() -> Book {
    let mut book = Book::new(3);
    book.action_ended(1, 0, ActionStatus::Succeeded);
    book.rejected(2, 1, Reason::Refused, "OsPlatformNotSupported");
    book.batch_fact(2, operator("resume"));
    book
}

#[test]
fn a_workbook_says_of_each_machine_what_the_csv_says_with_texts_numbers_and_dates() {
    let book = some();
    let sheets = written(&book, SHEET_ROWS_MAX);
    assert_eq!(sheets.names(), ["Machines", "Batch"]);
    assert_eq!(sheets.size, WorkbookSize { machines: 3, sheets: 1 });
    let mut csv = Vec::new();
    let batch = [book.journal.batch(book.batch).unwrap().unwrap()];
    write_outcomes(&book.journal, &batch, &Filter::default(), Format::Csv, unverified, &mut csv)
        .unwrap();
    let csv = csv.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let rows = csv::ReaderBuilder::new().has_headers(false).from_reader(csv).into_records();
    let rows: Vec<csv::StringRecord> = rows.map(Result::unwrap).collect();
    let sheet = sheets.sheet("Machines");
    assert_eq!(sheet.height(), rows.len());
    for (cells, row) in sheet.rows().zip(&rows) {
        let as_text = cells.iter().map(|cell| match cell {
            Data::DateTime(at) => {
                let seconds = ((at.as_f64() - 25_569.0) * 86_400.0).round();
                let seconds: i64 = seconds.to_string().parse().unwrap();
                Timestamp::from_micros(seconds * 1_000_000).to_string()
            }
            Data::Float(number) => format!("{number}"),
            Data::String(text) => text.clone(),
            Data::Empty => String::new(),
            other => panic!("{other:?}"),
        });
        assert_eq!(as_text.collect::<Vec<_>>(), row.iter().collect::<Vec<_>>());
    }
    let first: Vec<&Data> = sheet.rows().nth(1).unwrap().iter().collect();
    assert!(matches!(first[11], Data::DateTime(_)) && matches!(first[14], Data::Float(_)));
}

#[test]
fn texts_of_others_stay_as_they_are_and_are_never_formulas() {
    let mut journal = Journal::in_memory().unwrap();
    let names = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(A1)",
        "a,\"b\"",
        "<b>&amp;</b>",
        "_x0041_",
        " both ends ",
        "007",
        "1E5",
        "TRUE",
        "#REF!",
        "2026-11-23",
        "http://x",
        "'apostrophe",
    ];
    for (number, name) in (1..).zip(names) {
        let machine = NewMachine { name: Some(name.to_owned()), ..machine(number) };
        journal.stage(&machine).unwrap();
    }
    let comment = Some(Comment::parse("=HYPERLINK(\"http://x\")").unwrap());
    let batch = journal.create_planned(&NewBatch { comment, ..new_batch(1) }, start()).unwrap();
    let sheets = written(&Book { journal, batch }, SHEET_ROWS_MAX);
    let sheet = sheets.sheet("Machines");
    let cells: Vec<Data> = sheet.rows().skip(1).map(|row| row[1].clone()).collect();
    assert_eq!(cells, names.map(text));
    assert_eq!(sheet.rows().nth(1).unwrap()[10], text("=HYPERLINK(\"http://x\")"));
    assert_eq!(sheet.rows().nth(1).unwrap()[0], text(&id(1).to_string()));
    assert_eq!(sheets.beside("comment")[1], text("=HYPERLINK(\"http://x\")"));
}

#[test]
fn a_sheet_says_which_batch_it_is_its_counts_failures_and_the_audit_head() {
    let book = some();
    let sheets = written(&book, SHEET_ROWS_MAX);
    let head = book.journal.chain_head().unwrap();
    assert_eq!(sheets.beside("audit head")[1], text(&hex::encode(&head.hash)));
    let facts = sheets.beside("facts in the journal")[1].to_string();
    assert_eq!(facts, head.rows.to_string());
    let counts = [("succeeded", 1.0), ("rejected", 1.0), ("queued", 1.0), ("total", 3.0)];
    for (label, number) in counts {
        assert_eq!(sheets.beside(label)[1], Data::Float(number), "{label}");
    }
    assert_eq!(sheets.beside("tenant")[1], text("72f988bf-0000-0000-0000-000000000000"));
    assert_eq!(sheets.beside("comment")[1], text("Müll in Q4"));
    let error = sheets.beside("OsPlatformNotSupported");
    assert_eq!(error[1], Data::Float(1.0));
    assert_eq!(error[2], text("not for this operating system"));
    assert_eq!(error[3], text("offboard it with a script"));
    assert_eq!(sheets.beside("run by")[1], text("anna on LT-0042, app a1b2, mde-offboard 0.1.0"));
    let simulated = written(&Book::simulated(1), SHEET_ROWS_MAX);
    simulated.beside("SIMULATION: nothing was sent to Defender");
}

#[test]
fn a_batch_by_a_plan_says_the_plans_hash_and_each_operator_once() {
    let mut journal = Journal::in_memory().unwrap();
    journal.stage(&machine(1)).unwrap();
    let new = NewBatch { plan_hash: Some([0xab; 32]), ..new_batch(1) };
    let batch = journal.create_planned(&new, start()).unwrap();
    let mut book = Book { journal, batch };
    for command in ["run", "resume", "retry"] {
        book.batch_fact(1, operator(command));
    }
    let sheets = written(&book, SHEET_ROWS_MAX);
    assert_eq!(sheets.beside("hash of the plan")[1], text(&"ab".repeat(32)));
    let sheet = sheets.sheet("Batch");
    assert_eq!(sheet.rows().filter(|row| row[0] == text("run by")).count(), 1);
    let unplanned = written(&some(), SHEET_ROWS_MAX).sheet("Batch");
    assert!(unplanned.rows().all(|row| row[0] != text("hash of the plan")));
}

#[test]
fn more_machines_than_a_sheet_takes_go_to_further_sheets() {
    let sheets = written(&Book::new(7), 4);
    assert_eq!(sheets.names(), ["Machines", "Batch", "Machines 2", "Machines 3"]);
    assert_eq!(sheets.size, WorkbookSize { machines: 7, sheets: 3 });
    let mut ids = Vec::new();
    for name in ["Machines", "Machines 2", "Machines 3"] {
        let sheet = sheets.sheet(name);
        assert_eq!(sheet.rows().next().unwrap()[0], text("machine_id"), "{name}");
        ids.extend(sheet.rows().skip(1).map(|row| row[0].clone()));
    }
    assert_eq!(ids, (1..=7).map(|number| text(&id(number).to_string())).collect::<Vec<_>>());
    assert_eq!(sheets.beside("sheets with machines")[1], Data::Float(3.0));
    assert_eq!(written(&Book::new(3), 4).names(), ["Machines", "Batch"], "it is full");
}

#[test]
fn no_machine_at_all_is_a_workbook_too() {
    let book = some();
    let batches = [book.journal.batch(book.batch).unwrap().unwrap()];
    let filter = Filter { code: Some("NoSuchCode".to_owned()), ..Filter::default() };
    let (at, sheet_rows) = (after(900), SHEET_ROWS_MAX);
    let mut bytes = Vec::new();
    let report = WorkbookReport { batches: &batches, filter: &filter, at, sheet_rows };
    let size = report.write(&book.journal, unverified, &mut bytes).unwrap();
    let sheets = Sheets { size, bytes };
    assert_eq!(sheets.sheet("Machines").height(), 1);
    assert_eq!(sheets.beside("machines in this workbook")[1], Data::Float(0.0));
}

#[test]
fn a_workbook_is_known_as_a_report_and_other_files_are_not() {
    let sheets = written(&some(), SHEET_ROWS_MAX);
    assert!(is_workbook_report(Cursor::new(&sheets.bytes)));
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/");
    for other in ["fleet.xlsx", "fleet.ods", "fleet.xls", "several.xlsx", "README.md"] {
        let file = std::fs::File::open(format!("{data}{other}")).unwrap();
        assert!(!is_workbook_report(file), "{other}");
    }
    let half = &sheets.bytes[..sheets.bytes.len() / 2];
    assert!(!is_workbook_report(Cursor::new(half)), "half of it");
    assert!(!is_workbook_report(Cursor::new(b"")));
}

#[test]
fn a_workbook_that_cannot_be_written_is_an_error() {
    let book = some();
    let batches = [book.journal.batch(book.batch).unwrap().unwrap()];
    let (filter, at, sheet_rows) = (Filter::default(), after(900), SHEET_ROWS_MAX);
    let report = WorkbookReport { batches: &batches, filter: &filter, at, sheet_rows };
    let error = report.write(&book.journal, unverified, &mut Full).unwrap_err();
    assert!(
        matches!(&error, ReportError::Write(error) if error.kind() == io::ErrorKind::StorageFull),
        "{error:?}"
    );
}
