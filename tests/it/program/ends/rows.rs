//! The rows: how each end is made.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use mde_offboard::engine::Clock;

use crate::support::desk::Desk;
use crate::support::program::{Running, Said, kill, signal};
use crate::support::waiting::wait_until;

use super::tenant::{
    Fate::{self, Accepted, Lost, NoAccess, Refused, Silent},
    Tenant,
};

pub(super) struct Row {
    pub(super) end: &'static str,
    pub(super) code: Option<i32>,
    pub(super) make: fn() -> Ended,
}

pub(super) struct Ended {
    pub(super) desk: Desk,
    pub(super) tenant: Tenant,
    /// What the last command said.
    pub(super) said: Said,
    _run: Option<Running>,
}

impl Ended {
    /// The last line about how far it is, as if nothing else had been said.
    pub(super) fn last_line(&self) -> Said {
        let last = self.said.err.lines().rfind(|line| line.contains(" sent="));
        Said { code: None, out: last.unwrap_or_default().to_owned(), err: String::new() }
    }
}

const fn row(end: &'static str, code: i32, make: fn() -> Ended) -> Row {
    Row { end, code: Some(code), make }
}

/// What the system gives for a process that was killed.
const KILLED: Option<i32> = if cfg!(windows) { Some(1) } else { None };

pub(super) const ROWS: &[Row] = &[
    row("done", 0, done),
    row("done, not all well", 4, not_all_well),
    row("pending, followed", 9, pending),
    row("pending, not followed", 9, not_followed),
    row("pending, list unreadable", 9, list_unreadable),
    row("pending, list refused", 9, list_refused),
    row("stopped", 5, stopped),
    row("interrupted", 5, interrupted),
    row("interrupted, all sent", 9, interrupted_all_sent),
    row("interrupted, all sent, not all well", 4, interrupted_not_all_well),
    row("stopped, all sent", 9, stopped_all_sent),
    row("interrupted twice", 130, interrupted_twice),
    Row { end: "killed", code: KILLED, make: killed },
    row("cancelled", 0, cancelled),
    row("cancelled too late", 4, cancelled_late),
    row("tripped", 7, tripped),
    row("no connection", 5, no_connection),
    row("no access", 6, no_access),
    row("held", 5, held),
    row("past until", 5, past_until),
    row("retried", 9, retried),
    row("retried and stopped", 5, retried_and_stopped),
    row("tracked, not all sent", 5, tracked),
    row("told again", 4, told_again),
];

const ALL_WELL: Fate = Accepted("Succeeded");
const PENDING: Fate = Accepted("Pending");

/// No more than eight are sent.
const EIGHT: &str = "--limit 8/1h";
/// The same, and the one list that so small a limit leaves room for comes after all eight.
const EIGHT_THEN_LIST: &str = "--limit 8/1h --poll-interval 10s --track-timeout 1h";
const QUICK: &str = "--progress plain --settle 1s --events events.ndjson";

fn run(desk: &Desk, more: &str) -> Said {
    desk.run(&words(more))
}

fn words(more: &str) -> String {
    let follow = if more.contains("--track-timeout") { "" } else { "--track-timeout 2s" };
    let poll = if more.contains("--poll-interval") { "" } else { "--poll-interval 200ms" };
    let limit = if more.contains("--limit") { "" } else { "--limit 1000/1s" };
    format!("run fleet.csv --comment x --yes {QUICK} {follow} {poll} {limit} {more}")
}

fn done() -> Ended {
    let (tenant, desk) = Tenant::with(&[ALL_WELL; 12]);
    let said = run(&desk, "");
    Ended { desk, tenant, said, _run: None }
}

fn mixed() -> Vec<Fate> {
    let few = [Refused, Refused, Accepted("Failed"), Accepted("TimeOut")];
    [&few[..], &[Accepted("Cancelled"), PENDING], &[ALL_WELL; 6]].concat()
}

fn not_all_well() -> Ended {
    let (tenant, desk) = Tenant::with(&mixed());
    let said = run(&desk, "");
    Ended { desk, tenant, said, _run: None }
}

fn pending() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[PENDING; 5][..], &[ALL_WELL; 7]].concat());
    let said = run(&desk, "");
    Ended { desk, tenant, said, _run: None }
}

