//! Runs that nobody watches: a terminal or a pipe that is full and never read.
//!
//! Longer: `MDE_OFFBOARD_UNREAD=60 cargo test --test it program::unread`, in seconds of sending.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{BufRead, BufReader, PipeReader, Read};
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::program::signal;
use crate::support::pty;
use crate::support::waiting::{pass, wait_until};

use super::evidence::times;

/// How many seconds a run sends for, as long as nothing else is asked for.
const SECONDS: u32 = 3;
const MACHINES: u32 = SECONDS * A_SECOND;
const A_SECOND: u32 = 100;
const LIMITS: &str = "--limit 100/1s --limit 5000/1m";

/// The other end of what a run writes to. Nobody reads it; dropped, it is closed.
enum Unread {
    Terminal { _master: OwnedFd },
    Pipe { reader: PipeReader },
}

/// A terminal of which nothing is read, and that is full.
fn terminal() -> (Unread, File) {
    let (master, ours) = pty::terminal();
    pty::fill(&pty::path_of(&ours));
    (Unread::Terminal { _master: master }, ours)
}

/// A pipe of which nothing is read, and that is full.
fn pipe() -> (Unread, File) {
    let (reader, writer) = std::io::pipe().unwrap();
    pty::fill(&format!("/proc/self/fd/{}", writer.as_raw_fd()));
    (Unread::Pipe { reader }, File::from(OwnedFd::from(writer)))
}

/// For how long a run is to send, in seconds.
fn seconds() -> u32 {
    u32::try_from(times("MDE_OFFBOARD_UNREAD", SECONDS.into())).expect("few")
}

fn fleet(machines: u32, options: &str) -> Desk {
    Desk::with_fleet(usize::try_from(machines).expect("few"), options)
}

fn run(desk: &Desk, more: &str) -> Command {
    let mut run = desk.command(&format!(
        "run fleet.csv --comment x --yes --settle 2s --poll-interval 200ms --track-timeout 2s \
         {LIMITS} {more}"
    ));
    run.env("TERM", "xterm").stdout(Stdio::null());
    run
}

