//! One journal, by whatever name: links, several names, and things that are no file.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use mde_offboard::journal::{Journal, JournalError};

use crate::support::journals::until_free;
use crate::support::program::{Complete, program};

use super::setup::{batch_of, open, place, runner};

/// A second runner by `name` is refused while `first` is there, and named; afterwards it is let in.
#[track_caller]
fn check_kept_out(first: Journal, name: &Path) {
    let refused = Journal::open_runner(name, runner()).unwrap_err();
    let JournalError::Locked { runner: Some(holder), .. } = &refused else { panic!("{refused:?}") };
    assert_eq!(*holder, runner());
    let reader = Journal::open_reader(name).unwrap();
    assert!(reader.runner().unwrap().unwrap().alive);
    drop((reader, first));
    until_free(name);
    open(name);
}

#[test]
fn a_link_to_a_journal_is_the_journal() {
    let (folder, path) = place();
    let link = folder.path().join("link.db");
    symlink(&path, &link).unwrap();
    check_kept_out(open(&path), &link);
    check_kept_out(open(&link), &path);
}

#[test]
fn a_journal_in_a_linked_folder_is_the_one_in_the_folder() {
    let (folder, _) = place();
    let real = folder.path().join("real");
    fs::create_dir(&real).unwrap();
    symlink(&real, folder.path().join("linked")).unwrap();
    let paths = [folder.path().join("linked/journal.db"), real.join("journal.db")];
    check_kept_out(open(&paths[0]), &paths[1]);
    check_kept_out(open(&paths[1]), &paths[0]);
}

#[test]
fn a_link_that_leads_nowhere_yet_makes_the_journal_where_it_leads() {
    let (folder, path) = place();
    let target = folder.path().join("made/later.db");
    symlink("made/later.db", &path).unwrap();
    let journal = open(&path);
    assert_eq!(journal.path(), Some(path.as_path()), "it is called as it was named");
    assert!(target.is_file() && folder.path().join("made/later.db.lock").is_file());
    check_kept_out(journal, &target);
}

#[test]
fn links_that_lead_to_each_other_are_an_error_and_no_endless_search() {
    let (folder, path) = place();
    let other = folder.path().join("other.db");
    symlink(&other, &path).unwrap();
    symlink(&path, &other).unwrap();
    let refused = Journal::open_runner(&path, runner()).unwrap_err();
    assert!(matches!(refused, JournalError::Io { .. }), "{refused:?}");
}

/// A file with several names is refused by each, with words that lead to the others.
#[track_caller]
fn check_several(names: &[PathBuf], words: &str) {
    for name in names {
        let refused = Journal::open_runner(name, runner()).unwrap_err();
        assert!(matches!(refused, JournalError::SeveralNames { names: 2, .. }), "{refused:?}");
        let hint = refused.hint().to_text(str::to_owned);
        assert!(hint.contains(words), "no `{words}`: {hint}");
    }
}

#[test]
fn a_journal_with_several_names_is_refused_and_they_are_listed() {
    let (folder, path) = place();
    batch_of(&mut open(&path), 3);
    until_free(&path);
    let other = folder.path().join("other.db");
    fs::hard_link(&path, &other).unwrap();
    let refused = Journal::open_runner(&path, runner()).unwrap_err().to_string();
    assert!(refused.contains("has 2 names, also `") && refused.contains("other.db"), "{refused}");
    let advice = "remove the other names, or continue with a copy";
    check_several(&[path.clone(), other.clone()], advice);
    let away = folder.path().join("away");
    fs::create_dir(&away).unwrap();
    fs::rename(&other, away.join("other.db")).unwrap();
    check_several(&[path.clone(), away.join("other.db")], "-samefile");
    fs::remove_file(away.join("other.db")).unwrap();
    open(&path);
}

/// One file at two places, as a mount makes it, has two lock files: here it is moved instead.
#[cfg(target_os = "linux")]
#[test]
fn a_runner_is_kept_out_of_a_file_that_is_in_use_under_another_name() {
    let (folder, path) = place();
    let mut journal = open(&path);
    batch_of(&mut journal, 3);
    let other = folder.path().join("other.db");
    fs::rename(&path, &other).unwrap();
    let refused = Journal::open_runner(&other, runner()).unwrap_err();
    assert!(matches!(refused, JournalError::LockedElsewhere { .. }), "{refused:?}");
    let mut second = program(folder.path());
    fs::write(folder.path().join("fleet.csv"), format!("{:040x}\n", 1)).unwrap();
    second.args(["run", "fleet.csv", "--comment", "x", "--yes", "--journal", "other.db"]);
    let said = second.said();
    said.ends_with(8).says("in use under another name");
    drop(journal);
    fs::rename(&other, &path).unwrap();
    open(&path);
}

const COMMANDS: [&str; 4] = ["run fleet.csv --comment x --yes", "resume 1", "status", "check"];

/// Each of these is refused at once, with what it is; the program's commands are, too.
#[track_caller]
fn check_no_file(folder: &Path, journal: &Path, kind: &str) {
    for refused in [Journal::open_runner(journal, runner()), Journal::open_reader(journal)] {
        let error = refused.unwrap_err();
        let JournalError::NotAFile { kind: found, .. } = error else { panic!("{error:?}") };
        assert_eq!(found, kind);
    }
    fs::write(folder.join("fleet.csv"), format!("{:040x}\n", 1)).unwrap();
    if journal.is_dir() {
        return check_folder(folder, journal);
    }
    for command in COMMANDS {
        let mut refused = program(folder);
        refused.args(command.split(' ')).arg("--journal").arg(journal);
        let said = refused.said();
        said.ends_with(8).says(&format!("it is {kind}")).says("--journal");
    }
}

/// A folder may be one of journals, and most commands take none.
#[track_caller]
fn check_folder(folder: &Path, journal: &Path) {
    for command in COMMANDS {
        let mut refused = program(folder);
        refused.args(command.split(' ')).arg("--journal").arg(journal);
        let said = refused.said();
        let words = if command == "status" { "there is no journal in" } else { "is a folder" };
        said.ends_with(2).says(words).says("--journal");
    }
}

/// Something that cannot be a journal, made at a path.
type Make = fn(&Path);

const KINDS: [(&str, Make); 3] = [
    ("a named pipe", |path| {
        let made = std::process::Command::new("mkfifo").arg(path).status().unwrap();
        assert!(made.success());
    }),
    ("a socket", |path| drop(UnixListener::bind(path).unwrap())),
    ("a folder", |path| fs::create_dir(path).unwrap()),
];

#[test]
fn what_cannot_be_a_journal_is_refused_at_once_with_what_it_is() {
    for (kind, make) in KINDS {
        let (folder, path) = place();
        make(&path);
        check_no_file(folder.path(), &path, kind);
    }
    let (folder, _) = place();
    check_no_file(folder.path(), Path::new("/dev/null"), "a device");
}

#[test]
fn what_cannot_be_a_lock_or_a_log_is_refused_at_once_with_what_it_is() {
    for ending in [".lock", "-wal", "-shm"] {
        for (kind, make) in KINDS {
            let (folder, path) = place();
            batch_of(&mut open(&path), 1);
            until_free(&path);
            let beside = folder.path().join(format!("journal.db{ending}"));
            drop(fs::remove_file(&beside));
            make(&beside);
            check_no_file(folder.path(), &path, kind);
        }
    }
}
