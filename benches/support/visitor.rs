//! A dashboard of the program, and what visits it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Stdio;

use super::program::{Running, program};

/// A dashboard on what is in a folder.
pub(crate) struct Visited {
    _process: Running,
    host: String,
    home: String,
}

impl Visited {
    /// On a journal, or a folder of them, in this folder.
    pub(crate) fn start(folder: &Path, journal: &str) -> Self {
        let mut command = program(folder);
        let mut child = command
            .args(["serve", "--journal", journal])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut url = String::new();
        let output = child.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut url).expect("its address");
        let rest = url.trim().strip_prefix("http://").expect("an address");
        let (host, path) = rest.split_once('/').expect("a path");
        Self { _process: Running(child), host: host.to_owned(), home: format!("/{path}") }
    }

    fn request(&self, path: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.host).expect("it listens");
        let (host, home) = (&self.host, &self.home);
        let head = format!("GET {home}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        write!(stream, "{head}\r\n").expect("it reads");
        stream
    }

    /// The whole answer.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut text = String::new();
        self.request(path).read_to_string(&mut text).expect("an answer");
        assert!(text.starts_with("HTTP/1.1 200 "), "{path}: {}", &text[..text.len().min(200)]);
        text
    }

    /// A page that stays open and is read on a thread of its own, until the dashboard ends.
    pub(crate) fn open_page(&self) {
        self.get("");
        let mut stream = self.request("events?batch=1");
        std::thread::spawn(move || {
            let mut bytes = vec![0; 64 * 1024];
            while stream.read(&mut bytes).is_ok_and(|read| read > 0) {}
        });
    }
}