/// What it ends with within a minute, or longer where it sends for longer; what does not end is
/// killed.
#[track_caller]
fn code(mut child: Child) -> Option<i32> {
    pass(Duration::from_mins(1) + Duration::from_secs(2 * u64::from(seconds())), &mut child);
    if let Some(status) = child.try_wait().unwrap() {
        return status.code();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    panic!("it did not end");
}

/// The same with what it said on standard error, which is little.
#[track_caller]
fn said(mut child: Child) -> (Option<i32>, String) {
    let mut err = child.stderr.take().unwrap();
    let code = code(child);
    let mut told = String::new();
    err.read_to_string(&mut told).unwrap();
    (code, told)
}

#[track_caller]
fn check_costs_nothing(unread: (Unread, File), more: &str) {
    let (_other_end, full) = unread;
    let machines = A_SECOND * seconds();
    let desk = fleet(machines, LIMITS);
    let child = run(&desk, more).stderr(full).spawn().unwrap();
    assert_eq!(code(child), Some(0));
    let truth = desk.truth();
    assert_eq!(truth.number("effects_total"), u64::from(machines));
    assert_eq!(truth.number("posts"), u64::from(machines), "each was sent once");
}

#[track_caller]
fn check_obeys(unread: (Unread, File), more: &str) {
    let (_other_end, full) = unread;
    let until = 40 * seconds();
    let machines = 2 * until + 1_000;
    let desk = fleet(machines, "--limit 40/1s");
    let child = run(&desk, &format!("{more} --limit 40/1s")).stderr(full).spawn().unwrap();
    // So late that the screen was drawn several times.
    wait_until("machines are sent", || desk.posts() >= u64::from(until));
    signal(&child, "-TERM");
    assert_eq!(code(child), Some(5), "one signal ends it in order");
    assert!(desk.posts() < u64::from(machines));
}

#[track_caller]
fn check_summary(more: &str, expected: i32) {
    let (_other_end, full) = pipe();
    let desk = fleet(MACHINES, LIMITS);
    let mut run = run(&desk, &format!("--progress none {more}"));
    let child = run.stdout(full).stderr(Stdio::null()).spawn().unwrap();
    assert_eq!(code(child), Some(expected));
    assert_eq!(desk.posts(), u64::from(MACHINES));
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{
        BufRead, BufReader, Duration, LIMITS, MACHINES, Stdio, Unread, Value, check_costs_nothing,
        check_obeys, check_summary, code, fleet, pass, pipe, run, said, signal, terminal,
        wait_until,
    };

    #[test]
    fn a_terminal_that_nobody_reads_costs_no_request() {
        check_costs_nothing(terminal(), "--progress bar");
    }

    #[test]
    fn five_hundred_machines_go_out_in_20_s_of_a_stopped_terminal_and_a_signal_ends_it_in_time() {
        let (_other_end, full) = terminal();
        let desk = fleet(500, "--limit 1000/1s --limit 5000/1m --pending-share 100%");
        let words = "run fleet.csv --comment x --yes --progress bar --limit 25/1s --limit 5000/1m";
        let mut run = desk.command(words);
        let mut child =
            run.env("TERM", "xterm").stdout(Stdio::null()).stderr(full).spawn().unwrap();
        desk.wait_for_posts(500, &mut child);
        desk.wait_for("status --json", |status| status["counts"]["pending"] == 500);
        signal(&child, "-TERM");
        pass(Duration::from_secs(30), &mut child);
        let ended = child.try_wait().unwrap().expect("it ended within its 30 s");
        // Everything is sent, and its actions are pending.
        assert_eq!(ended.code(), Some(9));
    }

    #[test]
    fn a_pipe_behind_standard_error_that_nobody_reads_costs_no_request() {
        check_costs_nothing(pipe(), "--progress plain");
    }

    #[test]
    fn a_log_and_a_bar_on_a_terminal_that_nobody_reads_cost_no_request() {
        check_costs_nothing(terminal(), "-vv");
    }

    #[test]
    fn events_into_a_pipe_that_nobody_reads_cost_no_request_and_are_told_once() {
        let (_other_end, full) = pipe();
        let desk = fleet(MACHINES, LIMITS);
        let words = "--progress none -q --events /dev/stdout --log-file log";
        let child = run(&desk, words).stdout(full).stderr(Stdio::piped()).spawn().unwrap();
        wait_until("all machines are sent", || desk.posts() == u64::from(MACHINES));
        let (code, told) = said(child);
        assert_eq!(code, Some(0), "{told}");
        assert_eq!(told.matches("events could not be written").count(), 1, "{told}");
        assert!(told.contains("it took no line for 10 s"), "{told}");
    }

    #[test]
    fn events_into_a_pipe_that_is_read_late_are_all_there_in_whole_lines() {
        let (Unread::Pipe { reader }, full) = pipe() else { unreachable!("a pipe") };
        let desk = fleet(MACHINES, LIMITS);
        let words = "--progress none --events /dev/stdout";
        let mut run = run(&desk, words);
        let child = run.stdout(full).stderr(Stdio::null()).spawn().unwrap();
        // Its handle would keep the pipe open.
        drop(run);
        wait_until("some are sent", || desk.posts() >= 50);
        let lines: Vec<Value> = BufReader::new(reader)
            .lines()
            .map(|line| line.unwrap().trim_start_matches('.').to_owned())
            // The summary is for people.
            .filter(|line| line.starts_with('{'))
            .map(|line| serde_json::from_str(&line).expect("a whole line"))
            .collect();
        let events = |name| lines.iter().filter(|line| line["event"] == name).count();
        assert_eq!((events("submitted"), events("batch_ended")), (300, 1));
        assert_eq!(lines.last().unwrap()["event"], "batch_ended");
        assert_eq!(code(child), Some(0));
    }

    #[test]
    fn a_run_on_a_terminal_that_nobody_reads_obeys_a_signal() {
        check_obeys(terminal(), "--progress bar");
    }

    #[test]
    fn a_run_with_a_full_pipe_behind_standard_error_obeys_a_signal() {
        check_obeys(pipe(), "--progress plain");
    }

    #[test]
    fn two_signals_leave_at_once_though_nobody_reads_the_terminal() {
        let (_other_end, full) = terminal();
        let desk = fleet(100, "--limit 20/1s --latency 3s");
        let words = "--progress bar --limit 20/1s";
        let child = run(&desk, words).stderr(full).spawn().unwrap();
        desk.wait_for("status --json", |status| status["counts"]["sending"] == 8);
        // Two kinds, since the system may make one of two of a kind.
        signal(&child, "-TERM");
        signal(&child, "-INT");
        assert_eq!(code(child), Some(130));
        assert_eq!(desk.status()["counts"]["sending"], 8, "it waited for its answers");
    }

    #[test]
    fn a_full_pipe_under_the_summary_does_not_keep_the_process_nor_change_its_code() {
        check_summary("", 0);
    }

    #[test]
    fn a_document_that_nobody_takes_is_not_done() {
        check_summary("--json", 1);
    }
}
