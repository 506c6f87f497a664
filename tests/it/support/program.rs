//! The program as a process of its own, and what it says.

use std::fmt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

use super::canary;

/// What a process needs of the system that it runs on.
const NEEDED: [&str; 4] = ["PATH", "SystemRoot", "TEMP", "TMP"];

/// The program in this folder, away from the settings of the person who runs the tests.
pub(crate) fn program(folder: &Path) -> Command {
    clean(Command::new(cargo_bin!("mde-offboard")), folder)
}

/// A command in this folder, with an environment of its own.
pub(crate) fn clean(mut command: Command, folder: &Path) -> Command {
    command.env_clear();
    for name in NEEDED {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    for name in ["HOME", "XDG_DATA_HOME", "LOCALAPPDATA"] {
        command.env(name, folder.join("data"));
    }
    command.env("TZ", "UTC").env("USER", "operator").current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A process that does not outlive its guard.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended by itself cannot be killed, and need not be.
        drop(self.0.kill());
        self.0.wait().expect("a child of ours can be waited for");
    }
}

/// Kills a process, as `kill -9` does.
pub(crate) fn kill(child: &mut Child) {
    child.kill().expect("ours to kill");
    child.wait().expect("and dead");
}

/// Sends a process a signal, such as `-INT`.
pub(crate) fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(kill.expect("there is a `kill`").success());
}

/// How a line of a hint begins, but the first.
const HINT_MARGIN: &str = "\n      ";

/// Fails where a line of a hint is wider than 100 columns, and no command or address.
#[track_caller]
fn check_hints(err: &str) {
    let hints = err.split("\nhint: ").skip(1);
    for line in hints.flat_map(|hint| hint.split(HINT_MARGIN)) {
        let line = line.lines().next().unwrap_or_default();
        let copied = ["`", "://", "mde-offboard ", " | where "];
        let is_copied = line.starts_with(' ') || copied.iter().any(|it| line.contains(it));
        assert!(is_copied || line.chars().count() <= 94, "a hint is too wide: {line}");
    }
}

/// What a command came to.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Waits for a process that ends by itself.
    pub(crate) fn by(child: Child) -> Self {
        child.wait_with_output().expect("it ends").into()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self}"))
    }

    /// Fails, with everything that was said, unless the exit code is this one.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Self {
        assert!(self.has(words), "no `{words}`: {self}");
        self
    }

    /// Says all of these.
    #[track_caller]
    pub(crate) fn says_all(self, words: &[&str]) -> Self {
        words.iter().fold(self, |said, words| said.says(words))
    }

    #[track_caller]
    pub(crate) fn never_says(self, words: &str) -> Self {
        assert!(!self.has(words), "`{words}`: {self}");
        self
    }

    fn has(&self, words: &str) -> bool {
        // A hint is broken into lines between any words.
        let whole = self.err.replace(HINT_MARGIN, " ");
        self.out.contains(words) || self.err.contains(words) || whole.contains(words)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "code {:?}\n--- out\n{}\n--- err\n{}", self.code, self.out, self.err)
    }
}

impl From<Output> for Said {
    #[track_caller]
    fn from(output: Output) -> Self {
        canary::check("standard output", &output.stdout);
        canary::check("standard error", &output.stderr);
        let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
        check_hints(&text(output.stderr.clone()));
        let code = output.status.code();
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }
}
