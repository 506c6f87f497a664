//! A program that is asked for a secret ends with all that it started, however this one ends.
//!
//! It is a script here that runs a simulator, so that a connection tells whether that lives.

use std::net::TcpStream;
use std::process::Child;

use assert_cmd::cargo::cargo_bin;

use crate::support::desk::Desk;
use crate::support::machines::list;
#[cfg(windows)]
use crate::support::program::kill;
use crate::support::program::{Said, alone_on_its_console, signal};
use crate::support::waiting::{holds_soon, wait_until};

/// A desk whose profile asks this script for its secret.
fn desk(lines: &str) -> Desk {
    let desk = Desk::holding(&list(3), "");
    let program = cargo_bin!("mde-offboard").display().to_string();
    // It prints a secret there.
    let nowhere = if cfg!(windows) { "nul" } else { "/dev/null" };
    let lines =
        lines.replace("SIMULATOR", &format!("\"{program}\" simulator > started 2>{nowhere}"));
    let command = if cfg!(windows) {
        desk.file("script.cmd", format!("@echo off\r\n{lines}\r\n"));
        "'cmd', '/d', '/c', 'script.cmd'"
    } else {
        desk.file("script", format!("{lines}\n"));
        "'sh', 'script'"
    };
    desk.file("settings.toml", format!("[profile.contoso]\nsecret_command = [{command}]\n"));
    desk
}

/// A plan with this time for the script, once the simulator that it started listens.
fn start(desk: &Desk, limit: &str) -> Child {
    let words = format!(
        "plan fleet.csv --comment x --timeout {limit} --offline-timeout 10ms --profile contoso \
         --config settings.toml"
    );
    let mut command = desk.command(&words);
    alone_on_its_console(command.env_remove("AZURE_CLIENT_SECRET"));
    let process = command.spawn().unwrap();
    wait_until("the script has started a simulator", || address(desk).is_some());
    process
}

fn address(desk: &Desk) -> Option<String> {
    let url = std::fs::read_to_string(desk.path("started")).ok()?;
    Some(url.strip_suffix('\n')?.trim_end().strip_prefix("http://")?.to_owned())
}

#[track_caller]
fn check_ended(desk: &Desk) {
    let address = address(desk).unwrap();
    let has_ended = holds_soon(|| TcpStream::connect(&address).is_err());
    assert!(has_ended, "what the script started lives on, at {address}");
}

/// Long enough for the script to start the simulator.
const SOON: &str = if cfg!(windows) { "10s" } else { "3s" };

#[test]
fn after_its_time_it_ends_with_all_that_it_started() {
    let desk = desk("SIMULATOR\necho secret");
    let process = start(&desk, SOON);
    Said::by(process).ends_with(6).says(&format!("did not end within {SOON}"));
    check_ended(&desk);
}

#[test]
fn ctrl_c_ends_it_with_all_that_it_started() {
    let desk = desk("SIMULATOR\necho secret");
    let process = start(&desk, "4m");
    signal(&process, "-INT");
    Said::by(process).ends_with(7);
    check_ended(&desk);
}

/// Elsewhere the system ties nobody's life to ours.
#[cfg(windows)]
#[test]
fn a_crash_ends_it_with_all_that_it_started() {
    let desk = desk("SIMULATOR\necho secret");
    let mut process = start(&desk, "4m");
    kill(&mut process);
    check_ended(&desk);
}
