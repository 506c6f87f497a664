//! What goes wrong, over a real socket: a client of raw bytes sees how each connection ends.

use std::time::{Duration, SystemTime};

use mde_offboard::domain::Timestamp;
use mde_offboard::simulator::{
    Fault, FaultPlan, Faults, Hint, Route, Rule, ShellOptions, SimulatedMachine, SimulatedTenant,
    When, Which,
};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::served::Served;

use super::setup::{bearer, id, unlimited};

/// After so long without a byte a connection is taken to stay open. Ordinary answers take a
/// hundredth of it.
const PATIENCE: Duration = Duration::from_secs(1);

/// How a connection came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// In order.
    Closed,
    /// By a reset.
    Reset,
    /// Not at all.
    Open,
}

use Ending::{Closed, Open, Reset};

/// What a client saw.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HttpOutcome {
    head: String,
    body: Vec<u8>,
    ending: Ending,
}

impl HttpOutcome {
    fn status(&self) -> Option<u16> {
        self.head.split(' ').nth(1)?.parse().ok()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.to_ascii_lowercase().starts_with(&format!("{name}:"));
        let line = self.head.lines().find(named)?;
        line.split_once(':').map(|(_, value)| value.trim())
    }

    fn length(&self) -> usize {
        self.header("content-length").and_then(|text| text.parse().ok()).expect("a length")
    }

    fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// A shell with a plan.
struct Shell {
    served: Served,
    bearer: String,
}

impl Shell {
    #[expect(clippy::disallowed_methods, reason = "the token is for the time of the shell")]
    async fn new(faults: FaultPlan) -> Self {
        let mut tenant = SimulatedTenant::new(unlimited());
        for number in 0..200 {
            tenant.add(SimulatedMachine::onboarded(id(number), "pc"));
        }
        let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let bearer = bearer(&mut tenant, Timestamp::from_micros(0).plus(since_1970));
        let shell = ShellOptions { faults, ..ShellOptions::default() };
        Self { served: Served::start(tenant, shell).await, bearer }
    }

    async fn always(route: Route, fault: Fault) -> Self {
        Self::new(FaultPlan::new(1, vec![Rule { route, which: Which::Always, fault }])).await
    }

