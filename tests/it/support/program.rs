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
    let own = folder.join("data");
    for name in ["HOME", "XDG_DATA_HOME", "LOCALAPPDATA"] {
        command.env(name, &own);
    }
    command.env("XDG_CONFIG_HOME", own.join(".config")).env("APPDATA", own.join(".config"));
    command.env("TZ", "UTC").env("USER", "operator").current_dir(folder);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A path as this system writes it, from one with slashes.
pub(crate) fn native(path: &str) -> String {
    path.replace('/', std::path::MAIN_SEPARATOR_STR)
}

/// A name of a file without the characters that this system takes in none.
pub(crate) fn possible(name: &str) -> String {
    let refused = |c: char| cfg!(windows) && (c < ' ' || "<>:\"|?*".contains(c));
    name.chars().filter(|c| !refused(*c)).collect()
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

/// Wine 8 now and then loses a process before anything of it has run, and calls that an internal
/// error: then it is started once more.
fn once_more<T>(mut start: impl FnMut() -> std::io::Result<T>) -> T {
    const ERROR_INTERNAL_ERROR: i32 = 1359;
    let is_lost = |error: &std::io::Error| error.raw_os_error() == Some(ERROR_INTERNAL_ERROR);
    let first = start();
    let it = match first {
        Err(error) if cfg!(windows) && is_lost(&error) => start(),
        other => other,
    };
    it.expect("it starts")
}

/// Starts a command.
pub(crate) fn started(command: &mut Command) -> Child {
    once_more(|| command.spawn())
}

/// A command that is started and waited for.
pub(crate) trait Complete {
    /// What it printed, and how it ended.
    fn complete(&mut self) -> Output;

    /// The same as text, with the checks of everything that the program says.
    #[track_caller]
    fn said(&mut self) -> Said {
        self.complete().into()
    }
}

impl Complete for Command {
    fn complete(&mut self) -> Output {
        once_more(|| self.output())
    }
}

/// Kills a process, as `kill -9` does.
pub(crate) fn kill(child: &mut Child) {
    child.kill().expect("ours to kill");
    child.wait().expect("and dead");
}

/// The command gets a console of its own on Windows, in which Ctrl-C reaches it alone.
pub(crate) fn alone_on_its_console(command: &mut Command) -> &mut Command {
    #[cfg(windows)]
    {
        use std::os::windows::process::CommandExt;
        /// A console without a window.
        const CREATE_NO_WINDOW: u32 = 0x0800_0000;
        command.creation_flags(CREATE_NO_WINDOW);
    }
    command
}

/// Presses Ctrl-C where a process is alone on its console: Windows has no other signal that Wine
/// passes on.
#[cfg(windows)]
pub(crate) fn signal(child: &Child, _name: &str) {
    let interrupt = std::env::var_os("MDE_OFFBOARD_INTERRUPT");
    let mut interrupt = Command::new(interrupt.expect("tests/windows/interrupt.c, compiled"));
    let status = alone_on_its_console(interrupt.arg(child.id().to_string())).status();
    assert!(status.expect("it starts").success());
}

/// Sends a process a signal, such as `-INT`.
#[cfg(unix)]
pub(crate) fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(kill.expect("there is a `kill`").success());
}

/// How lines begin that go on with a hint, with an error or one of its causes, with a warning.
const MARGINS: [&str; 4] = ["\n         ", "\n       ", "\n      ", "\n  "];

/// Widest line of an error and of its hint.
const COLUMNS: usize = 100;

/// Fails where a line of an error, of its causes or of its hint is wider than it may be, and has
/// nothing that is copied as it is.
#[track_caller]
fn check_width(err: &str) {
    let mut is_error = false;
    for line in err.lines() {
        is_error = line.starts_with("error: ")
            || line.starts_with("hint: ")
            || (is_error && line.starts_with("      "));
        if !is_error || line.chars().count() <= COLUMNS {
            continue;
        }
        let copied = ["`", "://", "mde-offboard ", " | "];
        let text = line.trim_start_matches("error: ").trim_start_matches("hint: ").trim();
        let is_copied = copied.iter().any(|it| text.contains(it)) || !text.contains(' ');
        assert!(is_copied, "too wide: {line}");
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

    /// What is on standard error, without the line breaks that only keep lines short. Where they
    /// are depends on what stands before them, such as the path of a folder.
    pub(crate) fn prose(&self) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut before = 0;
        for line in self.err.lines() {
            let text = line.trim_start();
            let first = text.split(' ').next().unwrap_or_default().chars().count();
            let goes_on = line.starts_with("      ") && before + 1 + first > COLUMNS;
            before = line.chars().count();
            match lines.last_mut() {
                Some(last) if goes_on => *last = format!("{last} {text}"),
                _ => lines.push(line.to_owned()),
            }
        }
        lines.join("\n") + "\n"
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

    /// Whether it says these words, on any of its streams.
    pub(crate) fn has(&self, words: &str) -> bool {
        // Prose is broken into lines between any words.
        let whole = MARGINS.iter().fold(self.err.clone(), |err, margin| err.replace(margin, " "));
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
        check_width(&text(output.stderr.clone()));
        let code = output.status.code();
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }
}
