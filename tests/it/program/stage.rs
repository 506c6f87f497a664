//! A folder, a simulator beside it, and the program's commands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use mde_offboard::domain::{LimitGroup, MachineId};
use mde_offboard::simulator::{Behaviour, SimulatedMachine, TenantOptions};
use serde_json::Value;

/// Longest that anything is waited for: far more than a slow machine needs.
const PATIENCE: Duration = Duration::from_mins(5);

/// A simulator and a folder with a list of machines and a journal.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    /// None where the simulator is the test's own.
    simulator: Option<Child>,
    url: String,
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(simulator) = &mut self.simulator {
            simulator.kill().expect("the simulator is ours to end");
            simulator.wait().expect("and ends");
        }
    }
}

impl Stage {
    /// A simulator with these options, and `fleet.csv` with this many ordinary machines.
    pub(crate) fn new(machines: u32, options: &[&str]) -> Self {
        Self::seeded(machines, TenantOptions::default().seed, options)
    }

    /// The same with a seed for whatever chance decides.
    pub(crate) fn seeded(machines: u32, seed: u64, options: &[&str]) -> Self {
        let folder = folder_with(&machines_of(machines, seed));
        let mut simulator = Command::new(cargo_bin("mde-offboard"))
            .args(["simulator", "--speed", "600", "--seed", &seed.to_string(), "--machines"])
            .arg(folder.path().join("fleet.csv"))
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the simulator starts");
        let mut url = String::new();
        let output = simulator.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut url).expect("its address");
        Self { folder, simulator: Some(simulator), url: url.trim().to_owned() }
    }

    /// A simulator that the test runs itself, with these machines.
    pub(crate) fn beside(url: &str, machines: &[MachineId]) -> Self {
        Self { folder: folder_with(machines), simulator: None, url: url.to_owned() }
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command of the program with the journal of this stage.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path());
        command.args(arguments);
        command
    }

    /// The same, for a command that talks to Defender: here to the simulator.
    pub(crate) fn connected(&self, arguments: &[&str]) -> Command {
        self.connected_by(&self.url, arguments)
    }

    /// The same, by another name of this computer.
    pub(crate) fn connected_as(&self, host: &str, arguments: &[&str]) -> Command {
        self.connected_by(&self.url.replace("127.0.0.1", host), arguments)
    }

    fn connected_by(&self, url: &str, arguments: &[&str]) -> Command {
        let app = TenantOptions::default();
        let mut command = self.command(arguments);
        command
            .args(["--api-url", url, "--authority-url", &self.url])
            .args(["--tenant-id", &app.tenant_id, "--client-id", &app.client_id])
            .env("AZURE_CLIENT_SECRET", &app.client_secret);
        command
    }

    /// Whether a batch was made yet.
    pub(crate) fn has_batch(&self) -> bool {
        self.command(&["status", "--json"]).output().expect("it runs").status.success()
    }

    /// What the simulator saw, by its own count.
    pub(crate) fn truth(&self) -> Truth {
        Truth(get(&self.url, "/simulator/log"))
    }

    /// The actions that the simulator made: the ID of each, and its machine's.
    pub(crate) fn made(&self) -> Vec<(String, String)> {
        let made = get(&self.url, "/simulator/actions");
        let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
        let rows = made.as_array().expect("a list").iter();
        rows.map(|row| (text(row, "action"), text(row, "machine"))).collect()
    }

    /// `status --json` of the latest batch.
    pub(crate) fn status(&self) -> Value {
        let output = self.command(&["status", "--json"]).output().expect("it runs");
        assert!(output.status.success(), "{}", told(&output));
        serde_json::from_slice(&output.stdout).expect("a JSON document")
    }
}

/// The program, away from the settings of whoever runs the tests.
pub(crate) fn program(folder: &Path) -> Command {
    let mut command = Command::new(cargo_bin("mde-offboard"));
    command
        .env_clear()
        .env("HOME", folder)
        .env("MDE_OFFBOARD_JOURNAL", folder.join("journal.db"))
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

/// What the simulator saw.
pub(crate) struct Truth(Value);

impl Truth {
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_else(|| panic!("`{name}` in {}", self.0))
    }

    /// No window of the POSTs was ever exceeded.
    pub(crate) fn check_windows(&self) {
        let windows = self.0["fullest"].as_array().expect("windows");
        let posts = format!("{:?}", LimitGroup::Posts).to_lowercase();
        let of_posts: Vec<&Value> =
            windows.iter().filter(|window| window["group"] == posts.as_str()).collect();
        assert!(!of_posts.is_empty(), "{}", self.0);
        for window in of_posts {
            assert!(window["most"].as_u64() <= window["limit"].as_u64(), "{window}");
        }
    }

    /// No call was refused for a window.
    pub(crate) fn check_none_refused(&self) {
        assert_eq!(self.number("refused_429"), 0, "{}", self.0);
    }

    /// No machine was offboarded twice, nor sent again once it had an action.
    pub(crate) fn check_never_twice(&self, seed: u64) {
        let twice = &self.0["machines_with_two_effects"];
        assert_eq!(twice, &serde_json::json!([]), "seed {seed}: {}", self.0);
        assert_eq!(self.number("posts_after_effect"), 0, "seed {seed}: {}", self.0);
    }
}

/// Waits for a process that ends by itself; what it said comes with its code.
pub(crate) fn finish(mut command: Command) -> (i32, String) {
    let output = command.output().expect("it runs");
    (output.status.code().unwrap_or(-1), told(&output))
}

fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}", text(&output.stdout), text(&output.stderr))
}

/// Asks again and again until `holds`; the program of a test waits for nothing else.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    const PAUSE: Duration = Duration::from_millis(10);
    for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
        if holds() {
            return;
        }
        std::thread::park_timeout(PAUSE);
    }
    panic!("waited too long: {what}");
}

/// Lets so much time pass in a process's life, or less where it ends by itself.
#[expect(clippy::disallowed_methods, reason = "a process of its own lives in real time")]
pub(crate) fn pass(life: Duration, child: &mut Child) {
    const PAUSE: Duration = Duration::from_millis(1);
    let started = Instant::now();
    while started.elapsed() < life && child.try_wait().expect("ours").is_none() {
        std::thread::park_timeout(PAUSE);
    }
}

/// Ordinary machines: with this seed the simulator accepts each of them.
pub(crate) fn machines_of(machines: u32, seed: u64) -> Vec<MachineId> {
    let ordinary =
        |id: &MachineId| SimulatedMachine::from_id(*id, None, seed).behaviour == Behaviour::Normal;
    let ids = (1_u32..).map(|number| {
        let scattered = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        MachineId::parse(&format!("{scattered:016x}{number:024x}")).expect("40 digits")
    });
    ids.filter(ordinary).take(usize::try_from(machines).expect("few")).collect()
}

/// A folder with a list of machines.
fn folder_with(machines: &[MachineId]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = machines.iter().enumerate().map(|(number, id)| format!("{id},pc-{number:05}"));
    let lines: Vec<String> =
        std::iter::once("Device ID,Device Name".to_owned()).chain(rows).collect();
    std::fs::write(folder.path().join("fleet.csv"), lines.join("\r\n")).expect("a list");
    folder
}

/// One `GET` on loopback.
fn get(url: &str, path: &str) -> Value {
    let address = url.strip_prefix("http://").expect("plain http");
    let mut stream = TcpStream::connect(address).expect("the simulator listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a header and a body");
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"))
}