fn not_followed() -> Ended {
    // Half of them have failed by then, and nobody knows.
    let (tenant, desk) = Tenant::with(&[&[PENDING; 6][..], &[Accepted("Failed"); 6]].concat());
    let said = run(&desk, "--track-timeout 0 --poll-interval 1h");
    Ended { desk, tenant, said, _run: None }
}

fn unreadable(status: u16) -> Ended {
    let (tenant, desk) = Tenant::with(&[&[PENDING; 6][..], &[Accepted("Failed"); 6]].concat());
    tenant.hide_lists(status);
    let said = run(&desk, "");
    Ended { desk, tenant, said, _run: None }
}

fn list_unreadable() -> Ended {
    unreadable(503)
}

fn list_refused() -> Ended {
    unreadable(400)
}

/// A run in the background that has sent eight of its twelve machines, of which two are silent.
fn begun(desk: &Desk, tenant: &Tenant) -> std::process::Child {
    let mut run = desk.start_on_console(&words(EIGHT));
    wait_until("eight are sent", || {
        assert!(run.try_wait().expect("ours").is_none(), "it ended");
        tenant.posts() >= 8
    });
    desk.wait_for("status --json", |status| {
        status["counts"]["queued"] == 4 && status["counts"]["sending"] == 2
    });
    run
}

fn two_silent() -> (Tenant, Desk) {
    Tenant::with(&[&[Silent, Silent, Refused][..], &[PENDING; 9]].concat())
}

/// A run that waits for its limit, and is killed once it was looked at: what it said until then.
pub(super) fn waiting() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[Refused][..], &[ALL_WELL; 3], &[PENDING; 8]].concat());
    let mut run = desk.start(&words(EIGHT_THEN_LIST));
    desk.wait_for("status --json", |status| {
        status["waiting"]["reason"] == "window" && status["counts"]["succeeded"] == 3
    });
    let mut lines = BufReader::new(run.stderr.take().expect("piped")).lines();
    let mut err = String::new();
    // It says so when it begins to wait, which is after 30 s where it is no other phase.
    while !err.contains(" waiting=window") || !err.contains("succeeded=3") {
        let line = lines.next().expect("it goes on").expect("readable");
        err += &line;
        err.push('\n');
    }
    // It goes on waiting in the background until the test has ended.
    let said = Said { code: None, out: String::new(), err };
    Ended { desk, tenant, said, _run: Some(Running(run)) }
}

fn stopped() -> Ended {
    let (tenant, desk) = two_silent();
    let run = desk.start(&words(&format!("{EIGHT} --timeout 3s")));
    wait_until("eight are sent", || tenant.posts() >= 8);
    desk.run("stop").ends_with(0);
    Ended { said: Said::by(run), desk, tenant, _run: None }
}

fn interrupted() -> Ended {
    let (tenant, desk) = two_silent();
    // Its lists leave room for those of a command that comes after it.
    let more = format!("{EIGHT} --timeout 3s --poll-interval 10s");
    let run = desk.start_on_console(&words(&more));
    wait_until("eight are sent", || tenant.posts() >= 8);
    signal(&run, "-INT");
    Ended { said: Said::by(run), desk, tenant, _run: None }
}

/// A run in the background that follows the actions of all its machines; the last is pending.
fn following(bad: &[Fate]) -> (Tenant, Desk, std::process::Child) {
    let (tenant, desk) = Tenant::with(&[bad, &[ALL_WELL; 5], &[PENDING]].concat());
    let run = desk.start_on_console(&words("--track-timeout 1h"));
    desk.wait_for("status --json", |status| {
        status["waiting"]["reason"] == "actions" && status["counts"]["pending"] == 1
    });
    (tenant, desk, run)
}

fn interrupted_all_sent() -> Ended {
    let (tenant, desk, run) = following(&[]);
    signal(&run, "-INT");
    Ended { said: Said::by(run), desk, tenant, _run: None }
}

fn interrupted_not_all_well() -> Ended {
    let (tenant, desk, run) = following(&[Refused, Accepted("Failed")]);
    signal(&run, "-INT");
    Ended { said: Said::by(run), desk, tenant, _run: None }
}

