//! A simulator for Defender in a process of its own, and what it saw by its own count.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;

use mde_offboard::domain::LimitGroup;
use serde_json::Value;

use super::program::{Running, started};

/// A simulator; it ends with the value.
pub(crate) struct Simulator {
    _process: Running,
    pub(crate) url: String,
}

impl Simulator {
    /// Starts it, and waits until it says where it is.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = started(command.stderr(std::process::Stdio::null()));
        let mut url = String::new();
        let output = child.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut url).expect("it says where it is");
        assert!(!url.is_empty(), "the simulator did not start; is an option wrong?");
        Self { _process: Running(child), url: url.trim().to_owned() }
    }
}

/// What the simulator saw.
pub(crate) struct Truth(Value);

impl Truth {
    pub(crate) fn of(url: &str) -> Self {
        Self(get(url, "/simulator/log"))
    }

    pub(crate) fn number(&self, name: &str) -> u64 {
        self.0[name].as_u64().unwrap_or_else(|| panic!("`{name}` in {}", self.0))
    }

    /// No window of the POSTs was ever exceeded.
    pub(crate) fn check_windows(&self) {
        self.check_windows_of(LimitGroup::Posts.word());
    }

    /// No window of a group was.
    pub(crate) fn check_windows_of(&self, group: &str) {
        let of_group = self.windows(group);
        assert!(!of_group.is_empty(), "{}", self.0);
        for window in of_group {
            assert!(window["most"].as_u64() <= window["limit"].as_u64(), "{window}");
        }
    }

    /// The most reads that one window ever held.
    pub(crate) fn number_of_reads(&self) -> u64 {
        let most = |window: &&Value| window["most"].as_u64();
        self.windows(LimitGroup::Reads.word()).iter().filter_map(most).max().unwrap_or(0)
    }

    fn windows(&self, group: &str) -> Vec<&Value> {
        let windows = self.0["fullest"].as_array().expect("windows");
        windows.iter().filter(|window| window["group"] == group).collect()
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

/// The actions that a simulator made: the ID of each, and its machine's.
pub(crate) fn made(url: &str) -> Vec<(String, String)> {
    let made = get(url, "/simulator/actions");
    let text = |row: &Value, name: &str| row[name].as_str().expect("a text").to_owned();
    let rows = made.as_array().expect("a list").iter();
    rows.map(|row| (text(row, "action"), text(row, "machine"))).collect()
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