    async fn connect(&self) -> TcpStream {
        let address = self.served.url.strip_prefix("http://").unwrap();
        TcpStream::connect(address).await.unwrap()
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> HttpOutcome {
        let mut socket = self.connect().await;
        let (bearer, length) = (&self.bearer, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: simulator\r\nConnection: close\r\n\
             Authorization: {bearer}\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let (bytes, ending) = read(&mut socket).await;
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|start| start + 4);
        let (head, body) = bytes.split_at(end.unwrap_or(bytes.len()));
        let head = String::from_utf8(head.to_vec()).unwrap();
        HttpOutcome { head, body: body.to_vec(), ending }
    }

    async fn offboard(&self, number: u32) -> HttpOutcome {
        let path = format!("/api/machines/{}/offboard", id(number));
        self.ask("POST", &path, r#"{"Comment":"Retired"}"#).await
    }

    fn effects(&self) -> usize {
        self.served.tenant.lock().unwrap().effects().len()
    }

    fn arrived(&self) -> usize {
        self.served.tenant.lock().unwrap().summary().posts
    }
}

/// Everything until the end, or until nothing came for the patience of a client.
async fn read(socket: &mut TcpStream) -> (Vec<u8>, Ending) {
    let mut bytes = Vec::new();
    let whole = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut bytes)).await;
    let ending = match whole {
        Ok(Ok(_)) => Closed,
        Ok(Err(_)) => Reset,
        Err(_) => Open,
    };
    (bytes, ending)
}

#[tokio::test]
async fn each_fault_ends_as_it_should_with_its_effect_or_without() {
    let rows = [
        (Fault::CutBody, Closed, Some(201), 1),
        (Fault::Silence(When::Before), Open, None, 0),
        (Fault::Silence(When::After), Open, None, 1),
        (Fault::Garbage, Closed, Some(201), 1),
        (Fault::Empty, Closed, Some(201), 1),
        (Fault::OtherMachine, Closed, Some(201), 1),
        (Fault::Huge, Closed, Some(201), 1),
        (Fault::Status(500, When::Before), Closed, Some(500), 0),
        (Fault::Status(503, When::After), Closed, Some(503), 1),
        (Fault::Proxy(200, When::Before), Closed, Some(200), 0),
        (Fault::Proxy(504, When::After), Closed, Some(504), 1),
        (Fault::Redirect, Closed, Some(307), 0),
        (Fault::TooMany(Hint::Seconds(7)), Closed, Some(429), 0),
    ];
    for (fault, ending, status, effects) in rows {
        let shell = Shell::always(Route::Offboard, fault).await;
        let seen = shell.offboard(0).await;
        assert_eq!((seen.ending, seen.status()), (ending, status), "{fault:?}: {}", seen.head);
        assert_eq!(shell.effects(), effects, "{fault:?}");
        assert_eq!(shell.arrived(), 1, "{fault:?}: the truth counts it either way");
        if status.is_some() {
            assert!(seen.header("date").is_some(), "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_reset_gives_no_answer_and_has_its_effect_or_not() {
    for (when, effects) in [(When::Before, 0), (When::After, 1)] {
        let shell = Shell::always(Route::Offboard, Fault::Reset(when)).await;
        let seen = shell.offboard(0).await;
        assert_eq!((seen.status(), shell.effects(), shell.arrived()), (None, effects, 1));
    }
}

#[tokio::test]
#[cfg_attr(windows, ignore = "Wine shuts a socket down before it closes it, so none is reset")]
async fn a_reset_connection_has_no_orderly_end() {
    for fault in [Fault::Reset(When::Before), Fault::Reset(When::After), Fault::Late] {
        let seen = Shell::always(Route::Offboard, fault).await.offboard(0).await;
        assert_eq!(seen.ending, Reset, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_has_its_whole_head_and_half_its_body() {
    let seen = Shell::always(Route::Offboard, Fault::CutBody).await.offboard(0).await;
    assert_eq!(seen.body.len(), seen.length() / 2, "{}", seen.head);
    assert!(seen.body.starts_with(b"{"));
}

#[tokio::test]
async fn an_answer_that_drips_comes_byte_by_byte_after_its_effect() {
    let shell = Shell::always(Route::Offboard, Fault::Drip).await;
    let seen = shell.offboard(0).await;
    assert_eq!((seen.ending, shell.effects()), (Open, 1));
    assert!((1..40).contains(&seen.head.len()), "{}", seen.head);
}

#[tokio::test]
async fn a_late_effect_comes_after_the_reset_and_within_its_bound() {
    const LATE: Duration = Duration::from_millis(1_500);
    let rule = Rule { route: Route::Offboard, which: Which::Always, fault: Fault::Late };
    let mut plan = FaultPlan::new(1, vec![rule]);
    plan.late_max = LATE;
    let shell = Shell::new(plan).await;
    let started = tokio::time::Instant::now();
    for number in 0..20 {
        assert_eq!(shell.offboard(number).await.status(), None);
    }
    assert!(shell.effects() < 20, "not all at once");
    let all = async {
        while shell.effects() < 20 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE + LATE, all).await.expect("they come");
    assert!(started.elapsed() >= LATE / 2, "they are spread");
    let summary = shell.served.tenant.lock().unwrap().summary();
    assert_eq!((summary.posts, summary.posts_after_effect), (20, 0), "each counts once");
}

#[tokio::test]
async fn a_body_that_is_wrong_is_wrong_in_its_own_way() {
    let body_of = async |fault| Shell::always(Route::Offboard, fault).await.offboard(0).await;
    let garbage = body_of(Fault::Garbage).await;
    assert_eq!((garbage.json(), garbage.body.len()), (None, garbage.length()));
    assert_eq!(body_of(Fault::Empty).await.length(), 0);
    let other = body_of(Fault::OtherMachine).await.json().unwrap();
    assert_eq!(other["machineId"], "ee".repeat(20));
    assert!(body_of(Fault::Huge).await.body.len() > 2 << 20);
    let busy = body_of(Fault::TooMany(Hint::Seconds(7))).await;
    assert_eq!(busy.header("retry-after"), Some("7"));
    let redirect = body_of(Fault::Redirect).await;
    assert_eq!(redirect.header("location"), Some("http://127.0.0.1:9/api/elsewhere"));
}

#[tokio::test]
async fn a_rule_meets_its_route_and_its_machine_alone() {
    let fault = Fault::Status(500, When::Before);
    let which = Which::Machine(id(1));
    let shell =
        Shell::new(FaultPlan::new(1, vec![Rule { route: Route::Offboard, which, fault }])).await;
    assert_eq!(shell.offboard(0).await.status(), Some(201));
    assert_eq!(shell.offboard(1).await.status(), Some(500));
    assert_eq!(shell.ask("GET", "/api/machineactions", "").await.status(), Some(200));
    let path = format!("/api/machines/{}", id(1));
    assert_eq!(shell.ask("GET", &path, "").await.status(), Some(200));
}

#[tokio::test]
async fn the_truth_is_told_whatever_goes_wrong_with_the_rest() {
    let routes = [Route::Offboard, Route::Actions, Route::Cancel, Route::Machines];
    let rule = |route| Rule { route, which: Which::Always, fault: Fault::Reset(When::After) };
    let shell = Shell::new(FaultPlan::new(1, routes.map(rule).to_vec())).await;
    shell.offboard(3).await;
    let faulty = [
        ("GET", "/api/machineactions"),
        ("POST", "/api/machineactions/x/cancel"),
        ("GET", "/api/machines"),
    ];
    for (method, path) in faulty {
        assert_eq!(shell.ask(method, path, "").await.status(), None, "{path}");
    }
    let log = shell.ask("GET", "/simulator/log", "").await;
    assert_eq!(log.json().unwrap()["effects_total"], 1);
    let made = shell.ask("GET", "/simulator/actions", "").await.json().unwrap();
    assert_eq!(made[0]["machine"], id(3).to_string());
}

#[tokio::test]
async fn the_same_seed_twice_is_the_same_bad_day() {
    let endings = async |seed| {
        let mut plan = FaultPlan::named(Faults::Hostile, seed);
        // These cost a client's patience each.
        plan.rules.retain(|rule| !matches!(rule.fault, Fault::Silence(_) | Fault::Drip));
        let shell = Shell::new(plan).await;
        let mut endings = Vec::new();
        for number in 0..200 {
            let seen = shell.offboard(number).await;
            endings.push((seen.ending, seen.status(), seen.body.len()));
        }
        endings
    };
    let first = endings(7).await;
    assert_eq!(endings(7).await, first);
    assert_ne!(endings(8).await, first);
    let ordinary =
        first.iter().filter(|(ending, status, _)| (*ending, *status) == (Closed, Some(201)));
    assert!((120..195).contains(&ordinary.count()), "{first:?}");
}

#[tokio::test]
async fn a_silent_answer_does_not_keep_the_server_from_ending() {
    let shell = Shell::always(Route::Offboard, Fault::Silence(When::Before)).await;
    let mut socket = shell.connect().await;
    let path = format!("/api/machines/{}/offboard", id(0));
    let request = format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let arrived = async {
        while shell.arrived() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(10 * PATIENCE, arrived).await.expect("it arrives");
    let ended = tokio::time::timeout(10 * PATIENCE, shell.served.end()).await;
    ended.expect("in a moment");
}
