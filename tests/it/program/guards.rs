//! Guards of a running batch, over real sockets: what they stop, what they say, and that a process
//! that is killed does not forget them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mde_offboard::domain::Timestamp;
use mde_offboard::engine::Clock;

use crate::support::desk::Desk;
use crate::support::program::{Complete, Running, Said, kill, signal};
use crate::support::waiting::wait_until;

use super::scripted::{Gate, Reply, machine_of, scripted};

pub(super) const RUN: &str = "run fleet.csv --comment Retired --yes --progress none";
pub(super) const QUICK: &str =
    "--poll-interval 100ms --track-timeout 1s --settle 1s --limit 1000/1s";

/// What becomes of the machine with this number, in its last digits.
pub(super) type Fate = fn(u32) -> &'static str;

/// A Defender whose actions have the status that a test says.
#[derive(Clone)]
pub(super) struct Tenant {
    posted: Arc<Mutex<BTreeMap<String, u32>>>,
    fate: Arc<Mutex<Fate>>,
    /// The machines whose POSTs are answered only when the gate is open.
    slow: Option<(&'static [u32], Gate)>,
}

impl Tenant {
    pub(super) fn new(fate: Fate) -> Self {
        Self { posted: Arc::default(), fate: Arc::new(Mutex::new(fate)), slow: None }
    }

    pub(super) fn becomes(&self, fate: Fate) {
        *self.fate.lock().unwrap() = fate;
    }

    pub(super) fn posts(&self) -> u32 {
        self.posted.lock().unwrap().values().sum()
    }

    fn action(&self, machine: &str) -> String {
        let number = u32::from_str_radix(&machine[32..], 16).unwrap();
        let status = (*self.fate.lock().unwrap())(number);
        format!(
            r#"{{"id":"{}-0000-4000-8000-000000000001","type":"Offboard","status":"{status}",
            "machineId":"{machine}","creationDateTimeUtc":"{}"}}"#,
            &machine[32..],
            now()
        )
    }

    fn answer(&self, line: &str) -> Reply {
        if !line.starts_with("POST") {
            let posted = self.posted.lock().unwrap().clone();
            let mut rows = String::new();
            let wanted = machine_of(line);
            for machine in posted.keys() {
                let is_asked_for = wanted.as_ref().is_none_or(|wanted| wanted == machine);
                if is_asked_for && !self.action(machine).contains("REFUSED") {
                    let comma = if rows.is_empty() { "" } else { "," };
                    write!(rows, "{comma}{}", self.action(machine)).unwrap();
                }
            }
            return Reply::json(200, format!(r#"{{"value":[{rows}]}}"#));
        }
        let machine = machine_of(line).expect("a machine");
        *self.posted.lock().unwrap().entry(machine.clone()).or_default() += 1;
        let number = u32::from_str_radix(&machine[32..], 16).unwrap();
        if let Some((slow, gate)) = &self.slow
            && slow.contains(&number)
        {
            wait_until("the gate is open", || gate.is_open());
        }
        let action = self.action(&machine);
        if action.contains("REFUSED") {
            return Reply::error(400, "OsPlatformNotSupported", "not this one");
        }
        Reply::json(201, action)
    }

    pub(super) fn desk(&self, machines: u32) -> Desk {
        let tenant = self.clone();
        scripted(machines, move |line| tenant.answer(line))
    }
}

fn now() -> Timestamp {
    Clock::new().now().wall
}

fn in_seconds(seconds: u64) -> String {
    let at = now().plus(Duration::from_secs(seconds)).as_micros() / 1_000_000;
    Timestamp::from_micros(at * 1_000_000).to_string()
}

fn pending(_: u32) -> &'static str {
    "Pending"
}

pub(super) fn succeeded(_: u32) -> &'static str {
    "Succeeded"
}

pub(super) fn second_fails(number: u32) -> &'static str {
    if number == 2 { "Failed" } else { "Succeeded" }
}

