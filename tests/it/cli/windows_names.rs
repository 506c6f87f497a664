//! Names that Windows takes for a device, a hidden part of a file, or another file.

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::Complete;

const RUN: &str = "run fleet.csv --comment x --yes --progress none --track-timeout 0 --simulate";

/// Each with what is said of it.
const MISLEADING: [(&str, &str); 8] = [
    ("con.db", "CON is a device"),
    ("NUL", "NUL is a device"),
    ("sub/aux", "AUX is a device"),
    ("com1.db", "COM1 is a device"),
    ("nul.csv", "NUL is a device"),
    ("j.db.", "dots and blanks at the end do not count"),
    ("j.db:notes", "a hidden part of the file j.db"),
    ("j.db::$DATA", "a hidden part of the file j.db"),
];

#[test]
fn no_journal_and_no_output_has_such_a_name() {
    let desk = Desk::with_file("fleet.csv", list(3));
    std::fs::create_dir(desk.path("sub")).unwrap();
    let before = desk.files();
    for (name, what) in MISLEADING {
        for option in ["--journal", "--events", "--log-file", "--metrics-file", "--rejects"] {
            let journal = if option == "--journal" { "" } else { "--journal k.db" };
            let said = desk.run(&format!("{RUN} {journal} {option} {name}"));
            let said = said.ends_with(2).says(what);
            said.says(&format!("{option} ")).says("is no file on Windows");
        }
    }
    assert!(desk.files() == before, "something was made");
    assert!(!desk.path("k.db").exists());
}

#[test]
fn an_end_that_does_not_count_is_seen_also_where_it_is_a_blank() {
    let desk = Desk::with_file("fleet.csv", list(3));
    let mut command = desk.command(RUN);
    command.args(["--journal", "j.db "]).said().ends_with(2).says("so it is j.db");
}

#[test]
fn other_ways_to_write_a_file_work() {
    let desk = Desk::with_file("fleet.csv", list(3));
    let here = desk.path("");
    let here = here.to_str().unwrap().trim_end_matches('\\');
    let (drive, _) = here.split_at(2);
    let deep = format!("{here}\\{}", ["a-folder-with-a-long-name"; 12].join("\\"));
    assert!(deep.len() > 260);
    for (number, journal) in [
        format!("{drive}relative.db"),
        format!(r"\\?\{here}\verbatim.db"),
        format!("{deep}\\j.db"),
        "console.db".to_owned(),
    ]
    .into_iter()
    .enumerate()
    {
        let events = format!("{number}.jsonl");
        desk.run(&format!("{RUN} --journal {journal} --events {events}")).ends_with(9);
        if journal.len() > 260 {
            // Wine writes one, and cannot say its true path.
            assert!(std::path::Path::new(&journal).exists());
            continue;
        }
        let said = desk.run(&format!("status --simulate --json --journal {journal}"));
        assert_eq!(said.ends_with(0).json()["total"], 3, "{journal}");
    }
    for name in ["relative.db", "verbatim.db", "console.db"] {
        assert!(desk.path(name).exists(), "{name}");
    }
    let list = format!(r"\\?\{here}\fleet.csv");
    desk.run(&format!("plan {list} --comment x --simulate --journal p.db")).ends_with(0);
}
