//! A sign-in server and an API on loopback, whose answers a test writes down.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use mde_offboard::domain::MachineId;
use mde_offboard::simulator::TenantOptions;

use super::stage::program;

/// What is answered: status, content type, more header lines, body.
#[derive(Clone)]
pub(crate) struct Reply(pub(crate) u16, pub(crate) &'static str, pub(crate) String);

impl Reply {
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self(status, "Content-Type: application/json\r\n", body.into())
    }

    /// A refusal in Defender's shape.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(status, format!(r#"{{"error":{{"code":"{code}","message":"{message}"}}}}"#))
    }

    pub(crate) fn page(status: u16, body: &str) -> Self {
        Self(status, "Content-Type: text/html\r\n", body.to_owned())
    }

    fn bytes(&self) -> Vec<u8> {
        let Self(status, headers, body) = self;
        let length = body.len();
        format!("HTTP/1.1 {status} Words\r\n{headers}Content-Length: {length}\r\n\r\n{body}").into()
    }
}

/// A path below which there is no sign-in: the script answers.
pub(crate) const NO_SIGN_IN: &str = "/nowhere";

/// Answers the request line and the body of whatever is no sign-in.
type Script = dyn Fn(&str, &str) -> Reply + Send + Sync;

/// Keeps sign-ins waiting while it is closed.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    is_closed: bool,
    /// Sign-ins that came so far.
    came: usize,
}

impl Gate {
    fn change(&self, change: impl FnOnce(&mut State)) {
        let (state, changed) = &*self.0;
        change(&mut state.lock().unwrap_or_else(PoisonError::into_inner));
        changed.notify_all();
    }

    pub(crate) fn close(&self) {
        self.change(|state| state.is_closed = true);
    }

    pub(crate) fn open(&self) {
        self.change(|state| state.is_closed = false);
    }

    /// How many sign-ins have come to it.
    pub(crate) fn waiting(&self) -> usize {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).came
    }

    fn pass(&self) {
        self.change(|state| state.came += 1);
        let (state, changed) = &*self.0;
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_while(state, |state| state.is_closed));
    }
}

/// A folder, and the server beside it; the server's threads end with the process of the tests.
pub(crate) struct Scripted {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) url: String,
}

impl Scripted {
    /// `fleet.csv` has this many machines.
    pub(crate) fn new(
        machines: usize,
        script: impl Fn(&str, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::behind(&Gate::default(), machines, script)
    }

    /// The same, with a gate before the sign-in.
    pub(crate) fn behind(
        gate: &Gate,
        machines: usize,
        script: impl Fn(&str, &str) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let script: Arc<Script> = Arc::new(script);
        let gate = gate.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (script, gate) = (Arc::clone(&script), gate.clone());
                std::thread::spawn(move || serve(stream, &gate, &*script));
            }
        });
        let folder = tempfile::tempdir().expect("a folder");
        let ids = (1..=machines).map(|number| format!("{number:040x}"));
        let lines: Vec<String> = std::iter::once("Device ID".to_owned()).chain(ids).collect();
        std::fs::write(folder.path().join("fleet.csv"), lines.join("\n")).expect("a list");
        Self { folder, url }
    }

    /// A command of the program, away from the settings of whoever runs the tests.
    pub(crate) fn command(&self, words: &str) -> Command {
        let app = TenantOptions::default();
        let mut command = program(self.folder.path());
        command
            .args(words.split_whitespace())
            .env("MDE_OFFBOARD_API_URL", &self.url)
            .env("AZURE_AUTHORITY_HOST", &self.url)
            .env("AZURE_TENANT_ID", &app.tenant_id)
            .env("AZURE_CLIENT_ID", &app.client_id)
            .env("AZURE_CLIENT_SECRET", "scripted-secret");
        command
    }

    /// Runs a command to its end: its exit code, and all that it said.
    pub(crate) fn run(&self, words: &str) -> (i32, String) {
        super::stage::finish(self.command(words))
    }

    /// Starts a command whose words nobody reads.
    pub(crate) fn start(&self, words: &str) -> Running {
        let mut command = self.command(words);
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        Running(quiet.spawn().expect("it starts"))
    }
}

/// A process that ends with the value.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Ours, and perhaps over already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The machine that a request line names in its path or its filter.
pub(crate) fn machine_of(line: &str) -> Option<String> {
    let is_digit = |c: char| c.is_ascii_hexdigit();
    let words = line.split(|c: char| !is_digit(c));
    // `%27` stands before an ID in a filter.
    let ids = words.filter_map(|word| word.get(word.len().checked_sub(40)?..));
    ids.map(str::to_owned).find(|id| MachineId::parse(id).is_ok())
}

fn serve(mut stream: TcpStream, gate: &Gate, script: &Script) {
    while let Some((line, body)) = heard(&mut stream) {
        let reply = if line.contains("/oauth2/") && !line.contains(NO_SIGN_IN) {
            gate.pass();
            let token = "Tk1a7Xw9Lm3Qe5Rz8Uv2Yb6Nc4Hd0Gf1Js7Kp9Wt3Xo5Ai8";
            let words = r#"{"token_type":"Bearer","expires_in":3599,"access_token":"#;
            Reply::json(200, format!(r#"{words}"{token}"}}"#))
        } else {
            script(&line, &body)
        };
        if stream.write_all(&reply.bytes()).is_err() {
            return;
        }
    }
}

/// The first line and the body of one request.
fn heard(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut buffer = [0_u8; 4096];
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
            let line = head.lines().next().unwrap_or_default();
            return Some((line.to_owned(), body.to_owned()));
        }
    }
}