/// One in four is refused.
pub(super) fn some_refused(number: u32) -> &'static str {
    if number.is_multiple_of(4) { "REFUSED" } else { "Succeeded" }
}

#[test]
fn killed_in_a_canary_the_batch_still_waits_for_it() {
    let tenant = Tenant::new(pending);
    let desk = tenant.desk(9);
    let mut run = desk.start_quietly(&format!("{RUN} {QUICK} --canary 2 --canary-wait 10m"));
    let waits = |status: &serde_json::Value| status["waiting"]["reason"] == "canary";
    let status = desk.wait_for("status --json", waits);
    assert_eq!(status["waiting"]["canary"]["machines"], 2);
    assert_eq!(status["waiting"]["canary"]["succeeded"], 0);
    let words = "waiting: 0 of 2 canary machines succeeded; waiting for 2 until";
    desk.run("status").ends_with(0).says(words);
    kill(&mut run);
    let again = desk.start("resume 1 --progress none");
    desk.wait_for("status --json", |status| status["running"] == true && waits(status));
    assert_eq!(tenant.posts(), 2, "nobody else was sent");
    tenant.becomes(succeeded);
    Said::by(again).ends_with(0);
    assert_eq!(tenant.posts(), 9);
}

#[test]
fn a_canary_that_fails_ends_the_run_and_a_person_may_go_on() {
    let tenant = Tenant::new(second_fails);
    let desk = tenant.desk(9);
    let events = "--events events.ndjson";
    desk.run(&format!("{RUN} {QUICK} {events} --canary 3")).ends_with(7).says_all(&[
        "error: the canary did not pass: of 3, 2 succeeded, 1 failed",
        "; 6 not sent",
        "report 1 --only failed; then `mde-offboard resume 1` (asks first), or",
    ]);
    assert_eq!(tenant.posts(), 3);
    let tripped = desk.text("events.ndjson");
    let tripped = tripped.lines().find(|line| line.contains("guard_tripped")).expect("told");
    assert!(tripped.contains(r#""guard":"canary""#), "{tripped}");
    desk.run("status").says("the canary did not pass: of 3, 2 succeeded, 1 failed");
    let why = desk.status()["why_ended"].as_str().expect("a reason").to_owned();
    assert!(why.starts_with("the canary did not pass"), "{why}");
    desk.run(RUN).ends_with(7).says("a guard stopped batch 1").says("the canary did not pass");
    desk.run("resume 1").ends_with(7).says("nothing was sent");
    assert_eq!(tenant.posts(), 3, "nobody said yes");
    desk.run("resume 1 --yes --progress none").ends_with(4);
    assert_eq!(tenant.posts(), 9);
}

#[test]
fn a_canary_that_is_undecided_names_the_machines_to_look_at() {
    let tenant = Tenant::new(pending);
    let desk = tenant.desk(5);
    desk.run(&format!("{RUN} {QUICK} --canary 2 --canary-wait 2s")).ends_with(7).says_all(&[
        "the canary did not pass: of 2, 0 succeeded, 2 are pending after 2s (",
        "0000000001, ",
        "report 1 --only pending; then",
    ]);
    assert_eq!(tenant.posts(), 2);
}

/// Killed with a guard tripped, and a request still in flight.
#[test]
fn killed_at_a_tripped_guard_it_stays_tripped_until_a_person_goes_on() {
    let gate = Gate::default();
    gate.close();
    let tenant = Tenant { slow: Some((&[3, 20], gate.clone())), ..Tenant::new(some_refused) };
    let desk = tenant.desk(40);
    let limits = "--max-failures 0 --concurrency 2";
    let mut run = desk.start_quietly(&format!("{RUN} {QUICK} {limits}"));
    let words = "more than --max-failures 0";
    let status = desk.wait_for("status --json", |status| !status["why_ended"].is_null());
    assert_eq!(status["running"], true, "one request has no answer yet");
    desk.run("status").says(words);
    kill(&mut run);
    let posts = tenant.posts();
    assert!(posts <= 5, "the 4th one is refused: {posts}");
    let status = desk.run("status --json").ends_with(0).json();
    assert_eq!(status["running"], false);
    let why = status["why_ended"].as_str().expect("a reason");
    assert!(why.contains(words), "{why}");
    desk.run("resume 1").ends_with(7).says("a guard stopped batch 1");
    desk.run(RUN).ends_with(7).says("a guard stopped batch 1");
    assert_eq!(tenant.posts(), posts, "nothing is sent");

    // A person says yes, and the process is killed while it goes on: nobody is asked again.
    tenant.becomes(succeeded);
    let mut resumed = Running(desk.start_quietly("resume 1 --yes --progress none"));
    wait_until("it goes on", || tenant.posts() >= posts + 10);
    kill(&mut resumed.0);
    gate.open();
    // This server gives no marker back, so what was in flight may be left to a person (5).
    let said = desk.run("resume 1 --progress none").never_says("nothing was sent");
    assert!(matches!(said.code, Some(4 | 5)), "{said}");
    assert_eq!(desk.status()["counts"]["queued"], 0);
}

#[test]
fn at_most_as_many_as_may_be_in_flight_are_sent_after_the_last_failure() {
    for concurrency in [1, 4] {
        let tenant = Tenant::new(some_refused);
        let desk = tenant.desk(60);
        let said = desk.run(&format!("{RUN} {QUICK} --max-failures 2 --concurrency {concurrency}"));
        said.ends_with(7).says_all(&[
            "machines were rejected or failed",
            "more than --max-failures 2",
            "report 1 --only rejected; then",
        ]);
        // The third refusal is the 12th request.
        let posts = tenant.posts();
        assert!((12..=12 + 2 * concurrency).contains(&posts), "{posts} of {concurrency} at a time");
    }
}

/// An hour that is at least an hour away, by UTC.
pub(super) fn later_today() -> String {
    let hour = now().as_micros() / 3_600_000_000 % 24;
    format!("{:02}:00-{:02}:00", (hour + 2) % 24, (hour + 3) % 24)
}

#[test]
fn outside_its_hours_a_batch_waits_and_remembers_them() {
    let tenant = Tenant::new(succeeded);
    let desk = tenant.desk(3);
    let hours = later_today();
    let run = desk.start_on_console(&format!("{RUN} {QUICK} --between {hours}"));
    let is_shut = |status: &serde_json::Value| status["waiting"]["reason"] == "between";
    let status = desk.wait_for("status --json", is_shut);
    assert_eq!(status["waiting"]["between"], format!("{hours} UTC"));
    let words = format!("waiting: outside {hours}; next request ");
    let end = ". You may close the program and resume later";
    desk.run("status").says_all(&[&words, end]);
    signal(&run, "-INT");
    Said::by(run).ends_with(5).says("resume 1");
    let mut again = Running(desk.start_quietly("resume 1 --progress none"));
    desk.wait_for("status --json", |status| status["running"] == true && is_shut(status));
    kill(&mut again.0);
    assert_eq!(tenant.posts(), 0);
    desk.run("resume 1 --between none --progress none").ends_with(0);
    assert_eq!(tenant.posts(), 3);
}

#[test]
fn after_its_end_a_run_ends_and_says_how_to_go_on() {
    let tenant = Tenant::new(succeeded);
    let desk = tenant.desk(3).with("TZ", "Asia/Tokyo");
    let until = in_seconds(8);
    let said = desk.run(&format!(
        "{RUN} --poll-interval 100ms --settle 1s --track-timeout 1s --pace steady \
         --limit 60/1h --until {until}"
    ));
    said.ends_with(5).says_all(&[" JST has passed; 2 not sent", "resume 1 --until TIME"]);
    desk.run("resume 1 --progress plain").ends_with(5).says(" JST has passed; 2 not sent");
    assert_eq!(tenant.posts(), 1);
    desk.run("status").says(" JST has passed").never_says("Z has passed");
    let past = "resume 1 --until 2026-01-01T00:00:00Z";
    desk.run(past).ends_with(2).says("is in the past");
    desk.run("resume 1 --until none --limit 1000/1s --progress none").ends_with(0);
    assert_eq!(tenant.posts(), 3);
}

#[test]
fn the_preview_shows_guards_and_hours() {
    let tenant = Tenant::new(succeeded);
    let desk = tenant.desk(5);
    let words = "run fleet.csv --comment Retired --canary 2 --canary-wait 5m --max-failures 5% \
                 --between 22:00-06:00";
    desk.run(words).ends_with(7).says_all(&[
        "When       between 22:00 and 06:00; at most 100 a minute",
        "Guards     canary 2 (at most 5m), max failures 5%",
    ]);
    let mut berlin =
        desk.command("run fleet.csv --comment Retired --not-before 2030-01-01T00:00:00Z");
    berlin.args(["--between", "22:00-06:00 Europe/Berlin"]);
    berlin.said().ends_with(7).says(
        "When       between 22:00 and 06:00 Europe/Berlin, not before Tue 1 Jan 00:00:00 UTC; at \
         most",
    );
    desk.run("run fleet.csv --comment x").ends_with(7).never_says("Guards");
    assert_eq!(tenant.posts(), 0);
}

/// The first twelve are refused where their number says so, and the others wait for machines that
/// are switched off.
pub(super) fn pending_or_refused(number: u32) -> &'static str {
    if number.is_multiple_of(4) { "REFUSED" } else { "Pending" }
}

#[test]
fn after_too_many_failures_what_is_pending_is_followed_and_the_run_ends_with_7() {
    let tenant = Tenant::new(pending_or_refused);
    let desk = tenant.desk(40);
    let run = "run fleet.csv --comment Retired --yes --progress plain --poll-interval 100ms \
               --track-timeout 10m --settle 1s --limit 1000/1s --max-failures 2 --concurrency 1";
    let follows = |status: &serde_json::Value| {
        status["waiting"]["reason"] == "actions" && status["running"] == true
    };
    let run = desk.start(run);
    let status = desk.wait_for("status --json", follows);
    assert_eq!(
        (&status["counts"]["queued"], &status["counts"]["pending"]),
        (&28.into(), &9.into())
    );
    desk.run("status").says_all(&[
        "waiting: no more requests, 28 not sent; 9 actions are pending, followed until",
        "more than --max-failures 2",
    ]);
    tenant.becomes(some_refused);
    Said::by(run).ends_with(7).says_all(&[
        " guard_tripped=\"3 machines were rejected or failed",
        " sent=12/40 pending=9 succeeded=0 failed=0 rejected=3 waiting=actions until=",
        "more than --max-failures 2; 28 not sent",
        "succeeded 9   rejected 3   queued 28",
    ]);
    assert_eq!(tenant.posts(), 12);

    // What ends the following does not take the guard back.
    for end in ["-INT", "stop"] {
        let tenant = Tenant::new(pending_or_refused);
        let desk = tenant.desk(40);
        let run = desk.start_on_console(&format!(
            "{RUN} --poll-interval 100ms --track-timeout 10m --settle 1s --limit 1000/1s \
             --max-failures 2 --concurrency 1"
        ));
        desk.wait_for("status --json", follows);
        if end == "stop" {
            desk.run("stop").ends_with(0);
        } else {
            signal(&run, end);
        }
        Said::by(run).ends_with(7).says("more than --max-failures 2");
        desk.run("resume 1").ends_with(7).says("nothing was sent");
        assert_eq!(tenant.posts(), 12, "{end}");
    }
}
