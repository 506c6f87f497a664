//! A folder and an environment of its own for each test, and a simulator for Defender beside it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;
use tempfile::TempDir;

/// Where a person would sit: a folder with lists, and a data folder with journals.
pub(super) struct Desk {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// What a command came to.
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Said {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Fails, with everything that was said, unless the exit code is this one.
    #[track_caller]
    pub(super) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    #[track_caller]
    pub(super) fn says(self, words: &str) -> Self {
        assert!(self.out.contains(words) || self.err.contains(words), "no `{words}`: {self}");
        self
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code {:?}\n--- out\n{}\n--- err\n{}", self.code, self.out, self.err)
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Desk {
    pub(super) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), environment: Vec::new() }
    }

    /// A desk whose environment leads to a simulator.
    pub(super) fn beside(simulator: &Simulator) -> Self {
        let environment = [
            ("MDE_OFFBOARD_API_URL", simulator.url.as_str()),
            ("AZURE_AUTHORITY_HOST", &simulator.url),
            ("AZURE_TENANT_ID", "5e1f0000-0000-4000-8000-000000000001"),
            ("AZURE_CLIENT_ID", "5e1f0000-0000-4000-8000-0000000000c1"),
            ("AZURE_CLIENT_SECRET", "simulated-secret"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { environment: environment.to_vec(), ..Self::new() }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn file(&self, name: &str, text: &str) -> &Self {
        std::fs::write(self.path(name), text).unwrap();
        self
    }

    /// The journal of a command without `--journal`.
    pub(super) fn journal(&self, name: &str) -> PathBuf {
        self.path("data").join("mde-offboard").join(name)
    }

    pub(super) fn command(&self, words: &str) -> Command {
        let mut command = program(self.folder.path());
        command.args(words.split_whitespace());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A script of the shell, in the same place; its arguments come behind, the first as `$0`.
    #[cfg(unix)]
    pub(super) fn shell(&self, script: &str) -> Command {
        let like = self.command("");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script]).current_dir(self.folder.path()).stdin(Stdio::null());
        for (name, value) in like.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell
    }

    /// Runs a command to its end, without a terminal.
    pub(super) fn run(&self, words: &str) -> Said {
        self.command(words).stdin(Stdio::null()).output().unwrap().into()
    }

    /// Runs a command to its end, with `input` on its standard input.
    pub(super) fn hand(&self, words: &str, input: &[u8]) -> Said {
        let mut command = self.command(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        // Who refuses an input early does not read it to its end.
        let _written = process.stdin.take().unwrap().write_all(input);
        process.wait_with_output().unwrap().into()
    }

    /// Starts a command in the background.
    pub(super) fn start(&self, words: &str) -> Child {
        let mut command = self.command(words);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    /// `status --json` as soon as `enough` holds for it; polls with an end.
    pub(super) fn wait_for(&self, words: &str, enough: impl Fn(&Value) -> bool) -> Value {
        let mut last = None;
        for _ in 0..2_000 {
            let said = self.run(words);
            if said.code == Some(0) {
                let status = said.json();
                if enough(&status) {
                    return status;
                }
            }
            last = Some(said);
        }
        panic!("never: {}", last.unwrap());
    }
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(cargo_bin!("mde-offboard"));
    let inherited = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for name in inherited {
        if name.starts_with("AZURE_") || name.starts_with("MDE_OFFBOARD_") {
            command.env_remove(name);
        }
    }
    command.current_dir(folder);
    for name in ["HOME", "XDG_DATA_HOME", "LOCALAPPDATA"] {
        command.env(name, folder.join("data"));
    }
    command.env("TZ", "UTC").env("USER", "operator");
    command
}

/// A simulator in a process of its own; it ends with the value.
pub(super) struct Simulator {
    process: Child,
    pub(super) url: String,
}

impl Simulator {
    /// A tenant that holds the machines of the desk's file.
    pub(super) fn holding(desk: &Desk, file: &str, options: &str) -> Self {
        let words = format!("simulator --machines {file} --others 5 {options}");
        let mut process = desk.start(&words);
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.next().expect("the simulator says where it is").unwrap();
        Self { process, url }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// A list of machines that the simulator offboards without ado.
pub(super) fn list(machines: usize) -> String {
    let id = |number: usize| format!("{number:040x}\n");
    "Device ID\n".to_owned() + &(1..=machines).map(id).collect::<String>()
}
