//! Runs that nobody watches: a terminal or a pipe that is full and never read.
#![cfg(target_os = "linux")]

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, PipeReader, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::stage::{Stage, pass, wait_until};

const MACHINES: u32 = 300;
const LIMITS: [&str; 4] = ["--limit", "100/1s", "--limit", "5000/1m"];

/// The other end of what a run writes to. Nobody reads it; dropped, it is closed.
enum Unread {
    Terminal { _master: OwnedFd },
    Pipe { _reader: PipeReader },
}

/// Writes until there is no room left: the next write waits for a reader.
///
/// The path is opened again, so that not waiting is not what the run's own handle does.
fn fill(path: &str) {
    let without_waiting = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
    let flags = i32::try_from(without_waiting.bits()).unwrap();
    let mut file = OpenOptions::new().write(true).custom_flags(flags).open(path).unwrap();
    for size in [1024, 1] {
        loop {
            match file.write(&vec![b'.'; size]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A terminal of which nothing is read, and that is full.
fn terminal() -> (Unread, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let path = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let no_controller = i32::try_from(rustix::fs::OFlags::NOCTTY.bits()).unwrap();
    let mut options = OpenOptions::new();
    let ours = options.read(true).write(true).custom_flags(no_controller).open(&path).unwrap();
    fill(&path);
    (Unread::Terminal { _master: master }, ours)
}

/// A pipe of which nothing is read, and that is full.
fn pipe() -> (Unread, File) {
    let (reader, writer) = std::io::pipe().unwrap();
    fill(&format!("/proc/self/fd/{}", writer.as_raw_fd()));
    (Unread::Pipe { _reader: reader }, File::from(OwnedFd::from(writer)))
}

fn run(stage: &Stage, more: &[&str]) -> Command {
    let mut words = vec!["run", "fleet.csv", "--comment", "x", "--yes", "--settle", "2s"];
    words.extend(["--poll-interval", "200ms", "--track-timeout", "2s"]);
    words.extend(LIMITS);
    words.extend(more);
    let mut run = stage.connected(&words);
    run.env("TERM", "xterm").stdout(Stdio::null());
    run
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
}

/// What it ends with within a quarter of a minute; what does not end is killed.
#[track_caller]
fn code(mut child: Child) -> Option<i32> {
    pass(Duration::from_secs(15), &mut child);
    if let Some(status) = child.try_wait().unwrap() {
        return status.code();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("it did not end");
}

fn sent(stage: &Stage) -> u64 {
    stage.truth().number("posts")
}

#[track_caller]
fn check_costs_nothing(unread: (Unread, File), more: &[&str]) {
    let (_other_end, full) = unread;
    let stage = Stage::new(MACHINES, &LIMITS);
    let child = run(&stage, more).stderr(full).spawn().unwrap();
    assert_eq!(code(child), Some(0));
    assert_eq!(stage.truth().number("effects_total"), u64::from(MACHINES));
}

#[track_caller]
fn check_obeys(unread: (Unread, File), more: &[&str]) {
    let (_other_end, full) = unread;
    let stage = Stage::new(2_000, &["--limit", "40/1s"]);
    let mut words = more.to_vec();
    words.extend(["--limit", "40/1s"]);
    let child = run(&stage, &words).stderr(full).spawn().unwrap();
    // So late that the screen was drawn several times.
    wait_until("machines are sent", || sent(&stage) >= 120);
    signal(&child, "-TERM");
    assert_eq!(code(child), Some(5), "one signal ends it in order");
    assert!(sent(&stage) < 2_000);
}

#[test]
fn a_terminal_that_nobody_reads_costs_no_request() {
    check_costs_nothing(terminal(), &["--progress", "bar"]);
}

#[test]
fn a_pipe_behind_standard_error_that_nobody_reads_costs_no_request() {
    check_costs_nothing(pipe(), &["--progress", "plain"]);
}

#[test]
fn a_run_on_a_terminal_that_nobody_reads_obeys_a_signal() {
    check_obeys(terminal(), &["--progress", "bar"]);
}

#[test]
fn a_run_with_a_full_pipe_behind_standard_error_obeys_a_signal() {
    check_obeys(pipe(), &["--progress", "plain"]);
}

#[test]
fn two_signals_leave_at_once_though_nobody_reads_the_terminal() {
    let (_other_end, full) = terminal();
    let stage = Stage::new(100, &["--limit", "20/1s", "--latency", "3s"]);
    let words = ["--progress", "bar", "--limit", "20/1s"];
    let child = run(&stage, &words).stderr(full).spawn().unwrap();
    wait_until("requests are in flight", || {
        stage.has_batch() && stage.status()["counts"]["sending"] == 8
    });
    // Two kinds, since the system may make one of two of a kind.
    signal(&child, "-TERM");
    signal(&child, "-INT");
    assert_eq!(code(child), Some(130));
    assert_eq!(stage.status()["counts"]["sending"], 8, "it waited for its answers");
}

#[track_caller]
fn check_summary(more: &[&str], expected: i32) {
    let (_other_end, full) = pipe();
    let stage = Stage::new(MACHINES, &LIMITS);
    let mut run = run(&stage, &["--progress", "none"]);
    let child = run.args(more).stdout(full).stderr(Stdio::null()).spawn().unwrap();
    assert_eq!(code(child), Some(expected));
    assert_eq!(sent(&stage), u64::from(MACHINES));
}

#[test]
fn a_full_pipe_under_the_summary_does_not_keep_the_process_nor_change_its_code() {
    check_summary(&[], 0);
}

#[test]
fn a_document_that_nobody_takes_is_not_done() {
    check_summary(&["--json"], 1);
}
