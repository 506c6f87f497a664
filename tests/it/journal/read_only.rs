//! A journal that this user may only read, or on a disk that nobody may write.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::cargo::cargo_bin;
use mde_offboard::domain::Fact;
use mde_offboard::engine::RunOptions;
use mde_offboard::journal::Journal;

use crate::support::desk::Desk;
use crate::support::program::{Said, clean};

use super::setup::{accepted, at, batch_of, id, open, place, tell};

/// The user `nobody`, whom the rights of files bind where the tests run as an administrator.
const NOBODY: u32 = 65_534;

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Takes away every right to write a folder and what is in it; gives it back at the end.
struct ReadOnly<'a>(&'a Path);

impl<'a> ReadOnly<'a> {
    fn new(folder: &'a Path) -> Self {
        for file in fs::read_dir(folder).unwrap() {
            allow(&file.unwrap().path(), 0o444);
        }
        allow(folder, 0o555);
        Self(folder)
    }
}

impl Drop for ReadOnly<'_> {
    fn drop(&mut self) {
        allow(self.0, 0o755);
    }
}

/// The program where everybody may start it, run by somebody who may write nothing here.
struct Viewer {
    folder: tempfile::TempDir,
    is_root: bool,
}

impl Viewer {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        allow(folder.path(), 0o755);
        let program = folder.path().join("mde-offboard");
        let built = cargo_bin!("mde-offboard");
        if fs::hard_link(built, &program).is_err() {
            fs::copy(built, &program).unwrap();
        }
        let is_root = folder.path().metadata().unwrap().uid() == 0;
        Self { folder, is_root }
    }

    fn run(&self, journal: &Path, words: &str) -> Said {
        let program = Command::new(self.folder.path().join("mde-offboard"));
        let mut command = clean(program, self.folder.path());
        command.args(words.split(' ')).arg("--journal").arg(journal).current_dir("/");
        if self.is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        command.output().unwrap().into()
    }

    /// Everything can be shown, and it is the newest state: the last fact is in the log alone.
    #[track_caller]
    fn check_shown(&self, journal: &Path) {
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
            self.run(journal, words).ends_with(0).says(said).never_says("warning");
        }
        let said = self.run(journal, "check").ends_with(8).says("FAIL  journal");
        said.says("cannot be written");
        assert_eq!(names(), before, "a file was made");
        for words in ["stop 1", "run fleet.csv --comment x --yes"] {
            fs::write(self.folder.path().join("fleet.csv"), format!("{}\n", id(9))).unwrap();
            let list = self.folder.path().join("fleet.csv");
            let words = words.replace("fleet.csv", list.to_str().unwrap());
            self.run(journal, &words).ends_with(8).says("give this user the right");
        }
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
    viewer.check_shown(&path);
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
        viewer.check_shown(&copied);
    }
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
