//! A journal that this user may only read, or on a disk that nobody may write.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use mde_offboard::domain::Fact;
use mde_offboard::engine::RunOptions;
use mde_offboard::journal::Journal;

use crate::support::desk::Desk;
use crate::support::viewer::{ReadOnly, Viewer, allow};

use super::logs::{copy, with};
use super::setup::{accepted, at, batch_of, id, open, place, tell};

/// Everything can be shown, and it is the newest state: the last fact is in the log alone.
#[track_caller]
fn check_shown(viewer: &Viewer, journal: &Path) {
    let folder = journal.parent().unwrap();
    let names = || fs::read_dir(folder).unwrap().count();
    let before = names();
    let show = format!("show {}", id(1));
    for (words, said) in [
        ("status", "pending 1 "),
        ("report", ",pending,"),
        ("batches", "3"),
        ("audit verify", "4 facts"),
        (show.as_str(), "a-1"),
    ] {
        viewer.run(journal, words).ends_with(0).says(said).never_says("warning");
    }
    let said = viewer.run(journal, "check").ends_with(8).says("FAIL  journal");
    said.says("cannot be written");
    assert_eq!(names(), before, "a file was made");
    for words in ["stop 1", "run fleet.csv --comment x --yes"] {
        fs::write(viewer.folder().join("fleet.csv"), format!("{}\n", id(9))).unwrap();
        let list = viewer.folder().join("fleet.csv");
        let words = words.replace("fleet.csv", list.to_str().unwrap());
        viewer.run(journal, &words).ends_with(8).says("give this user the right");
    }
}

/// A batch of three, one of which is sent and accepted.
fn begun(path: &Path) -> Journal {
    let mut journal = open(path);
    let batch = batch_of(&mut journal, 3);
    journal.set_options(batch, &RunOptions::default().to_json(), at(0)).unwrap();
    tell(&mut journal, batch, 1, &[Fact::Sending, accepted("a-1")]);
    journal
}

#[test]
fn a_journal_that_was_left_in_order_is_shown_to_who_may_only_read_it() {
    let viewer = Viewer::new();
    let (folder, path) = place();
    drop(begun(&path));
    let _read_only = ReadOnly::new(folder.path());
    check_shown(&viewer, &path);
}

#[test]
fn a_journal_whose_runner_died_is_shown_with_what_is_in_its_log() {
    let viewer = Viewer::new();
    let (_folder, path) = place();
    let _journal = begun(&path);
    for endings in [&["", "-wal"][..], &["", "-wal", "-shm"]] {
        let (folder, copied) = place();
        for ending in endings {
            fs::copy(with(&path, ending), with(&copied, ending)).unwrap();
        }
        let _read_only = ReadOnly::new(folder.path());
        check_shown(&viewer, &copied);
    }
}

/// Where this user may mount nothing, the rights of files stand for it, as in the tests above.
#[test]
fn a_journal_on_a_disk_that_nobody_may_write_is_shown_with_what_is_in_its_log() {
    let (_folder, path) = place();
    let journal = begun(&path);
    let with_log = [copy(&path, &["", "-wal"]), copy(&path, &["", "-wal", "-shm"])];
    drop(journal);
    for (folder, journal) in with_log.into_iter().chain([copy(&path, &[""])]) {
        match Viewer::beside_mount(folder.path()) {
            Some(viewer) => check_shown(&viewer, &journal),
            None => {
                let _read_only = ReadOnly::new(folder.path());
                check_shown(&Viewer::new(), &journal);
            }
        }
    }
}

/// Else they would be this user's own, and the owner's next run could not write them.
#[test]
fn who_may_make_files_beside_a_journal_but_not_write_it_leaves_none_there() {
    let viewer = Viewer::new();
    let (_folder, path) = place();
    let journal = begun(&path);
    let with_log = copy(&path, &["", "-wal"]);
    drop(journal);
    for (folder, journal) in [with_log, copy(&path, &[""])] {
        let _read_only = ReadOnly::new(folder.path());
        allow(folder.path(), 0o777);
        check_shown(&viewer, &journal);
        for file in fs::read_dir(folder.path()).unwrap() {
            allow(&file.unwrap().path(), 0o644);
        }
        drop(open(&journal));
    }
}

/// The power went in the middle of a change to the file itself, which only a writer can undo.
#[test]
fn a_file_that_was_half_changed_is_an_error_and_no_state_that_never_was() {
    let viewer = Viewer::new();
    let (_folder, path) = place();
    drop(begun(&path));
    let db = rusqlite::Connection::open(&path).unwrap();
    db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).unwrap();
    db.execute_batch(
        "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE batches SET comment = 'never was';
         CREATE TABLE filler AS WITH RECURSIVE n (i) AS
             (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
         SELECT i, hex(randomblob(200)) AS words FROM n",
    )
    .unwrap();
    let (folder, half) = copy(&path, &["", "-journal"]);
    drop(db);
    let _read_only = ReadOnly::new(folder.path());
    let said = viewer.run(&half, "batches --json").ends_with(8).never_says("never was");
    said.says("the right to write");
}

#[test]
fn a_journal_is_shown_beside_its_runner_to_who_may_only_read_it() {
    let viewer = Viewer::new();
    let (folder, path) = place();
    let _journal = begun(&path);
    let _read_only = ReadOnly::new(folder.path());
    let said = viewer.run(&path, "status --json").ends_with(0);
    said.says("\"pending\":1").says("\"running\":true");
}

#[test]
fn a_log_that_may_not_be_read_is_an_error_and_no_older_state() {
    let viewer = Viewer::new();
    let (_folder, path) = place();
    let _journal = begun(&path);
    let (folder, copied) = place();
    for ending in ["", "-wal"] {
        fs::copy(with(&path, ending), with(&copied, ending)).unwrap();
    }
    let _read_only = ReadOnly::new(folder.path());
    allow(&with(&copied, "-wal"), 0);
    let said = viewer.run(&copied, "status").ends_with(8);
    said.says("journal.db-wal").says("give this user the right");
}

#[test]
fn whatever_the_umask_a_journal_and_its_folders_are_for_the_user_alone() {
    for umask in ["000", "022", "0177", "0777"] {
        let desk = Desk::with_file("fleet.csv", format!("{}\n", id(1)));
        let run = "run fleet.csv --comment x --simulate --yes --track-timeout 0 --progress none";
        let script = format!("umask {umask}; exec \"$0\" {run} --journal new/deeper/journal.db");
        let said = desk.shell(&script);
        assert!(matches!(said.code, Some(0 | 9)), "{umask}: {said}");
        let mode = |name| desk.path(name).metadata().unwrap().permissions().mode() & 0o777;
        for made in ["new", "new/deeper"] {
            assert_eq!(mode(made), 0o700, "{umask}: {made}");
        }
        for made in ["new/deeper/journal.db", "new/deeper/journal.db.lock"] {
            assert_eq!(mode(made), 0o600, "{umask}: {made}");
        }
    }
}
