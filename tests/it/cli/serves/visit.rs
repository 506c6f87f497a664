//! A dashboard of the built program, and a visitor that writes its own requests.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::support::desk::Desk;
use crate::support::program::Running;

/// Longest that an answer is waited for.
const PATIENCE: Duration = Duration::from_mins(2);

pub(super) struct Dashboard {
    pub(super) process: Running,
    /// As the program wrote it.
    pub(super) url: String,
    /// `127.0.0.1:PORT`.
    pub(super) host: String,
    /// With a slash on either side.
    pub(super) home: String,
}

/// An answer to a request.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Lines of the head after the first, names in small letters.
    pub(super) head: Vec<(String, String)>,
    pub(super) body: String,
}

impl Dashboard {
    /// Starts `serve` with these options.
    #[track_caller]
    pub(super) fn start(desk: &Desk, options: &str) -> Self {
        Self::of(desk.start_on_console(&format!("serve {options}")))
    }

    /// Of a process that was just started.
    #[track_caller]
    pub(super) fn of(mut child: Child) -> Self {
        let mut url = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut url).unwrap();
        if url.starts_with('{') {
            let document: Value = serde_json::from_str(&url).unwrap();
            document["url"].as_str().unwrap().clone_into(&mut url);
        }
        let url = url.trim().to_owned();
        let rest = url.strip_prefix("http://").unwrap_or_else(|| panic!("no address: {url}"));
        let (host, path) = rest.split_once('/').unwrap();
        let (host, home) = (host.to_owned(), format!("/{path}"));
        Self { process: Running(child), url, host, home }
    }

    /// Sends a request as it is, and reads the answer to the end of the connection.
    #[track_caller]
    pub(super) fn send(&self, request: &str) -> Answer {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        Answer::read(&String::from_utf8(bytes).unwrap())
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// A request with these lines in its head.
    #[track_caller]
    pub(super) fn ask(&self, method: &str, path: &str, head: &[(&str, &str)]) -> Answer {
        self.send(&self.request(method, path, head))
    }

    fn request(&self, method: &str, path: &str, head: &[(&str, &str)]) -> String {
        let mut request = format!("{method} {path} HTTP/1.1\r\n");
        if !head.iter().any(|(name, _)| *name == "Host") {
            write!(request, "Host: {}\r\n", self.host).unwrap();
        }
        for (name, value) in head {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        request + "Connection: close\r\n\r\n"
    }

    /// A page below the token, as a browser asks for it.
    #[track_caller]
    pub(super) fn get(&self, path: &str) -> Answer {
        self.ask("GET", &format!("{}{path}", self.home), &[])
    }

    /// The text of a page that is there.
    #[track_caller]
    pub(super) fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.body
    }

    /// Listens to what a page is told.
    pub(super) fn events(&self, path: &str, head: &[(&str, &str)]) -> Events {
        let mut stream = self.connect();
        let request = self.request("GET", &format!("{}{path}", self.home), head);
        stream.write_all(request.as_bytes()).unwrap();
        Events { lines: BufReader::new(stream).lines(), seen: Vec::new() }
    }
}

impl Answer {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status = status.and_then(|status| status.parse().ok());
        let pair = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Self {
            status: status.unwrap_or_else(|| panic!("no answer: {text:?}")),
            head: lines.map(pair).collect(),
            body: body.to_owned(),
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.head.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// An event of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) data: String,
    pub(super) id: Option<String>,
}

impl Event {
    /// What is put into which section.
    pub(super) fn section(&self) -> Option<(String, String)> {
        let document: Value = serde_json::from_str(&self.data).ok()?;
        let text = |name| document[name].as_str().map(str::to_owned);
        text("id").zip(text("html")).filter(|_| self.name == "section")
    }
}

/// The events that a page gets.
pub(super) struct Events {
    lines: Lines<BufReader<TcpStream>>,
    pub(super) seen: Vec<Event>,
}

impl Iterator for Events {
    type Item = Event;

    /// The next one; lines of the head and of the chunks are passed over.
    fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        for line in self.lines.by_ref() {
            let Ok(line) = line else { return None };
            if let Some(name) = line.strip_prefix("event: ") {
                name.clone_into(&mut event.name);
            } else if let Some(data) = line.strip_prefix("data: ") {
                data.clone_into(&mut event.data);
            } else if let Some(id) = line.strip_prefix("id: ") {
                event.id = Some(id.to_owned());
            } else if line.is_empty() && !event.name.is_empty() {
                self.seen.push(event.clone());
                return Some(event);
            }
        }
        None
    }
}

impl Events {
    /// Reads on to an event that `fits`. A page with the time on it is told something each second,
    /// so a stream that goes on is no sign that it comes.
    #[track_caller]
    pub(super) fn comes_to(&mut self, what: &str, fits: impl Fn(&Event) -> bool) -> Event {
        let latest = Instant::now() + PATIENCE;
        for event in self.by_ref().take_while(|_| Instant::now() < latest) {
            if fits(&event) {
                return event;
            }
        }
        panic!("never {what}: {:#?}", self.seen)
    }

    /// Reads on to a section with these words in it.
    #[track_caller]
    pub(super) fn comes_to_words(&mut self, words: &str) -> Event {
        self.comes_to(words, |event| event.section().is_some_and(|(_, html)| html.contains(words)))
    }

    /// Returns once the other end has closed the stream.
    pub(super) fn until_closed(self) {
        self.for_each(drop);
    }
}
