//! `cancel` beside a run in another process: what becomes of each machine, and its words.

use std::collections::BTreeMap;
use std::process::Child;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id, table};
use crate::support::program::{Said, alone_on_its_console, signal, started};

use super::scripted::{Reply, machine_of, offboard_action, scripted};

const SENT: u32 = 8;
const MACHINES: u32 = 12;

/// What an action says, and how often Defender was asked to cancel it.
#[derive(Clone, Copy)]
struct Action {
    status: &'static str,
    asked: u32,
}

/// What a cancel of this machine's action is answered, and how often it was asked by then.
type Answers = fn(u32, u32) -> (u16, &'static str);

/// A Defender that accepts some machines, and then no more for ten minutes.
#[derive(Clone)]
struct Tenant {
    actions: Arc<Mutex<BTreeMap<u32, Action>>>,
    answers: Arc<Mutex<Answers>>,
}

impl Tenant {
    fn new(answers: Answers) -> Self {
        Self { actions: Arc::default(), answers: Arc::new(Mutex::new(answers)) }
    }

    fn answer(&self, line: &str) -> Reply {
        let mut actions = self.actions.lock().unwrap();
        if line.contains("/cancel") {
            let id = line.split('/').nth_back(2).expect("an ID");
            let number = u32::from_str_radix(&id[..8], 16).expect("ours");
            let action = actions.get_mut(&number).expect("an action");
            action.asked += 1;
            let (status, word) = (*self.answers.lock().unwrap())(number, action.asked);
            if status != 201 {
                return Reply::error(status, word, "not now");
            }
            action.status = word;
            // It ends with success although the cancel was taken.
            let said = if word == "Succeeded" { "Pending" } else { word };
            return Reply::json(201, offboard_action(number, said));
        }
        let wanted = machine_of(line).map(|id| u32::from_str_radix(&id[32..], 16).unwrap());
        if line.starts_with("POST") {
            let number = wanted.expect("a machine");
            if number > SENT {
                let Reply(status, _, body) = Reply::error(429, "TooManyRequests", "later");
                let later = "Content-Type: application/json\r\nRetry-After: 600\r\n";
                return Reply(status, later, body);
            }
            actions.insert(number, Action { status: "Pending", asked: 0 });
            return Reply::json(201, offboard_action(number, "Pending"));
        }
        let rows = actions.iter().filter(|(number, _)| wanted.is_none_or(|it| it == **number));
        let rows: Vec<String> =
            rows.map(|(it, action)| offboard_action(*it, action.status)).collect();
        Reply::json(200, format!(r#"{{"value":[{}]}}"#, rows.join(",")))
    }

    fn posts(&self) -> usize {
        self.actions.lock().unwrap().len()
    }

    /// A desk, and the run that has sent some machines and waits, since Defender takes no more.
    fn half_sent(&self) -> (Desk, Child) {
        let tenant = self.clone();
        let desk = scripted(MACHINES, move |line| tenant.answer(line));
        let run = desk.start(
            "run fleet.csv --comment x --yes --limit 1000/1s --concurrency 1 --settle 1s \
             --poll-interval 200ms --progress none",
        );
        desk.wait_for("status --json", |status| {
            settled(status, "pending", SENT) && settled(status, "queued", MACHINES - SENT)
        });
        (desk, run)
    }
}

/// Each of the five outcomes, and answers that say that it is to be asked again.
fn each(number: u32, time: u32) -> (u16, &'static str) {
    match (number, time) {
        (2, _) => (201, "Pending"),
        (3, _) => (400, "InProgress"),
        (4, _) => (201, "Succeeded"),
        (5, _) => (404, "ResourceNotFound"),
        (6, 1) => (429, "TooManyRequests"),
        (7, 1) => (500, "InternalServerError"),
        _ => (201, "Cancelled"),
    }
}

/// The same, where each cancel is confirmed or refused.
fn confirmed(number: u32, time: u32) -> (u16, &'static str) {
    if number == 2 { (201, "Cancelled") } else { each(number, time) }
}

fn succeeds_or_not(number: u32, _: u32) -> (u16, &'static str) {
    if number == 4 { (400, "InProgress") } else { (201, "Cancelled") }
}

fn only_first(number: u32, _: u32) -> (u16, &'static str) {
    if number == 1 { (201, "Cancelled") } else { (500, "InternalServerError") }
}

fn every(_: u32, _: u32) -> (u16, &'static str) {
    (201, "Cancelled")
}

fn settled(status: &Value, state: &str, number: u32) -> bool {
    status["counts"][state] == number
}

#[test]
fn each_machine_of_a_list_gets_its_outcome_beside_a_run_and_the_counts_add_up() {
    let tenant = Tenant::new(each);
    let (desk, run) = tenant.half_sent();
    // One line twice, and a machine of which the batch knows nothing.
    let wrong = (1..=9).chain([1, 77]).map(machine_id);
    desk.file("wrong list.csv", table(wrong));
    let mut cancel = desk.command("cancel --yes --progress none --machines");
    let cancel = alone_on_its_console(cancel.arg("wrong list.csv"));
    let cancel = started(cancel);
    Said::by(run).ends_with(5).says("stopped");
    desk.wait_for("status --json", |status| {
        settled(status, "cancelled", 4) && settled(status, "succeeded", 1)
    });
    // Nobody waits for the confirmation that does not come.
    signal(&cancel, "-INT");
    let said = Said::by(cancel).ends_with(4);
    assert_eq!(
        said.out,
        "9 machines of batch 1:\n      \
               1  not sent: withdrawn\n      \
               4  cancelled at Defender\n      \
               1  asked to cancel, not confirmed yet: `mde-offboard track 1`\n      \
               1  Defender would not cancel\n         \
         1  not now (InProgress, HTTP 400)\n      \
               1  Defender knows no such action\n         \
         1  not now (ResourceNotFound, HTTP 404)\n      \
               1  too late: offboarded; they must be onboarded again\n  \
           not undone, by name     mde-offboard report 1 --machines \"wrong list.csv\" --only \
         succeeded,pending\n  \
           3 others to send        mde-offboard resume 1\n\
         `retry` leaves these 9 out unless you name them.\n"
    );
    let posts = tenant.posts();
    desk.run("retry 1 --yes --progress none").says("nothing to retry");
    assert_eq!(tenant.posts(), posts, "nothing is sent again");
}

#[test]
fn the_whole_batch_is_taken_back_beside_a_run_and_json_names_what_came_too_late() {
    let tenant = Tenant::new(confirmed);
    let (desk, run) = tenant.half_sent();
    let outcome = desk.run("cancel --yes --progress none --json").ends_with(4).json();
    Said::by(run).ends_with(5);
    let of = |word: &str| outcome[word].as_u64().expect("a number");
    assert_eq!((of("machines"), of("withdrawn"), of("cancelled")), (12, 4, 5), "{outcome}");
    assert_eq!((of("refused"), of("succeeded"), of("asked")), (1, 1, 0), "{outcome}");
    let parts = ["withdrawn", "cancelled", "asked", "refused", "unknown_actions", "succeeded"];
    assert_eq!(parts.iter().map(|part| of(part)).sum::<u64>(), of("machines"), "{outcome}");
    assert_eq!(of("others_left"), 0);
    let mut late: Vec<&str> =
        outcome["too_late"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    late.sort_unstable();
    assert_eq!(late, [3, 4, 5].map(|number| machine_id(number).to_string()));
}

#[test]
fn a_choice_by_state_does_not_claim_to_name_what_came_too_late_alone() {
    let tenant = Tenant::new(succeeds_or_not);
    let (desk, run) = tenant.half_sent();
    desk.run("stop").ends_with(0);
    Said::by(run).ends_with(5);
    desk.run("cancel --only pending --yes --progress none").ends_with(4).says_all(&[
        "8 machines of batch 1:",
        "7  cancelled at Defender",
        "1  Defender would not cancel",
        "not undone, and others  mde-offboard report 1 --only pending\n",
        "follow them             mde-offboard track 1\n",
        "4 others to send        mde-offboard resume 1\n",
    ]);
}

#[test]
fn a_list_with_a_bad_row_cancels_nothing() {
    let tenant = Tenant::new(every);
    let (desk, run) = tenant.half_sent();
    desk.file("bad.csv", format!("{}1.23457E+39\n", list(2)));
    desk.run("cancel --machines bad.csv --yes").ends_with(3).says("bad row");
    let status = desk.status();
    assert!(status["running"] == true && settled(&status, "pending", SENT), "{status}");
    desk.run("cancel --yes --progress none").ends_with(0).says_all(&[
        "4  not sent: withdrawn",
        "8  cancelled at Defender",
        "leaves these 12 out",
    ]);
    Said::by(run).ends_with(5);
}

#[test]
fn a_cancel_that_is_killed_goes_on_where_it_was() {
    use crate::support::program::kill;

    let tenant = Tenant::new(only_first);
    let (desk, run) = tenant.half_sent();
    desk.run("stop").ends_with(0);
    Said::by(run).ends_with(5);
    let mut cancel = desk.start_quietly("cancel --yes --progress none");
    desk.wait_for("status --json", |status| settled(status, "cancelled", 1));
    kill(&mut cancel);
    *tenant.answers.lock().unwrap() = every;
    desk.run("cancel --yes --progress none").ends_with(0).says_all(&[
        "7 machines of batch 1:\n",
        "7  cancelled at Defender",
        "leaves these 7 out",
    ]);
    let status = desk.status();
    assert!(settled(&status, "cancelled", 8) && settled(&status, "skipped", 4), "{status}");
}
