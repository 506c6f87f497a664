//! `report`: every machine's outcome as a table.

use std::io::{self, Write};

use mde_offboard::domain::{ActionStatus, Comment, Realm, Reason, State, Tenant};
use mde_offboard::journal::{Filter, Journal, NewBatch, NewMachine};
use mde_offboard::report::{Format, ReportError, write_outcomes};

use crate::support::batches::CreatePlanned as _;
use crate::support::batches::new_batch;

use super::{Book, id, machine, start, unverified};

fn written(book: &Book, filter: &Filter, format: Format) -> (u64, String) {
    let batch = book.journal.batch(book.batch).unwrap().unwrap();
    let mut out = Vec::new();
    let machines =
        write_outcomes(&book.journal, &[batch], filter, format, unverified, &mut out).unwrap();
    (machines, String::from_utf8(out).unwrap())
}

fn some() -> Book {
    let mut book = Book::new(3);
    book.action_ended(1, 0, ActionStatus::Succeeded);
    book.rejected(2, 1, Reason::Refused, "OsPlatformNotSupported");
    book
}

const COLUMNS: &str = "machine_id,device_name,state,reason,action_id,action_status,attempts,\
    http_status,error_code,error_message,comment,first_sent_at,settled_at,source,line,batch,\
    tenant_id,verdict,last_seen";

#[test]
fn csv_begins_with_a_byte_order_mark_and_the_columns_of_the_contract() {
    let (machines, text) = written(&some(), &Filter::default(), Format::Csv);
    assert_eq!(machines, 3);
    let (head, _) = text.split_once('\n').unwrap();
    assert_eq!(head, format!("\u{feff}{COLUMNS}"));
}

#[test]
fn csv_has_a_row_for_each_machine() {
    let (_, text) = written(&some(), &Filter::default(), Format::Csv);
    let text = text.replace("00000000000000000000000000000000", "..");
    let rows: Vec<_> = text
        .lines()
        .skip(1)
        .map(|row| row.replace(",Müll", ",\n  Müll").replace(",fleet", ",\n  fleet"))
        .collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    ..00000001,pc-0001,succeeded,,action-1,Succeeded,1,201,,,
      Müll in Q4,2026-11-23T17:40:00Z,2026-11-23T17:41:40Z,
      fleet.csv,2,1,72f988bf-0000-0000-0000-000000000000,,
    ..00000002,pc-0002,rejected,refused,,,1,400,OsPlatformNotSupported,Defender's own words,
      Müll in Q4,2026-11-23T17:40:01Z,2026-11-23T17:40:02Z,
      fleet.csv,3,1,72f988bf-0000-0000-0000-000000000000,,
    ..00000003,pc-0003,queued,,,,0,,,,
      Müll in Q4,,,
      fleet.csv,4,1,72f988bf-0000-0000-0000-000000000000,,
    ");
}

#[test]
fn a_cell_that_a_spreadsheet_would_run_is_disarmed_in_csv_only() {
    let mut journal = Journal::in_memory().unwrap();
    let names = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "a,\"b\"", "plain"];
    for (number, name) in (1..).zip(names) {
        let machine = NewMachine { name: Some(name.to_owned()), ..machine(number) };
        journal.stage(&machine).unwrap();
    }
    let batch = NewBatch {
        tenant: Tenant { id: "t".to_owned(), realm: Realm::Public },
        api: "https://api.example".to_owned(),
        comment: Some(Comment::parse("=HYPERLINK(\"http://x\")").unwrap()),
        ..new_batch(1)
    };
    let batch = journal.create_planned(&batch, start()).unwrap();
    let book = Book { journal, batch };

    let (_, text) = written(&book, &Filter::default(), Format::Csv);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cells: Vec<&str> = rows.iter().map(|row| &row[1]).collect();
    assert_eq!(cells, ["'=cmd|' /C calc'!A0", "'+1", "'-1", "'@SUM(A1)", "a,\"b\"", "plain"]);
    assert_eq!(&rows[0][10], "'=HYPERLINK(\"http://x\")");

    let (_, text) = written(&book, &Filter::default(), Format::Ndjson);
    let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(first["device_name"], names[0]);
}

#[test]
fn json_is_one_ascii_document_with_the_batch_and_the_same_names() {
    let (_, text) = written(&some(), &Filter::default(), Format::Json);
    assert!(text.is_ascii());
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["schema"], "mde-offboard.report/1");
    assert_eq!(value["batch"]["source"], "fleet.csv");
    assert_eq!(value["batch"]["comment"], "M\u{fc}ll in Q4");
    let machines = value["machines"].as_array().unwrap();
    assert_eq!(machines.len(), 3);
    let first = text.lines().nth(1).unwrap();
    let places = COLUMNS.split(',').map(|column| first.find(&format!("\"{column}\":")).unwrap());
    assert!(places.is_sorted(), "{first}");
    assert_eq!(machines[0].as_object().unwrap().len(), COLUMNS.split(',').count());
    assert_eq!(machines[1]["error_code"], "OsPlatformNotSupported");
    assert_eq!(machines[2]["first_sent_at"], serde_json::Value::Null);
}

#[test]
fn ndjson_has_a_machine_a_line_also_of_several_batches() {
    let book = some();
    let batch = book.journal.batch(book.batch).unwrap().unwrap();
    let mut out = Vec::new();
    let batches = [batch.clone(), batch];
    let (all, format) = (Filter::default(), Format::Ndjson);
    let machines =
        write_outcomes(&book.journal, &batches, &all, format, unverified, &mut out).unwrap();
    assert_eq!(machines, 6);
    let text = String::from_utf8(out).unwrap();
    assert_eq!(text.lines().count(), 6);
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}

#[test]
fn only_what_is_asked_for_is_written_and_no_machines_are_a_document_too() {
    let states = |state| Filter { states: vec![state], ..Filter::default() };
    let (machines, text) = written(&some(), &states(State::Rejected), Format::Ndjson);
    assert_eq!(machines, 1);
    assert!(text.contains(&id(2).to_string()));
    let (machines, text) = written(&some(), &states(State::Held), Format::Json);
    assert_eq!(machines, 0);
    serde_json::from_str::<serde_json::Value>(&text).unwrap();
}

/// A disk without room.
pub(super) struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_report_that_cannot_be_written_is_an_error() {
    let book = some();
    let batch = book.journal.batch(book.batch).unwrap().unwrap();
    for format in [Format::Csv, Format::Json, Format::Ndjson] {
        let all = Filter::default();
        let batch = [batch.clone()];
        let error =
            write_outcomes(&book.journal, &batch, &all, format, unverified, &mut Full).unwrap_err();
        assert!(matches!(error, ReportError::Write(_)));
    }
}

#[test]
fn formats_are_named_by_the_endings_of_files() {
    assert_eq!(Format::from_word("csv"), Some(Format::Csv));
    assert_eq!(Format::from_word("JSON"), Some(Format::Json));
    assert_eq!(Format::from_word("ndjson"), Some(Format::Ndjson));
    assert_eq!(Format::from_word("html"), None);
}
