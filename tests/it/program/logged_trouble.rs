//! What `-v` writes where something does not work at once: retries, pauses, doubts, proxies, and
//! sign-ins that are renewed. Each log is searched for the secrets.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::authority::{Authority, YEARS};
use crate::support::canary;
use crate::support::connect_proxy::{ConnectProxy, Tunnels};
use crate::support::desk::Desk;
use crate::support::machines::list;
use crate::support::server::response;
use crate::support::tls_end::TlsEnd;

use super::renewals::SignIn;
use super::scripted::{Reply, machine_of, offboard_action, scripted};

const RUN: &str = "run fleet.csv --comment x --yes --progress none --settle 1s --concurrency 1 \
                   --poll-interval 200ms --track-timeout 2s -v --log-file run.log";

/// A run whose first POST is answered with this, and each other one with an action. What the first
/// one did is listed.
fn after(first: Reply) -> String {
    let posts = AtomicUsize::new(0);
    let is_done = first.0 == 0;
    let desk = scripted(2, move |line| match machine_of(line) {
        Some(machine) if line.starts_with("POST") => {
            if posts.fetch_add(1, Ordering::SeqCst) == 0 {
                return first.clone();
            }
            let number = u32::from_str_radix(&machine[32..], 16).unwrap();
            Reply::json(201, offboard_action(number, "Pending"))
        }
        _ if is_done && posts.load(Ordering::SeqCst) > 0 => {
            Reply::json(200, format!(r#"{{"value":[{}]}}"#, offboard_action(1, "Pending")))
        }
        _ => Reply::json(200, r#"{"value":[]}"#),
    });
    desk.run(RUN);
    desk.text("run.log")
}

fn tried_again() -> String {
    after(Reply::error(404, "ResourceNotFound", "Not here"))
}

fn paused() -> String {
    let Reply(status, _, body) = Reply::error(429, "TooManyRequests", "Wait");
    after(Reply(status, "Content-Type: application/json\r\nRetry-After: 1\r\n", body))
}

fn in_doubt() -> String {
    after(Reply(0, "", String::new()))
}

/// The second sign-in fails once.
fn signed_in_again() -> String {
    let desk = Desk::with_fleet(60, "--token-lifetime 4s --limit 1000/1s");
    let busy = response(503, "Content-Type: text/html\r\n", "<html>Busy</html>");
    let sign_in = SignIn::before(desk.url(), move |number| (number == 1).then(|| busy.clone()));
    let url = &sign_in.url;
    desk.run(&format!("{RUN} --limit 10/1s --authority-url {url}")).ends_with(0);
    desk.text("run.log")
}

const HOST: &str = "defender.example";
const PASSWORD: &str = "hunter2-Zq8kW-vR3mXt91L";

fn through(desk: &Desk, proxy: &ConnectProxy, more: &str) -> String {
    let to = format!("--api-url https://{HOST} --authority-url https://{HOST}");
    let proxy = format!("--proxy http://user:{PASSWORD}@{}", proxy.place);
    desk.run(&format!("plan fleet.csv --comment x {to} {proxy} -v --log-file run.log {more}"));
    let log = desk.text("run.log");
    assert!(!log.contains(PASSWORD), "{log}");
    log
}

fn through_a_proxy() -> String {
    let desk = Desk::holding(&list(3), "--speed 600");
    let authority = Authority::new("Contoso Root");
    desk.file("ca.pem", authority.pem());
    let end = TlsEnd::before(desk.url(), &authority.certify(HOST, YEARS));
    let proxy = ConnectProxy::start(Tunnels::LeadTo(end.place()));
    through(&desk, &proxy, "--ca-file ca.pem").replace(&proxy.place, "PROXY")
}

fn refused_by_a_proxy() -> String {
    let answer = "HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n";
    let proxy = ConnectProxy::start(Tunnels::Answer(answer.into()));
    through(&Desk::holding(&list(3), ""), &proxy, "").replace(&proxy.place, "PROXY")
}

/// Lines in this order, each with all of its parts.
type Lines = &'static [&'static [&'static str]];
/// What does not work, the log of it, and what has to be there.
type Seam = (&'static str, fn() -> String, Lines);

const SEAMS: [Seam; 6] = [
    (
        "a machine is tried again",
        tried_again,
        &[
            &["DEBUG mde_offboard::http: POST /api/machines/", "/offboard status=404", "ms="],
            &["DEBUG mde_offboard::run: retrying", "not_before=20", "http_status=404", "Not here"],
            &["DEBUG mde_offboard::run: submitted", "machine_id="],
        ],
    ),
    (
        "Defender asks for a pause",
        paused,
        &[
            &["DEBUG mde_offboard::http: POST /api/machines/", "/offboard status=429"],
            &["INFO  mde_offboard::run: rate_limited", "until=20", "http_status=429"],
            &["DEBUG mde_offboard::run: waiting", "reason=retry_after", "until=20"],
        ],
    ),
    (
        "a request has no answer",
        in_doubt,
        &[
            &["WARN  mde_offboard::http: POST /api/machines/", "/offboard was not answered", "ms="],
            &["INFO  mde_offboard::run: uncertain", "look_at=20"],
            &["DEBUG mde_offboard::run: waiting", "reason=settle", "until=20"],
            &["DEBUG mde_offboard::http: GET /api/machineactions?", "status=200"],
            &["DEBUG mde_offboard::run: reconciled", "action_id=00000001-"],
        ],
    ),
    (
        "a sign-in is renewed, and fails once",
        signed_in_again,
        &[
            &["INFO  mde_offboard::sign_in: signed in", "credential=client-secret", "ends_at=20"],
            &["DEBUG mde_offboard::http: POST /", "/oauth2/v2.0/token status=503"],
            &["WARN  mde_offboard::sign_in: not signed in", "credential=client-secret", "error="],
            &["INFO  mde_offboard::sign_in: signed in", "ends_at=20"],
        ],
    ),
    (
        "requests go through a proxy",
        through_a_proxy,
        &[
            &["mde_offboard::http: POST /", "/token status=200", "host=defender.example", "PROXY"],
            &["mde_offboard::http: GET /api/machines?", "status=200", "proxy=", "PROXY"],
        ],
    ),
    (
        "a proxy opens no tunnel",
        refused_by_a_proxy,
        &[
            &["WARN  mde_offboard::http: POST /", "/token was not answered", "proxy=", "PROXY"],
            &["WARN  mde_offboard::sign_in: not signed in", "error="],
            &["ERROR mde_offboard::program: ", "exit_code=6"],
        ],
    ),
];

#[track_caller]
fn check_lines(what: &str, log: &str, expected: Lines) {
    canary::check(what, log.as_bytes());
    let mut lines = log.lines();
    for parts in expected {
        let found = lines.any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(found, "{what}: no line after the ones before it has {parts:?}:\n{log}");
    }
}

#[test]
fn what_does_not_work_at_once_has_its_lines_in_order_and_no_secret() {
    std::thread::scope(|scope| {
        for (what, make, expected) in SEAMS {
            scope.spawn(move || check_lines(what, &make(), expected));
        }
    });
}
