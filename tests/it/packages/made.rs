//! A package of a program that only says who it is, made by the script.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zip::ZipArchive;

/// The target of winget's and Scoop's package.
pub(super) const WINDOWS: &str = "x86_64-pc-windows-msvc";

/// 2026-01-02 03:04:06, UTC. A zip counts in steps of two seconds.
const EPOCH: &str = "1767323046";

static ALONE: Mutex<()> = Mutex::new(());

pub(super) const PROGRAM: &[u8] = b"#!/bin/sh\necho mde-offboard\n";

pub(super) const LICENCES: &[u8] = b"of others\n";

pub(super) struct Made {
    folder: TempDir,
    target: &'static str,
}

impl Made {
    pub(super) fn new(target: &'static str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let program = folder.path().join("built");
        fs::write(&program, PROGRAM).expect("written");
        let licences = folder.path().join("licences.txt");
        fs::write(&licences, LICENCES).expect("written");
        let out = folder.path().join("out");
        let arguments = [program.as_path(), Path::new(target), &out, &licences];
        // The first one may have to install `zip`, and two cannot at the same time.
        let alone = ALONE.lock().expect("whole");
        let said = script("package", &arguments, &[("SOURCE_DATE_EPOCH", EPOCH)]);
        drop(alone);
        assert!(said.status.success(), "{said:?}");
        Self { folder, target }
    }

    /// `mde-offboard-VERSION-TARGET`.
    pub(super) fn name(&self) -> String {
        format!("mde-offboard-{}-{}", env!("CARGO_PKG_VERSION"), self.target)
    }

    pub(super) fn path(&self) -> PathBuf {
        let ending = if self.target.contains("windows") { "zip" } else { "tar.gz" };
        self.folder.path().join("out").join(format!("{}.{ending}", self.name()))
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        fs::read(self.path()).expect("a package")
    }

    /// What is beside it.
    pub(super) fn checksum_file(&self) -> String {
        fs::read_to_string(format!("{}.sha256", self.path().display())).expect("a checksum")
    }

    /// A folder for what is made of it.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The files of a zip by their paths in it.
    pub(super) fn zipped(&self) -> BTreeMap<String, Vec<u8>> {
        let mut archive = ZipArchive::new(Cursor::new(self.bytes())).expect("a zip");
        let mut found = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index).expect("a file");
            let name = file.name().expect("UTF-8").into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("whole");
            found.insert(name, content);
        }
        found
    }

    /// The lines of a `.tar.gz` as `tar` lists them, with modes, owners and times.
    pub(super) fn listed(&self) -> Vec<String> {
        let mut tar = Command::new("tar");
        tar.args(["-tvzf", "-"]).stdin(File::open(self.path()).expect("a package"));
        let said = tar.env("TZ", "UTC").env("LC_ALL", "C").output().expect("tar");
        assert!(said.status.success(), "{said:?}");
        String::from_utf8(said.stdout).expect("text").lines().map(str::to_owned).collect()
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).expect("a digit");
    let digest = Sha256::digest(bytes);
    digest.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// A script of `.ci`, with an environment that no machine has of its own.
pub(super) fn script(name: &str, arguments: &[&Path], variables: &[(&str, &str)]) -> Output {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci").join(name);
    let mut command = Command::new("bash");
    command.arg(path).args(arguments);
    for variable in ["MDE_OFFBOARD_ADDRESS", "RELEASE_DATE", "SOURCE_DATE_EPOCH"] {
        command.env_remove(variable);
    }
    command.envs(variables.iter().copied()).output().expect("bash")
}
