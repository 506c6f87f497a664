//! `report --format xlsx`: where a workbook may go, and that its numbers are the journal's.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;

use calamine::{Data, Range, Reader as _, Xlsx};
use rusqlite::Connection;

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Complete;

use super::rehearsed::rehearsed;

fn sheet(desk: &Desk, file: &str, name: &str) -> Range<Data> {
    let file = BufReader::new(File::open(desk.path(file)).unwrap());
    Xlsx::new(file).unwrap().worksheet_range(name).unwrap()
}

/// A desk with a batch of more machines than fit into a buffer; none is sent.
fn many() -> Desk {
    let desk = Desk::with_file("a.csv", list(500));
    desk.run("run a.csv --comment x --simulate --yes --progress none --on not_found=skip");
    desk
}

#[test]
fn the_numbers_of_a_workbook_are_those_of_the_journal() {
    let desk = rehearsed();
    desk.run("report --simulate --output r.xlsx").ends_with(0).says("30 machines are in r.xlsx");
    let db = Connection::open(desk.journal("simulation.db")).unwrap();
    let mut by_state = db.prepare("SELECT state, COUNT(*) FROM machines GROUP BY state").unwrap();
    let by_state = by_state.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let expected: BTreeMap<String, f64> = by_state.map(Result::unwrap).collect();
    assert!(expected.len() > 2, "{expected:?}");
    let mut found = BTreeMap::new();
    for row in sheet(&desk, "r.xlsx", "Machines").rows().skip(1) {
        *found.entry(row[2].to_string()).or_insert(0.0) += 1.0;
    }
    assert_eq!(found, expected);
    let batch = sheet(&desk, "r.xlsx", "Batch");
    for (state, machines) in &expected {
        let is_it = |row: &&[Data]| row[0] == Data::String(state.clone());
        let row = batch.rows().find(is_it).unwrap();
        assert_eq!(row[1], Data::Float(*machines), "{state}");
    }
    let some = desk.run("report --simulate --only rejected --output some.xlsx").ends_with(0);
    let rejected = sheet(&desk, "some.xlsx", "Machines").rows().skip(1).map(|_| 1.0).sum::<f64>();
    assert_eq!(rejected.to_string(), expected["rejected"].to_string(), "{some}");
}

#[test]
fn a_workbook_replaces_only_an_old_one_that_nobody_has_changed() {
    let desk = rehearsed();
    desk.run("report --simulate --output r.xlsx").ends_with(0);
    desk.run("report --simulate --output r.xlsx").ends_with(0);
    desk.run("report --simulate --format csv --output r.xlsx").ends_with(0);
    desk.run("report --simulate --output r.xlsx").ends_with(0);
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/fleet.xlsx");
    std::fs::copy(data, desk.path("list.xlsx")).unwrap();
    let before = std::fs::read(data).unwrap();
    desk.run("report --simulate --output list.xlsx").ends_with(2).says("--force");
    assert!(std::fs::read(desk.path("list.xlsx")).unwrap() == before);
    desk.run("report --simulate --output list.xlsx --force").ends_with(0);
    desk.run("simulator --sample 3 --output list.xlsx").ends_with(2).says("--force");
}

#[test]
fn a_workbook_goes_through_a_pipe_and_is_the_same_as_in_a_file() {
    let desk = rehearsed();
    for words in ["report --simulate --format xlsx", "report --simulate --format xlsx --output -"] {
        let output = desk.command(words).complete();
        assert_eq!(output.status.code(), Some(0), "{words}");
        assert!(output.stdout.starts_with(b"PK"), "{words}");
        desk.file("piped.xlsx", &output.stdout);
        assert_eq!(sheet(&desk, "piped.xlsx", "Machines").height(), 31, "{words}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_trouble() {
    let desk = many();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = desk.command("report --simulate --format xlsx");
    let output = command.stdout(writer).complete();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_workbook_does_not_go_to_a_terminal() {
    use crate::support::pty::terminal;

    let desk = rehearsed();
    for words in ["--format xlsx", "--format xlsx --output -", "--format xlsx --output /dev/stdout"]
    {
        let (_master, ours) = terminal();
        let mut command = desk.command(&format!("report --simulate {words}"));
        let said = command.stdout(ours).said();
        said.ends_with(2).says("terminal").says("--output report.xlsx");
    }
}

#[test]
#[cfg(unix)]
fn a_workbook_without_room_for_its_temporary_files_is_1_and_the_old_file_stays() {
    let desk = many();
    let report = "report --simulate --output r.xlsx";
    desk.run(report).ends_with(0).says("500 machines");
    let before = desk.files();
    // Enough for what SQLite makes beside the journal, not for all rows before they are packed.
    let said = desk.shell(&format!("ulimit -f 128; exec \"$0\" {report}"));
    // The writer panics then, which is nothing that a person should see.
    said.ends_with(1)
        .says("temporary file")
        .says("too large")
        .says("TMPDIR")
        .never_says("panicked");
    let said = desk.shell(&format!("TMPDIR=/nowhere exec \"$0\" {report}"));
    said.ends_with(1).says("temporary file").says("TMPDIR");
    assert!(before == desk.files());
}
