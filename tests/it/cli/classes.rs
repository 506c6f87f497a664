//! Every kind of input file that is known, through the whole program: what is read, what is
//! refused, and what a person is told.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;

use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::program::{Complete, Said};

use super::class_files::{Outcome, all};
use super::rehearsed::TOO_MANY;

/// The classes that have a test of their own below.
const BESIDE_THE_TABLE: [u8; 3] = [50, 51, 52];

#[test]
fn every_class_of_input_comes_to_what_it_must() {
    let mut told = String::new();
    let mut classes: BTreeSet<u8> = BESIDE_THE_TABLE.into();
    for case in all() {
        let desk = Desk::new();
        desk.file(case.name, &case.bytes);
        let said = desk.run(&format!("{TOO_MANY} {} {}", case.name, case.options));
        let (code, count) = match case.outcome {
            Outcome::Machines(1) => (7, "1 machine would be sent".to_owned()),
            Outcome::Machines(20_000) => (7, "20,000 machines would be sent".to_owned()),
            Outcome::Machines(count) => (7, format!("{count} machines would be sent")),
            Outcome::Refused => (3, "error: ".to_owned()),
        };
        let shown = format!(
            "class {}: {}",
            case.class,
            case.bytes[..case.bytes.len().min(200)].escape_ascii()
        );
        assert_eq!(said.code, Some(code), "{shown}\n{said}");
        assert!(said.err.contains(&count), "no `{count}`: {shown}\n{said}");
        assert!(said.has(case.says), "no `{}`: {shown}\n{said}", case.says);
        assert!(!said.err.contains('\u{1b}'), "{shown}\n{said}");
        desk.check_nothing_queued("simulation.db");
        classes.insert(case.class);
        let _ = writeln!(told, "class {}, {} {}", case.class, case.name, case.options);
        let words = said.err.lines().filter(|line| !line.starts_with("SIMULATION"));
        // What the plan says goes by the clock, and is another topic.
        let is_plan = |line: &&str| !line.starts_with("inventory of ");
        let error = said.err.lines().skip_while(is_plan).filter(|line| line.starts_with("error: "));
        let input = words.take_while(is_plan).chain(error);
        for line in input.filter(|line| !line.contains("--expect-count")) {
            let _ = writeln!(told, "    {line}");
        }
    }
    assert_eq!(classes, (1..=52).collect(), "classes without a file");
    insta::assert_snapshot!(told);
}

fn refused(desk: &Desk, file: &str) -> Said {
    let said = desk.run(&format!("{TOO_MANY} {file}")).ends_with(3);
    assert!(!said.err.contains('\u{1b}'), "{said}");
    said
}

#[test]
fn class_31_a_line_of_a_gigabyte_is_refused_at_once() {
    let desk = Desk::new();
    let mut file = File::create(desk.path("line.csv")).unwrap();
    file.write_all(&vec![b'a'; 1024 * 1024]).unwrap();
    // The rest of the line takes no room on the disk, and is never read.
    file.set_len(1024 * 1024 * 1024).unwrap();
    refused(&desk, "line.csv").says("line 1, column 1: a cell of more than 64 KiB");
}

#[test]
#[cfg(unix)]
fn class_50_what_is_no_regular_file_is_refused() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("folder")).unwrap();
    std::os::unix::fs::symlink(desk.path("loop"), desk.path("loop")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", desk.path("zero.csv")).unwrap();
    refused(&desk, "folder").says("folder is a folder");
    refused(&desk, "loop").says("loop cannot be read").says("symbolic links");
    refused(&desk, "zero.csv").says("zero.csv is not a regular file").says("`-` for standard");
    refused(&desk, "/dev/zero").says("/dev/zero is not a regular file");
}

