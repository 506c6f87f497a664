//! Somebody who may only read a journal, or has it on a disk that nobody may write.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use super::program::{Complete, Said, clean};

/// The user `nobody`, whom the rights of files bind where the tests run as an administrator.
const NOBODY: u32 = 65_534;

/// Sets the rights of a file or a folder.
pub(crate) fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// Takes away every right to write a folder and what is in it; gives it back at the end.
pub(crate) struct ReadOnly<'a>(&'a Path);

impl<'a> ReadOnly<'a> {
    pub(crate) fn new(folder: &'a Path) -> Self {
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
pub(crate) struct Viewer {
    folder: tempfile::TempDir,
    is_root: bool,
    /// The words that start a program for which a folder is on a disk that nobody may write.
    mounted: Option<Command>,
}

impl Viewer {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        allow(folder.path(), 0o755);
        let program = folder.path().join("mde-offboard");
        let built = cargo_bin!("mde-offboard");
        if fs::hard_link(built, &program).is_err() {
            fs::copy(built, &program).unwrap();
        }
        let is_root = folder.path().metadata().unwrap().uid() == 0;
        Self { folder, is_root, mounted: None }
    }

    /// Somebody for whom this folder is on a disk that is mounted for reading; none where the
    /// system lets this user mount nothing.
    pub(crate) fn beside_mount(folder: &Path) -> Option<Self> {
        const MOUNT: &str = "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && \
                             exec \"$@\"";
        let viewer = Self::new();
        let options = if viewer.is_root { "-m" } else { "-rm" };
        let words = || {
            let mut words = Command::new("unshare");
            words.args([options, "sh", "-c", MOUNT]).arg(folder);
            words
        };
        let tried = words().args(["test", "-w"]).arg(folder).output().ok()?;
        // 1: it is there, and cannot be written.
        let is_mounted = tried.status.code() == Some(1) && tried.stderr.is_empty();
        is_mounted.then(|| Self { mounted: Some(words()), ..viewer })
    }

    /// Where they keep what is their own.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program with these words, about this journal.
    pub(crate) fn command(&self, journal: &Path, words: &str) -> Command {
        let program = self.folder.path().join("mde-offboard");
        let started = match &self.mounted {
            None => Command::new(program),
            Some(mounted) => {
                let mut started = Command::new(mounted.get_program());
                started.args(mounted.get_args()).arg(program);
                started
            }
        };
        let mut command = clean(started, self.folder.path());
        command.args(words.split(' ')).arg("--journal").arg(journal).current_dir("/");
        if self.is_root && self.mounted.is_none() {
            command.uid(NOBODY).gid(NOBODY);
        }
        command
    }

    pub(crate) fn run(&self, journal: &Path, words: &str) -> Said {
        self.command(journal, words).said()
    }
}