fn stopped_all_sent() -> Ended {
    let (tenant, desk, run) = following(&[]);
    desk.run("stop").ends_with(0);
    let said = Said::by(run);
    // Nor is a scheduler told to start it again.
    self::run(&desk, "").ends_with(9).says("was stopped").says("mde-offboard resume 1");
    Ended { said, desk, tenant, _run: None }
}

fn interrupted_twice() -> Ended {
    let (tenant, desk) = two_silent();
    let run = begun(&desk, &tenant);
    // Two kinds, since the system may make one of two of a kind.
    signal(&run, "-INT");
    signal(&run, "-TERM");
    Ended { said: Said::by(run), desk, tenant, _run: None }
}

fn killed() -> Ended {
    let (tenant, desk) = two_silent();
    let mut run = begun(&desk, &tenant);
    kill(&mut run);
    Ended { said: Said::by(run), desk, tenant, _run: None }
}

fn cancelled() -> Ended {
    cancel_to("Cancelled")
}

fn cancelled_late() -> Ended {
    cancel_to("Succeeded")
}

fn cancel_to(status: &'static str) -> Ended {
    let (tenant, desk) = Tenant::with(&[&[ALL_WELL; 3][..], &[PENDING; 9]].concat());
    let run = desk.start_on_console(&words(EIGHT_THEN_LIST));
    desk.wait_for("status --json", |status| status["counts"]["succeeded"] == 3);
    signal(&run, "-INT");
    Said::by(run).ends_with(5);
    tenant.cancel_to(status);
    let said = desk.run("cancel 1 --yes --progress plain");
    Ended { said, desk, tenant, _run: None }
}

fn tripped() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[Refused; 4][..], &[PENDING; 8]].concat());
    let said = run(&desk, "--max-failures 3 --concurrency 1");
    Ended { desk, tenant, said, _run: None }
}

fn no_connection() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[PENDING; 4][..], &[Lost; 8]].concat());
    tenant.hide_lists(503);
    let said = run(&desk, "--concurrency 2 --offline-timeout 2s");
    Ended { desk, tenant, said, _run: None }
}

fn no_access() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[PENDING; 4][..], &[NoAccess; 8]].concat());
    let said = run(&desk, "--concurrency 2");
    Ended { desk, tenant, said, _run: None }
}

fn held() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[Lost][..], &[ALL_WELL; 5]].concat());
    let said = run(&desk, "--on-uncertain hold");
    Ended { desk, tenant, said, _run: None }
}

fn past_until() -> Ended {
    let (tenant, desk) = Tenant::with(&[PENDING; 12]);
    // Under Wine a start alone may take some seconds.
    let seconds = if cfg!(windows) { 15 } else { 4 };
    let until = Clock::new().now().wall.plus(Duration::from_secs(seconds));
    let said = run(&desk, &format!("{EIGHT} --until {until}"));
    Ended { desk, tenant, said, _run: None }
}

fn retried() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[Accepted("Failed"); 4][..], &[ALL_WELL; 8]].concat());
    run(&desk, "").ends_with(4);
    (1..=4).for_each(|number| tenant.set(number, PENDING));
    let said = desk.run("retry 1 --yes --progress plain --events events.ndjson");
    Ended { desk, tenant, said, _run: None }
}

fn retried_and_stopped() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[Accepted("Failed"); 4][..], &[ALL_WELL; 4]].concat());
    run(&desk, "--limit 10/1h").ends_with(4);
    (1..=4).for_each(|number| tenant.set(number, PENDING));
    let retry = desk.start_on_console("retry 1 --yes --progress plain --events events.ndjson");
    desk.wait_for("status --json", |status| status["counts"]["queued"] == 2);
    signal(&retry, "-INT");
    Ended { said: Said::by(retry), desk, tenant, _run: None }
}

fn tracked() -> Ended {
    let mut ended = interrupted();
    ended.said =
        ended.desk.run("track 1 --progress plain --track-timeout 1s --events events.ndjson");
    ended
}

fn told_again() -> Ended {
    let (tenant, desk) = Tenant::with(&[&[Refused; 2][..], &[ALL_WELL; 4]].concat());
    run(&desk, "").ends_with(4);
    let said = run(&desk, "");
    Ended { desk, tenant, said, _run: None }
}
