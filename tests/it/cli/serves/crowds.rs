//! Many who come at once: pages of one person, and strangers who know the port.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tokio::time::Instant;

use super::visit::Dashboard;
use crate::support::desk::Desk;

/// Connections that are answered at a time.
const PLACES: usize = 64;

/// How long a connection stays open over which nobody has shown the token.
const STRANGER: Duration = Duration::from_secs(10);

/// A connection that a browser keeps for the next request.
struct Kept<'d> {
    dashboard: &'d Dashboard,
    stream: TcpStream,
}

impl<'d> Kept<'d> {
    fn new(dashboard: &'d Dashboard) -> Self {
        Self { dashboard, stream: dashboard.connect() }
    }

    fn asks(&mut self) {
        let Dashboard { home, host, .. } = self.dashboard;
        let request = format!("HEAD {home}style.css HTTP/1.1\r\nHost: {host}\r\n\r\n");
        self.stream.write_all(request.as_bytes()).unwrap();
    }

    /// Reads the head of an answer, which has no body.
    #[track_caller]
    fn is_answered(&mut self) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        let head = String::from_utf8(head).unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    }

    /// Whether nothing has arrived by now.
    fn is_silent(&self) -> bool {
        self.stream.set_nonblocking(true).unwrap();
        let peeked = self.stream.peek(&mut [0]);
        self.stream.set_nonblocking(false).unwrap();
        peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }
}

#[test]
fn the_one_after_64_is_answered_when_one_of_them_ends() {
    let dashboard = Dashboard::start(&Desk::new(), "--journal none.db");
    // Each shows the token at once, so that none of them leaves as a stranger.
    let page = |_| {
        let mut page = Kept::new(&dashboard);
        page.asks();
        page.is_answered();
        page
    };
    let mut pages: Vec<Kept<'_>> = (0..PLACES).map(page).collect();
    let mut late = Kept::new(&dashboard);
    late.asks();
    // Who came first is answered, and again: nobody can say that the server had no time.
    for _ in 0..3 {
        for page in &mut pages {
            page.asks();
            page.is_answered();
        }
    }
    assert!(late.is_silent(), "it is one too many");
    drop(pages.swap_remove(7));
    late.is_answered();
}

#[test]
fn strangers_leave_their_places_after_ten_seconds_and_who_showed_the_token_stays() {
    let dashboard = Dashboard::start(&Desk::new(), "--journal none.db");
    let mut page = Kept::new(&dashboard);
    page.asks();
    page.is_answered();
    let began = Instant::now();
    let mut strangers: Vec<TcpStream> = (1..PLACES).map(|_| dashboard.connect()).collect();
    for stranger in strangers.iter_mut().step_by(2) {
        // Half a request is no token either.
        stranger.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap();
    }
    assert_eq!(dashboard.get("").status, 200);
    let waited = began.elapsed();
    assert!(waited + Duration::from_secs(1) > STRANGER, "{waited:?}");
    for stranger in &mut strangers {
        // An end, or a reset where what was sent had not been read.
        let ended = stranger.read(&mut [0]);
        assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    }
    page.asks();
    page.is_answered();
}
