//! Where a person would sit: a folder with lists and journals, an environment, and where asked for
//! a simulator for Defender beside it.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use mde_offboard::journal::Journal;
use mde_offboard::simulator::TenantOptions;
use serde_json::Value;
use tempfile::TempDir;

use super::canary;
use super::machines::{ordinary, table};
use super::program::{Complete, Said, alone_on_its_console, clean, kill, program, started};
use super::simulator::{Simulator, Truth};
use super::waiting::{pass, wait_until};

/// The journal of a desk with a fleet.
const JOURNAL: &str = "journal.db";

pub(crate) struct Desk {
    folder: TempDir,
    /// Files that the test wrote itself.
    written: Mutex<HashSet<PathBuf>>,
    environment: Vec<(String, String)>,
    simulator: Option<Simulator>,
    /// Where the environment leads to.
    url: String,
}

/// What is left in the folder is searched for secrets.
impl Drop for Desk {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let written = self.written.lock().expect("whole");
            canary::check_folder(self.folder.path(), &|path: &Path| written.contains(path));
        }
    }
}

impl Desk {
    /// An empty folder, and nothing that could be signed in with.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        // As on Unix. A user's temporary folder is closed already, but not under Wine.
        #[cfg(windows)]
        super::rights::close(folder.path());
        let written = Mutex::default();
        Self { folder, written, environment: Vec::new(), simulator: None, url: String::new() }
    }

    /// A desk with a file.
    pub(crate) fn with_file(name: &str, content: impl AsRef<[u8]>) -> Self {
        let desk = Self::new();
        desk.file(name, content);
        desk
    }

    /// A desk with this `fleet.csv`, and a simulator with these options that holds its machines.
    pub(crate) fn holding(list: &str, options: &str) -> Self {
        let ordinary = if options.contains("--fleet") { "" } else { "--fleet ordinary" };
        let options = format!("--machines fleet.csv {ordinary} {options}");
        Self::with_file("fleet.csv", list).beside(&options)
    }

    /// The same with this many machines that the simulator accepts, and whose actions end soon; the
    /// journal is in the folder.
    pub(crate) fn with_fleet(machines: usize, options: &str) -> Self {
        Self::with_seed(machines, TenantOptions::default().seed, options)
    }

    /// The same with a seed for everything that chance decides.
    pub(crate) fn with_seed(machines: usize, seed: u64, options: &str) -> Self {
        let list = table(ordinary(machines, seed));
        let desk = Self::holding(&list, &format!("--speed 600 --seed {seed} {options}"));
        desk.with("MDE_OFFBOARD_JOURNAL", JOURNAL)
    }

    /// Starts a simulator with these options, to which the environment then leads.
    pub(crate) fn beside(mut self, options: &str) -> Self {
        let simulator = Simulator::start(self.command(&format!("simulator {options}")));
        let url = simulator.url.clone();
        self.simulator = Some(simulator);
        self.leading_to(&url)
    }

    /// Ends the simulator; gives the address at which nobody listens any more.
    pub(crate) fn end_simulator(&mut self) -> &str {
        self.simulator.take().expect("a simulator");
        &self.url
    }

    /// The environment leads to a server here.
    pub(crate) fn leading_to(mut self, url: &str) -> Self {
        url.clone_into(&mut self.url);
        let app = TenantOptions::default();
        self.with("MDE_OFFBOARD_API_URL", url)
            .with("AZURE_AUTHORITY_HOST", url)
            .with("AZURE_TENANT_ID", &app.tenant_id)
            .with("AZURE_CLIENT_ID", &app.client_id)
            .with("AZURE_CLIENT_SECRET", &app.client_secret)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::write(&path, content).expect("written");
        self.written.lock().expect("whole").insert(path);
        self
    }

    /// A file that nobody else may read.
    pub(crate) fn private_file(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        self.file(name, content);
        #[cfg(unix)]
        self.set_mode(name, 0o600);
        #[cfg(windows)]
        super::rights::close(&self.path(name));
        self
    }

    #[cfg(unix)]
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(self.path(name), PermissionsExt::from_mode(mode)).expect("ours");
    }

    /// The text of a file.
    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("a text")
    }

    /// All files of the folder with their bytes.
    pub(crate) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let files = std::fs::read_dir(self.folder.path()).expect("a folder").map(Result::unwrap);
        let files = files.filter(|file| file.file_type().unwrap().is_file()).map(|file| {
            let bytes = std::fs::read(file.path()).expect("readable");
            (file.file_name().into_string().unwrap(), bytes)
        });
        let mut files: Vec<_> = files.collect();
        files.sort();
        files
    }

    /// The journal of a desk with a fleet.
    pub(crate) fn fleet_journal(&self) -> PathBuf {
        self.path(JOURNAL)
    }

    /// A journal where commands without `--journal` have it.
    pub(crate) fn journal(&self, name: &str) -> PathBuf {
        self.path("data").join("mde-offboard").join(name)
    }

    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = program(self.folder.path());
        command.args(words.split_whitespace());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A script of the shell, in the same place, in which `$0` is the program.
    pub(crate) fn shell(&self, script: &str) -> Said {
        let mut shell = clean(Command::new("/bin/sh"), self.folder.path());
        shell.args(["-c", script]).arg(self.command("").get_program());
        shell.envs(self.environment.iter().map(|(name, value)| (name, value)));
        shell.said()
    }

    /// The first line of a command that goes on, as `| head -n 1` takes it; then it is killed.
    pub(crate) fn first_line(&self, words: &str) -> Said {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        self.first_line_of(&words)
    }

    /// The same where a word may have blanks in it.
    pub(crate) fn first_line_of(&self, words: &[String]) -> Said {
        let mut child = started(self.command("").args(words));
        let mut line = String::new();
        let out = child.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut line).expect("text");
        // One that has ended by itself cannot be killed, and need not be.
        drop(child.kill());
        let output = child.wait_with_output().expect("ours");
        Output { stdout: line.into_bytes(), ..output }.into()
    }

    /// Runs a command to its end, without a terminal.
    pub(crate) fn run(&self, words: &str) -> Said {
        Said::by(started(&mut self.command(words)))
    }

    /// Runs a command that does not wait for long: one that does is killed, and the test fails.
    #[track_caller]
    pub(crate) fn run_briefly(&self, words: &str) -> Said {
        let mut child = self.start(words);
        pass(Duration::from_mins(1), &mut child);
        if child.try_wait().expect("ours").is_none() {
            kill(&mut child);
            panic!("it waits: {words}");
        }
        Said::by(child)
    }

    /// Runs a command to its end, with `input` on its standard input.
    pub(crate) fn hand(&self, words: &str, input: &[u8]) -> Said {
        let mut process = started(self.command(words).stdin(Stdio::piped()));
        // One that refuses an input early does not read it to its end.
        let _written = process.stdin.take().expect("piped").write_all(input);
        Said::by(process)
    }

    /// Starts a command in the background.
    pub(crate) fn start(&self, words: &str) -> Child {
        started(&mut self.command(words))
    }

    /// The same where Ctrl-C will be pressed.
    pub(crate) fn start_on_console(&self, words: &str) -> Child {
        started(alone_on_its_console(&mut self.command(words)))
    }

    /// Starts a command whose words nobody reads.
    pub(crate) fn start_quietly(&self, words: &str) -> Child {
        let mut command = self.command(words);
        started(command.stdout(Stdio::null()).stderr(Stdio::null()))
    }

    /// `status --json` of the latest batch.
    #[track_caller]
    pub(crate) fn status(&self) -> Value {
        self.run("status --json").ends_with(0).json()
    }

    /// Fails where there is a batch in a journal; there need not be such a journal.
    #[track_caller]
    pub(crate) fn check_nothing_queued(&self, journal: &str) {
        let path = self.journal(journal);
        if path.exists() {
            let journal = Journal::open_reader(&path).expect("a journal");
            assert!(journal.batches().expect("readable").is_empty(), "something was queued");
        }
    }

    /// The document that a command shows, as soon as `enough` holds for it.
    #[track_caller]
    pub(crate) fn wait_for(&self, words: &str, enough: impl Fn(&Value) -> bool) -> Value {
        let mut found = Value::Null;
        wait_until(words, || {
            let said = self.run(words);
            if said.code == Some(0) {
                found = said.json();
            }
            !found.is_null() && enough(&found)
        });
        found
    }

    /// What the simulator saw, by its own count.
    pub(crate) fn truth(&self) -> Truth {
        Truth::of(&self.url)
    }

    /// The requests to offboard a machine that reached the simulator.
    pub(crate) fn posts(&self) -> u64 {
        self.truth().number("posts")
    }

    /// Waits until this many of them did, or until the process has ended.
    #[track_caller]
    pub(crate) fn wait_for_posts(&self, posts: u64, process: &mut Child) {
        wait_until("requests go out", || {
            self.posts() >= posts || process.try_wait().expect("ours").is_some()
        });
    }
}
