//! Cancels that Defender does not take, or that do not reach it: what is told of each, and no more
//! than was said.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::{machine_id, table};
use crate::support::program::{Said, signal};
use crate::support::waiting::wait_until;

use super::scripted::{Reply, machine_of, offboard_action, scripted};

const MACHINES: u32 = 4;

/// What a cancel of this machine's action is answered, the first or a later time; none: it is
/// cancelled.
type Answers = fn(u32, u32) -> Option<Reply>;

/// A desk whose batch is sent and pending, beside a Defender that answers cancels so, until it is
/// told to take them all.
struct Sent {
    desk: Desk,
    takes_all: Arc<AtomicBool>,
}

fn sent(answers: Answers) -> Sent {
    let takes_all = Arc::new(AtomicBool::new(false));
    let takes = Arc::clone(&takes_all);
    let actions: Mutex<BTreeMap<u32, (&'static str, u32)>> = Mutex::default();
    let desk = scripted(MACHINES, move |line| {
        let mut actions = actions.lock().unwrap();
        if line.contains("/cancel") {
            let id = line.split('/').nth_back(2).expect("an ID");
            let number = u32::from_str_radix(&id[..8], 16).expect("ours");
            let (status, asked) = actions.get_mut(&number).expect("an action");
            *asked += 1;
            let answer = answers(number, *asked).filter(|_| !takes.load(Ordering::Relaxed));
            return answer.unwrap_or_else(|| {
                *status = "Cancelled";
                Reply::json(201, offboard_action(number, status))
            });
        }
        let wanted = machine_of(line).map(|id| u32::from_str_radix(&id[32..], 16).unwrap());
        if line.starts_with("POST") {
            let number = wanted.expect("a machine");
            actions.insert(number, ("Pending", 0));
            return Reply::json(201, offboard_action(number, "Pending"));
        }
        let rows = actions.iter().filter(|(number, _)| wanted.is_none_or(|it| it == **number));
        let rows: Vec<String> =
            rows.map(|(it, (status, _))| offboard_action(*it, status)).collect();
        Reply::json(200, format!(r#"{{"value":[{}]}}"#, rows.join(",")))
    });
    let run = "run fleet.csv --comment x --yes --track-timeout 0 --progress none";
    desk.run(run).ends_with(9);
    Sent { desk, takes_all }
}

impl Sent {
    /// The row of `report` about a machine.
    fn row(&self, number: u32) -> Value {
        let report = self.desk.run("report 1 --format json").ends_with(0).json();
        let id = machine_id(number).to_string();
        let rows = report["machines"].as_array().expect("rows");
        rows.iter().find(|row| row["machine_id"] == id.as_str()).expect("a row").clone()
    }

    /// Once cancels are taken, the printed command takes back what is left, and what was said to
    /// the first ones is no error of those machines any more.
    #[track_caller]
    fn check_can_be_cancelled_later(&self) {
        self.takes_all.store(true, Ordering::Relaxed);
        let said = self.desk.run("cancel 1 --yes --progress none").ends_with(0);
        said.says("cancelled at Defender").never_says("not asked");
        assert_eq!(self.desk.status()["counts"]["cancelled"], MACHINES);
        let row = self.row(2);
        assert_eq!((&row["error_code"], &row["error_message"]), (&Value::Null, &Value::Null));
        self.desk.run("status 1").ends_with(0).says("4   Cancelled").never_says("Forbidden");
    }
}

fn in_its_words(number: u32, _: u32) -> Option<Reply> {
    match number {
        1 => Some(Reply::error(400, "CannotCancel", "the machine has begun")),
        2 | 3 => Some(Reply::error(404, "ResourceNotFound", "no such action")),
        _ => None,
    }
}

#[test]
fn a_refused_cancel_is_told_in_the_words_of_defender_and_an_unknown_action_apart() {
    let sent = sent(in_its_words);
    let said = sent.desk.run("cancel --yes --progress none").ends_with(4);
    let said = said.never_says("too late");
    assert_eq!(
        said.out,
        "4 machines of batch 1:\n      \
               1  cancelled at Defender\n      \
               1  Defender would not cancel\n         \
               1  the machine has begun (CannotCancel, HTTP 400)\n      \
               2  Defender knows no such action\n         \
               2  no such action (ResourceNotFound, HTTP 404)\n  \
           not undone, by name     mde-offboard report 1 --only pending\n  \
           follow them             mde-offboard track 1\n\
         `retry` leaves these 4 out unless you name them.\n"
    );
    let row = sent.row(1);
    assert_eq!((&row["state"], &row["error_code"]), (&"pending".into(), &"CannotCancel".into()));
    assert_eq!(sent.row(2)["http_status"], 404);
    let told = sent.desk.run("status 1").ends_with(0);
    told.says("CannotCancel").says("the machine has begun");
    let outcome = sent.desk.run("cancel --yes --json --progress none").ends_with(4).json();
    assert_eq!((&outcome["refused"], &outcome["unknown_actions"]), (&1.into(), &2.into()));
    assert_eq!(outcome["said"][0]["code"], "CannotCancel", "{outcome}");
}

#[test]
fn a_cancel_of_some_counts_each_that_was_named_and_asks_of_no_other() {
    let sent = sent(in_its_words);
    let desk = &sent.desk;
    desk.run("cancel --yes --progress none").ends_with(4);
    desk.file("named.csv", table([1, 4].map(machine_id)));
    desk.run("cancel 1 --machines named.csv --yes --progress none").ends_with(4).says_all(&[
        "2 machines of batch 1:",
        "1  cancelled at Defender",
        "1  Defender would not cancel",
    ]);
    sent.takes_all.store(true, Ordering::Relaxed);
    let said = desk.run("cancel 1 --code CannotCancel --yes --progress none").ends_with(0);
    said.says("1 machine of batch 1:").says("1  cancelled at Defender");
    let counts = &desk.status()["counts"];
    assert_eq!((&counts["cancelled"], &counts["pending"]), (&2.into(), &2.into()));
}

#[test]
fn a_held_machine_is_looked_up_before_it_is_told_that_nothing_is_known_of_it() {
    let (is_listed, is_cancelled) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
    let (listed, cancelled) = (Arc::clone(&is_listed), Arc::clone(&is_cancelled));
    let desk = scripted(1, move |line| {
        if line.contains("/cancel") {
            cancelled.store(true, Ordering::Relaxed);
            return Reply::json(201, offboard_action(1, "Cancelled"));
        }
        if line.starts_with("POST") {
            return Reply::page(500, "<h1>Sorry</h1>");
        }
        let rows = if listed.load(Ordering::Relaxed) {
            offboard_action(1, "Pending")
        } else {
            String::new()
        };
        Reply::json(200, format!(r#"{{"value":[{rows}]}}"#))
    });
    desk.run(
        "run fleet.csv --comment x --yes --on-uncertain hold --settle 1s --poll-interval 100ms \
         --progress none",
    )
    .ends_with(5);
    assert_eq!(desk.status()["counts"]["held"], 1);
    is_listed.store(true, Ordering::Relaxed);
    desk.run("cancel 1 --yes --progress none").ends_with(0).says("1  cancelled at Defender");
    assert!(is_cancelled.load(Ordering::Relaxed));
}

#[test]
fn what_ended_before_is_no_withdrawal_and_retry_takes_it() {
    let desk = scripted(3, |line| {
        let number = machine_of(line).map(|id| u32::from_str_radix(&id[32..], 16).unwrap());
        match number {
            _ if line.contains("/cancel") => Reply::json(201, offboard_action(1, "Cancelled")),
            Some(2) => Reply::error(400, "OsPlatformNotSupported", "not this one"),
            Some(number) if line.starts_with("POST") => {
                Reply::json(201, offboard_action(number, "Pending"))
            }
            _ => Reply::json(200, r#"{"value":[]}"#),
        }
    });
    desk.file("protect.toml", format!("ids = [\"{}\"]\n", machine_id(3)));
    let run = "run fleet.csv --comment x --yes --track-timeout 0 --protect protect.toml";
    desk.run(&format!("{run} --progress none")).ends_with(4);
    let cancel = "cancel 1 --machines fleet.csv --yes --progress none";
    desk.run(cancel).ends_with(0).never_says("sent: withdrawn").says_all(&[
        "1  cancelled at Defender",
        "2  had ended before, without being offboarded by this batch",
        "`retry` leaves 1 of them out unless you name them.",
    ]);
}

#[test]
fn a_chosen_machine_in_doubt_is_not_one_of_the_others() {
    let desk = scripted(2, |line| {
        if line.starts_with("POST") && machine_of(line) == Some(machine_id(1).to_string()) {
            return Reply::page(500, "<h1>Sorry</h1>");
        }
        if line.starts_with("POST") {
            return Reply::json(201, offboard_action(2, "Pending"));
        }
        Reply::json(200, r#"{"value":[]}"#)
    });
    let run = desk.start_on_console("run fleet.csv --comment x --yes --settle 5m --progress none");
    desk.wait_for("status --json", |status| {
        status["counts"]["uncertain"] == 1 && status["counts"]["pending"] == 1
    });
    signal(&run, "-INT");
    Said::by(run).ends_with(5);
    desk.file("first.csv", table([machine_id(1)]));
    let cancel = desk.start_on_console("cancel 1 --machines first.csv --yes --progress none");
    desk.wait_for("status --json", |status| status["waiting"]["reason"] == "settle");
    signal(&cancel, "-INT");
    let said = Said::by(cancel).ends_with(5).never_says("to send");
    said.says("1  not known yet whether a request took effect; cancel again later");
}

const FORBIDS: Answers = |_, _| Some(Reply::error(403, "Forbidden", "roles are missing"));

#[test]
fn a_cancel_without_the_permission_was_not_asked_and_says_which_one_is_missing() {
    let sent = sent(FORBIDS);
    let said = sent.desk.run("cancel --yes --progress none").ends_with(6);
    said.never_says("to read its lists").never_says("not confirmed").says_all(&[
        "Defender refused the permission to cancel actions: roles are missing",
        "4  not asked, or not answered by Defender",
        "roles are missing (Forbidden, HTTP 403)",
        "the permission Machine.Offboard",
        "cancel again            mde-offboard cancel 1",
    ]);
    let counts = &sent.desk.status()["counts"];
    assert_eq!((&counts["pending"], &counts["cancelled"]), (&4.into(), &0.into()));
    sent.check_can_be_cancelled_later();
}

const REFUSES_THE_TOKEN: Answers =
    |_, _| Some(Reply::error(401, "Unauthorized", "the token is not taken"));

const WANTS_A_PASSWORD: Answers = |_, _| Some(Reply::page(407, "who are you?"));

#[test]
fn a_cancel_whose_token_is_refused_or_that_a_proxy_stops_was_not_asked() {
    for (answers, why) in [
        (REFUSES_THE_TOKEN, "the token is not taken (Unauthorized, HTTP 401)"),
        (WANTS_A_PASSWORD, "a proxy wants a user name and a password"),
    ] {
        let sent = sent(answers);
        let said = sent.desk.run("cancel --yes --progress none").ends_with(6);
        said.never_says("not confirmed").never_says("the permission Machine.Offboard").says_all(&[
            "4  not asked, or not answered by Defender",
            why,
            "cancel again            mde-offboard cancel 1",
        ]);
        sent.check_can_be_cancelled_later();
    }
}

fn shows_a_page(number: u32, _: u32) -> Option<Reply> {
    (number != 1).then(|| Reply::page(200, "<h1>Please sign in to the network</h1>"))
}

#[test]
fn a_cancel_that_a_proxy_answers_with_its_page_was_not_asked() {
    let sent = sent(shows_a_page);
    let cancel = sent.desk.start_on_console("cancel --yes --progress none");
    wait_until("a cancel failed", || sent.row(2)["error_message"].is_string());
    signal(&cancel, "-INT");
    let said = Said::by(cancel).ends_with(5);
    said.never_says("not confirmed").says_all(&[
        "1  cancelled at Defender",
        "3  not asked, or not answered by Defender",
        "(HTTP 200)",
        "cancel again            mde-offboard cancel 1",
    ]);
    assert_eq!(sent.row(2)["http_status"], 200);
    sent.check_can_be_cancelled_later();
}

fn forbids_later(number: u32, time: u32) -> Option<Reply> {
    match (number, time) {
        (1, 1) => Some(Reply::json(201, offboard_action(1, "Pending"))),
        (2, 1) => Some(Reply::error(400, "CannotCancel", "the machine has begun")),
        (_, 1) => None,
        _ => FORBIDS(number, time),
    }
}

#[test]
fn a_second_cancel_that_fails_takes_nothing_back_of_what_the_first_was_told() {
    let sent = sent(forbids_later);
    let cancel = sent.desk.start_on_console("cancel --yes --progress none");
    sent.desk.wait_for("status --json", |status| status["counts"]["cancelled"] == 2);
    signal(&cancel, "-INT");
    Said::by(cancel);
    let said = sent.desk.run("cancel --yes --progress none").ends_with(6);
    said.says_all(&[
        "1  asked to cancel, not confirmed yet",
        "1  Defender would not cancel",
        "1  the machine has begun (CannotCancel, HTTP 400)",
    ]);
}
