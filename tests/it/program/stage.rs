//! A folder, a simulator that runs in it, and the program's commands.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use mde_offboard::domain::{LimitGroup, MachineId};
use mde_offboard::simulator::{Behaviour, SimulatedMachine, TenantOptions};
use serde_json::Value;

/// Longest that anything is waited for: far more than a slow machine needs.
const PATIENCE: Duration = Duration::from_mins(5);

/// A simulator and a folder with a list of machines and a journal.
pub(crate) struct Stage {
    folder: tempfile::TempDir,
    simulator: Child,
    url: String,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.simulator.kill().expect("the simulator is ours to end");
        self.simulator.wait().expect("and ends");
    }
}

impl Stage {
    /// A simulator with these options, and `fleet.csv` with so many ordinary machines.
    pub(crate) fn new(machines: u32, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let list = folder.path().join("fleet.csv");
        std::fs::write(&list, list_of(machines)).expect("a list");
        let mut simulator = Command::new(cargo_bin("mde-offboard"))
            .args(["simulator", "--speed", "600", "--machines"])
            .arg(&list)
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the simulator starts");
        let mut url = String::new();
        let output = simulator.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut url).expect("its address");
        Self { folder, simulator, url: url.trim().to_owned() }
    }

    /// A command of the program with the journal of this stage.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(self.folder.path());
        command.args(arguments);
        command
    }

    /// The same, for a command that talks to Defender: here to the simulator.
    pub(crate) fn connected(&self, arguments: &[&str]) -> Command {
        let app = TenantOptions::default();
        let mut command = self.command(arguments);
        command
            .args(["--api-url", &self.url, "--authority-url", &self.url])
            .args(["--tenant-id", &app.tenant_id, "--client-id", &app.client_id])
            .env("AZURE_CLIENT_SECRET", &app.client_secret);
        command
    }

    /// What the simulator saw, by its own count.
    pub(crate) fn truth(&self) -> Truth {
        Truth(get(&self.url, "/simulator/log"))
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

    /// No window of the POSTs was ever exceeded, no call refused for it.
    pub(crate) fn check_windows(&self) {
        let windows = self.0["fullest"].as_array().expect("windows");
        let posts = format!("{:?}", LimitGroup::Posts).to_lowercase();
        let of_posts: Vec<&Value> =
            windows.iter().filter(|window| window["group"] == posts.as_str()).collect();
        assert!(!of_posts.is_empty(), "{}", self.0);
        for window in of_posts {
            assert!(window["most"].as_u64() <= window["limit"].as_u64(), "{window}");
        }
        assert_eq!(self.number("refused_429"), 0);
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

/// A list of ordinary machines, made so that the simulator accepts each of them.
fn list_of(machines: u32) -> String {
    let seed = TenantOptions::default().seed;
    let ordinary =
        |id: &MachineId| SimulatedMachine::from_id(*id, None, seed).behaviour == Behaviour::Normal;
    let ids = (1_u32..).map(|number| {
        let scattered = u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        MachineId::parse(&format!("{scattered:016x}{number:024x}")).expect("40 digits")
    });
    let count = usize::try_from(machines).expect("few");
    let rows = ids.filter(ordinary).take(count).enumerate();
    let rows = rows.map(|(number, id)| format!("{id},pc-{number:05}"));
    let lines: Vec<String> =
        std::iter::once("Device ID,Device Name".to_owned()).chain(rows).collect();
    lines.join("\r\n")
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