#[test]
fn class_50_standard_input_is_read_where_it_is_asked_for() {
    let desk = Desk::new();
    let a = "0123456789abcdef0123456789abcdef01234567";
    for list in [format!("Device ID\n{a}\n"), format!("{a}\n"), format!("[\"{a}\"]")] {
        let said = desk.hand(&format!("{TOO_MANY} -"), list.as_bytes()).ends_with(7);
        said.says("standard input  1 row").says("1 machine would be sent");
    }
    let said = desk.hand(&format!("{TOO_MANY} -"), b"PK\x03\x04").ends_with(3);
    said.says("standard input: this is a workbook");
    desk.hand(&format!("{TOO_MANY} - -"), b"").ends_with(2).says("can be read once");
}

#[test]
fn class_51_a_file_that_grows_while_it_is_read_is_refused() {
    let desk = Desk::with_file("fleet.csv", list(100_000));
    let mut file = OpenOptions::new().append(true).open(desk.path("fleet.csv")).unwrap();
    let mut run = desk.start(&format!("{TOO_MANY} fleet.csv"));
    // Somebody goes on writing until the program is at its end; blank lines change no machine.
    while run.try_wait().unwrap().is_none() {
        file.write_all(b"\n").unwrap();
        std::thread::yield_now();
    }
    let said = Said::from(run.wait_with_output().unwrap()).ends_with(3);
    said.says("error: fleet.csv changed while it was read; nothing was queued");
}

#[test]
fn class_52_what_cannot_be_opened_is_told_with_the_systems_reason_and_an_escaped_name() {
    let desk = Desk::new();
    refused(&desk, "gone.csv").says("error: gone.csv cannot be read").says("os error 2");
    let long = "x".repeat(300);
    let said = refused(&desk, &long).says("cannot be read");
    // Windows calls it an invalid name.
    if cfg!(unix) {
        said.says("too long");
    }
    let mut command = desk.command(TOO_MANY);
    let said = Said::from(command.arg("a\n\u{1b}[31mb.csv").complete()).ends_with(3);
    assert!(!said.err.contains('\u{1b}'), "{said}");
    said.says("error: a\\u{a}\\u{1b}[31mb.csv cannot be read");
}

/// The same list, as five programs of Windows write it.
#[test]
fn the_same_list_in_five_encodings_is_one_batch() {
    let desk = Desk::new();
    let list = "Device ID\tDevice Name\tComment\r\n\
        0123456789abcdef0123456789abcdef01234567\tBüro\tfür Öl\r\n\
        89abcdef0123456789abcdef0123456789abcdef\tx\t\r\n";
    let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{list}").encode_utf16().flat_map(unit).collect()
    };
    let latin: Vec<u8> = list.chars().map(|c| u8::try_from(c as u32).unwrap()).collect();
    let files = [
        ("plain.csv", list.as_bytes().to_vec(), ""),
        ("marked.csv", format!("\u{feff}{list}").into_bytes(), ""),
        ("little.csv", utf16(u16::to_le_bytes), ""),
        ("big.csv", utf16(u16::to_be_bytes), ""),
        ("latin.csv", latin, "--encoding windows-1252"),
    ];
    // The first one is stopped while it waits for the second machine's turn: its batch rests, and
    // whoever brings the same list is told of it.
    let options = "--comment x --simulate --fleet ordinary --yes --track-timeout 0 --pace steady \
                   --limit 60/1h";
    for (name, bytes, more) in &files {
        desk.file(name, bytes);
        let run = format!("run {name} {more} {options}");
        if *name == "plain.csv" {
            let running = desk.start(&run);
            desk.wait_for("status --simulate --json", |status| status["counts"]["queued"] == 1);
            desk.run("stop 1 --simulate").ends_with(0);
            Said::from(running.wait_with_output().unwrap()).ends_with(5);
        } else {
            desk.run(&run).ends_with(5).says("batch 1 was stopped by");
        }
    }
    let batches = desk.run("batches --simulate --json").json();
    assert_eq!(batches.as_array().unwrap().len(), 1, "{batches}");
}
