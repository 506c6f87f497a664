//! A run over many short-lived tokens, whose sign-in server fails now and then.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::server::{response, serve};

/// A sign-in server before that of a simulator: some of its answers are its own.
pub(super) struct SignIn {
    pub(super) url: String,
    asked: Arc<AtomicUsize>,
}

impl SignIn {
    /// `failing` gives the answer to a request by its number, from 0, where it fails.
    pub(super) fn before(
        url: &str,
        failing: impl Fn(usize) -> Option<Vec<u8>> + Send + Sync + 'static,
    ) -> Self {
        let to = url.strip_prefix("http://").expect("plain http").to_owned();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let url = serve(move |request| {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            failing(number).unwrap_or_else(|| passed_on(&to, request))
        });
        Self { url, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn passed_on(to: &str, request: &str) -> Vec<u8> {
    let mut far = TcpStream::connect(to).expect("the simulator listens");
    let request = request.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    far.write_all(request.as_bytes()).expect("asked");
    let mut answer = Vec::new();
    far.read_to_end(&mut answer).expect("answered");
    answer
}

/// A 503, a connection that is closed, and a secret that is refused for a moment.
fn failure(number: usize) -> Option<Vec<u8>> {
    let refused = r#"{"error":"invalid_client","error_description":"AADSTS7000215: not that secret",
        "error_codes":[7000215]}"#;
    match number {
        2 => Some(response(503, "Content-Type: text/html\r\n", "<html>Busy</html>")),
        5 => Some(Vec::new()),
        8 => Some(response(401, "Content-Type: application/json\r\n", refused)),
        _ => None,
    }
}

/// Not in the quick run: `--skip long::`.
mod long {
    use super::{SignIn, failure};
    use crate::support::desk::Desk;

    #[test]
    fn a_run_over_ten_renewals_of_which_three_fail_at_first_loses_nothing() {
        const MACHINES: usize = 330;
        let desk = Desk::with_fleet(MACHINES, "--token-lifetime 4s --limit 1000/1s");
        let sign_in = SignIn::before(desk.url(), failure);
        let said = desk.run(&format!(
            "run fleet.csv --comment x --yes --progress none --limit 10/1s --concurrency 4 \
             --poll-interval 500ms --events events.ndjson --authority-url {}",
            sign_in.url
        ));
        let said = said.ends_with(0);
        // The first token, ten renewals, and the three that failed.
        assert!(sign_in.asked() >= 14, "{} sign-ins: {said}", sign_in.asked());
        let truth = desk.truth();
        assert_eq!(truth.number("posts"), MACHINES as u64, "none was sent twice or refused");
        truth.check_never_twice(1);
        assert_eq!(desk.status()["counts"]["succeeded"], MACHINES);
        let events = desk.text("events.ndjson");
        let odd = [
            "\"event\":\"retrying\"",
            "\"event\":\"uncertain\"",
            "\"event\":\"rejected\"",
            "\"reason\":\"sign_in\"",
            "\"reason\":\"network\"",
        ];
        let is_odd = |line: &&str| odd.iter().any(|word| line.contains(word));
        assert_eq!(events.lines().find(is_odd), None);
    }
}
