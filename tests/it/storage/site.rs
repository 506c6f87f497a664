//! A folder with a list and a journal, and a simulator for Defender in a process of its own.

use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use mde_offboard::domain::MachineId;
use mde_offboard::simulator::{Behaviour, SimulatedMachine, TenantOptions};
use serde_json::Value;
use tempfile::TempDir;

/// `run` as these tests start it; the limit comes behind.
const RUN: &str = "run fleet.csv --comment Retired --yes --progress none --settle 1s \
                   --poll-interval 100ms --track-timeout 20s --limit";

pub(super) struct Site {
    folder: TempDir,
    simulator: Child,
    url: String,
    pub(super) machines: u64,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.simulator.kill().unwrap();
        self.simulator.wait().unwrap();
    }
}

/// What a command came to.
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) err: String,
    pub(super) out: String,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {:?}\n--- out\n{}\n--- err\n{}", self.code, self.out, self.err)
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code();
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Said {
    /// Fails, with everything that was said, unless it ended like this and told what to do.
    #[track_caller]
    pub(super) fn is(&self, code: i32, words: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "{self}");
        for word in words {
            assert!(self.err.contains(word) || self.out.contains(word), "no `{word}`: {self}");
        }
        self
    }
}

impl Site {
    /// So many ordinary machines, whose actions end at once.
    pub(super) fn new(machines: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("fleet.csv");
        std::fs::write(&list, list_of(machines)).unwrap();
        let mut simulator = Command::new(cargo_bin!("mde-offboard"))
            .args(["simulator", "--speed", "600", "--limit", "1000/1s", "--machines"])
            .arg(&list)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(simulator.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let machines = u64::try_from(machines).unwrap();
        Self { folder, simulator, url: url.trim().to_owned(), machines }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.path("journal.db")
    }

    fn connect(&self, mut command: Command) -> Command {
        let app = TenantOptions::default();
        command
            .env_clear()
            .env("HOME", self.folder.path())
            .env("MDE_OFFBOARD_JOURNAL", self.journal())
            .env("MDE_OFFBOARD_API_URL", &self.url)
            .env("AZURE_AUTHORITY_HOST", &self.url)
            .env("AZURE_TENANT_ID", app.tenant_id)
            .env("AZURE_CLIENT_ID", app.client_id)
            .env("AZURE_CLIENT_SECRET", app.client_secret)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn program(&self, words: &str) -> Command {
        let mut command = Command::new(cargo_bin!("mde-offboard"));
        command.args(words.split_whitespace());
        self.connect(command)
    }

    /// A command to its end.
    pub(super) fn say(&self, words: &str) -> Said {
        self.program(words).output().unwrap().into()
    }

    /// `run` in the background, with a limit.
    pub(super) fn start(&self, limit: &str) -> Child {
        self.program(&format!("{RUN} {limit}")).spawn().unwrap()
    }

    /// `resume` in the background, after a stop.
    pub(super) fn resume(&self) -> Child {
        self.program("resume 1 --yes --progress none").spawn().unwrap()
    }

    /// `run` to its end, as fast as the simulator takes it.
    pub(super) fn run(&self) -> Said {
        self.say(&format!("{RUN} 1000/1s"))
    }

    /// The same under a limit on the size of files, in blocks of a shell; `before` comes first.
    #[cfg(unix)]
    pub(super) fn run_under(&self, before: &str, blocks: u32) -> Said {
        let program = cargo_bin!("mde-offboard");
        let script =
            format!("{before}ulimit -f {blocks}; exec {} {RUN} 1000/1s", program.display());
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &script]);
        self.connect(shell).output().unwrap().into()
    }

    /// How many POSTs, effects, most POSTs for one machine: as the simulator counted.
    pub(super) fn truth(&self, name: &str) -> u64 {
        let address = self.url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("GET /simulator/log HTTP/1.1\r\nHost: {address}\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let log: Value = serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap();
        log[name].as_u64().unwrap_or_else(|| panic!("no `{name}` in {log}"))
    }

    /// So many machines of the latest batch are in this state; none where there is no batch.
    pub(super) fn count(&self, state: &str) -> Option<u64> {
        let said = self.say("status --json");
        let status: Value = serde_json::from_str(&said.out).ok()?;
        status["counts"][state].as_u64()
    }

    /// Waits until this many POSTs were made; with an end, since each question takes its time.
    pub(super) fn wait_for_posts(&self, posts: u64) {
        assert!((0..100_000).any(|_| self.truth("posts") >= posts), "they never came");
    }

    /// Nothing went out without an intent that is on disk: each machine was sent once at most.
    #[track_caller]
    pub(super) fn check_intents(&self) {
        let intents = self.count("queued").map_or(0, |queued| self.machines - queued);
        let posts = self.truth("posts");
        assert!(posts <= intents, "{posts} POSTs, and {intents} intents on disk");
    }

    /// What is fixed goes on to the end: each machine once, and all of them.
    #[track_caller]
    pub(super) fn check_mended(&self, command: &str) {
        let said = if command == "run" { self.run() } else { self.say(command) };
        said.is(0, &[]);
        assert_eq!(self.count("succeeded"), Some(self.machines), "{said}");
        assert_eq!(self.truth("effects_total"), self.machines);
        assert_eq!(self.truth("max_effects_per_machine"), 1);
    }
}

/// Machines that the simulator accepts without ado.
fn list_of(machines: usize) -> String {
    let seed = TenantOptions::default().seed;
    let ordinary =
        |id: &MachineId| SimulatedMachine::from_id(*id, None, seed).behaviour == Behaviour::Normal;
    let ids = (1_u64..).map(|number| {
        let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        MachineId::parse(&format!("{scattered:016x}{number:024x}")).unwrap()
    });
    let rows = ids.filter(ordinary).take(machines).map(|id| format!("{id}\n"));
    std::iter::once("Device ID\n".to_owned()).chain(rows).collect()
}

/// Every file beside the journal, with its bytes.
pub(super) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| {
        let file = file.unwrap();
        (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap())
    });
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}
