//! A folder of a test's own, and the program in it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::waiting::wait_until;

/// The program under test: `MDE_OFFBOARD_PROGRAM`, or what `cargo build --release` has made.
pub(crate) fn program() -> PathBuf {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/release/mde-offboard");
    let program = std::env::var_os("MDE_OFFBOARD_PROGRAM").map_or(made, PathBuf::from);
    let found = program.canonicalize();
    found.unwrap_or_else(|error| {
        let name = program.display();
        panic!("{name}: {error}: run `cargo build --release`, or set MDE_OFFBOARD_PROGRAM")
    })
}

/// The program in a folder, with nothing of the user's own.
pub(crate) fn command(folder: &Path, words: &str) -> Command {
    let mut command = Command::new(program());
    let own = std::env::vars_os().filter(|(name, _)| {
        name.to_str().is_some_and(|name| name.starts_with("MDE_") || name.starts_with("AZURE_"))
    });
    for (name, _) in own {
        command.env_remove(name);
    }
    command.args(words.split_whitespace()).current_dir(folder);
    command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
    command.env("TZ", "UTC").stdin(Stdio::null());
    command
}

/// A folder with a journal of rehearsals in `j.db`.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

/// A process that is killed at the latest when the test is over.
pub(crate) struct Running(Child);

/// A dashboard that is open to one address.
pub(crate) struct Served {
    pub(crate) url: String,
    _process: Running,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// A desk with a list of that many machines of all kinds, in `list.csv`.
    pub(crate) fn with_list(machines: u32) -> Self {
        let desk = Self::new();
        desk.run(&format!("simulator --sample {machines} --output list.csv"));
        desk
    }

    /// A desk with a batch that has ended, of machines of all kinds.
    pub(crate) fn with_batch(machines: u32) -> Self {
        let desk = Self::with_list(machines);
        desk.run(&format!("{RUN} --limit 100000/1s --track-timeout 0"));
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs the program to its end, which is neither a wrong use nor a defect.
    #[track_caller]
    pub(crate) fn run(&self, words: &str) {
        let output = command(self.folder.path(), words).output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        let fine = matches!(output.status.code(), Some(0 | 4 | 9));
        assert!(fine, "{words}: {}\n{said}", output.status);
    }

    /// Begins to run the program; what it says is not read.
    pub(crate) fn start(&self, words: &str) -> Running {
        let mut command = command(self.folder.path(), words);
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        Running(quiet.spawn().expect("it starts"))
    }

    /// Serves the journal; the address is the first line that it prints.
    #[track_caller]
    pub(crate) fn serve(&self) -> Served {
        self.serve_with("serve --journal j.db --simulate")
    }

    /// Serves with these words.
    #[track_caller]
    pub(crate) fn serve_with(&self, words: &str) -> Served {
        serve(self.folder.path(), words)
    }

    /// Writes the report, and gives its address.
    #[track_caller]
    pub(crate) fn report(&self) -> String {
        self.run("report --simulate --journal j.db --format html --output report.html --force");
        format!("file://{}", self.path("report.html").display())
    }
}

/// A rehearsal; limits and how long it follows its actions are to be added.
pub(crate) const RUN: &str = "run list.csv --comment Retired --simulate --journal j.db --yes \
                              --progress none --canary 0 --max-failures none";

#[track_caller]
pub(crate) fn serve(folder: &Path, words: &str) -> Served {
    let mut command = command(folder, words);
    let spawned = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut process = Running(spawned.expect("it starts"));
    let said = process.0.stdout.take().expect("it is piped");
    let mut url = String::new();
    BufReader::new(said).read_line(&mut url).expect("it prints an address");
    let url = url.trim().to_owned();
    assert!(url.starts_with("http://127.0.0.1:"), "{words}: `{url}`");
    Served { url, _process: process }
}

impl Running {
    /// Ends it as a crash would.
    pub(crate) fn kill(&mut self) {
        self.0.kill().expect("it is ours");
        self.0.wait().expect("it has ended");
    }

    #[track_caller]
    pub(crate) fn wait(&mut self, longest: std::time::Duration) {
        wait_until("the run ends", longest, || self.0.try_wait().expect("it is ours").is_some());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
