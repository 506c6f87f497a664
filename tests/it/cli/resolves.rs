//! `resolve`: a person decides about held machines, and what goes on follows it.

use mde_offboard::domain::{
    Comment, Detail, Doubt, Fact, MachineNumber, MarkerSeed, Missing, Realm, Tenant, Timestamp,
};
use mde_offboard::engine::{Clock, RunOptions};
use mde_offboard::journal::{Batch, Changes, Entry, Journal, NewBatch, NewMachine};
use serde_json::{Value, json};

use crate::support::batches::CreatePlanned as _;
use crate::support::journals::{open_runner, until_free};

use crate::support::batches::{new_batch, new_machine, runner};
use crate::support::desk::Desk;
use crate::support::machines::{list, machine_id};
use crate::support::program::{Complete, Said};

const OPTIONS: &str = "--limit 100/1s --poll-interval 200ms --track-timeout 30s --progress none";

const FOLLOWED: &str = "--poll-interval 200ms --track-timeout 3s --progress none";

const NAMED: &str = "5382f7ea-7557-4ab7-9782-d50480024a4e";

fn text(text: &str) -> String {
    text.to_owned()
}

fn minutes_ago(minutes: i64) -> Timestamp {
    Timestamp::from_micros(Clock::new().now().wall.as_micros() - minutes * 60_000_000)
}

fn doubt() -> Fact {
    let (doubt, detail) = (Doubt::NoAnswer, Detail::new(None, Some("timeout"), "no answer"));
    Fact::Uncertain { doubt, detail, look_at: minutes_ago(1) }
}

/// Opens a journal of the desk, and gives it back before a command is run.
fn with<T>(desk: &Desk, name: &str, act: impl FnOnce(&mut Journal) -> T) -> T {
    let mut journal = open_runner(&desk.path(name), &runner());
    let acted = act(&mut journal);
    drop(journal);
    until_free(&desk.path(name));
    acted
}

/// A batch whose first `held` machines were sent an hour ago and, at last, this many minutes ago.
fn held_since(journal: &mut Journal, new: &NewBatch, (machines, held): (u32, u32), last: i64) {
    for number in 1..=machines {
        let name = Some(format!("pc-{number}"));
        let row = NewMachine { name, ..new_machine(machine_id(number), number) };
        journal.stage(&row).unwrap();
    }
    let batch = journal.create_planned(new, minutes_ago(61)).unwrap();
    let mut facts = Vec::new();
    for number in 1..=held {
        let mut add = |minutes, fact| {
            let number = MachineNumber(number);
            facts.push(Entry { batch, number, at: minutes_ago(minutes), fact });
        };
        add(60, Fact::Sending);
        add(59, doubt());
        add(last, Fact::Missing(Missing::Resend));
        add(last, Fact::Sending);
        add(last, doubt());
        add(last, Fact::Held { detail: Detail::new(None, Some("timeout"), "no answer") });
    }
    journal.commit(&Changes { facts, ..Changes::default() }).unwrap();
}

fn held_batch(journal: &mut Journal, new: &NewBatch, machines: u32, held: u32) {
    held_since(journal, new, (machines, held), 2);
}

fn batch(tenant: &str, seed: u64) -> NewBatch {
    NewBatch {
        tenant: Tenant { id: text(tenant), realm: Realm::Public },
        api: text("https://api.example"),
        comment: Some(Comment::parse("gone").unwrap()),
        options: RunOptions::default().to_json(),
        ..new_batch(seed)
    }
}

/// A desk with the journal `j.db`: one batch of three machines, of which two are held.
fn desk() -> Desk {
    let desk = Desk::new();
    with(&desk, "j.db", |journal| held_batch(journal, &batch("contoso", 1), 3, 2));
    desk
}

fn resolve(desk: &Desk, words: &str) -> Said {
    desk.run(&format!("resolve {words} --journal j.db"))
}

fn counts(desk: &Desk) -> Value {
    desk.run("status 1 --json --journal j.db").ends_with(0).json()["counts"].clone()
}

/// Nothing was written: neither a fact nor a row.
#[track_caller]
fn refuses(desk: &Desk, words: &str, said: &str) {
    let facts = || with(desk, "j.db", |journal| journal.verify_chain().unwrap());
    let before = facts();
    resolve(desk, words).ends_with(2).says(said);
    assert_eq!(facts(), before, "{words}");
}

#[test]
fn resend_queues_again_and_names_the_command_that_sends() {
    let desk = desk();
    let said = resolve(&desk, "pc-1 --resend --yes").ends_with(0);
    assert!(said.out.contains("mde-offboard resume 1 --journal j.db"), "{said}");
    assert!(said.err.contains("offboarded twice"), "{said}");
    let counts = counts(&desk);
    assert_eq!((&counts["queued"], &counts["held"]), (&2.into(), &1.into()), "{counts}");
}

#[test]
fn resend_asks_first_and_without_a_terminal_changes_nothing() {
    let desk = desk();
    resolve(&desk, "pc-1 --resend").ends_with(7).says("nothing was changed").says("--yes");
    assert_eq!(counts(&desk)["held"], 2);
}

#[test]
fn skip_asks_nothing_and_settles_for_good() {
    let desk = desk();
    let said = resolve(&desk, "--only held --skip --json").ends_with(0);
    assert_eq!(said.json()["counts"]["skipped"], 2, "{said}");
    let story = desk.run("show pc-2 --json --journal j.db").json();
    assert_eq!(story["machines"][0]["reason"], "resolved", "{story}");
    resolve(&desk, "--only held --skip").ends_with(0).says("nothing to resolve");
}

#[test]
fn without_a_decision_the_machines_and_the_choices_are_shown() {
    let desk = desk();
    let said = resolve(&desk, "--only held").ends_with(2).says("pc-1").says("pc-2");
    let resend = "mde-offboard resolve --only held --batch 1 --resend --journal j.db";
    assert!(said.err.contains(resend), "{said}");
    assert_eq!(counts(&desk)["held"], 2);
}

#[test]
fn one_machine_that_is_not_held_refuses_all() {
    let desk = desk();
    refuses(&desk, "pc-1 pc-3 --skip", "`pc-3` is queued in batch 1");
    refuses(&desk, "pc-1 nobody --skip", "`nobody`");
    refuses(&desk, "pc-1 --skip --only failed", "--only held");
    desk.file("some.csv", list(3));
    refuses(&desk, "--machines some.csv --skip", &format!("`{}` is queued", machine_id(3)));
}

#[test]
fn a_list_a_name_and_an_id_name_the_same_machines() {
    for words in ["--machines some.csv", "PC-1 pc-2", &format!("{} pc-1 pc-2", machine_id(1))] {
        let desk = desk();
        desk.file("some.csv", list(2));
        resolve(&desk, &format!("{words} --skip")).ends_with(0).says("2 machines of batch 1");
        assert_eq!(counts(&desk)["skipped"], 2, "{words}");
    }
}

#[test]
fn an_action_is_named_for_one_machine_and_belongs_to_no_other() {
    let desk = desk();
    refuses(&desk, &format!("pc-1 pc-2 --submitted {NAMED}"), "an action belongs to one");
    refuses(&desk, &format!("pc-1 --submitted {}", machine_id(1)), "not of an action");
    refuses(&desk, &format!("pc-1 --submitted {NAMED} --skip"), "cannot be used with");
    resolve(&desk, &format!("pc-1 --submitted {NAMED}")).ends_with(0).says(NAMED);
    let upper = NAMED.to_uppercase();
    refuses(&desk, &format!("pc-2 --submitted {upper}"), &format!("{NAMED} belongs to pc-1"));
    assert_eq!(counts(&desk)["pending"], 1);
}

#[test]
fn an_action_is_named_by_a_guid() {
    let desk = desk();
    for text in ["a-1", "ACTION_ID", "5382f7ea", &NAMED.replace('-', ""), &format!("{NAMED}0")] {
        refuses(
            &desk,
            &format!("pc-1 --submitted {text}"),
            "is not an action ID, which looks like",
        );
    }
}

#[test]
fn where_nothing_can_be_asked_the_story_says_that_a_person_named_the_action() {
    let desk = desk();
    let said = resolve(&desk, &format!("pc-1 --submitted {NAMED}")).ends_with(0);
    said.says("was not looked up at Defender: there are no credentials here");
    let story = desk.run("show pc-1 --journal j.db").ends_with(0);
    story.says(&format!("action {NAMED} Pending, named by operator, not looked up"));
    desk.run("audit verify --journal j.db").ends_with(0);
}

#[test]
fn held_in_two_batches_needs_the_batch_by_its_number() {
    let desk = desk();
    // Of another tenant: within one, a second batch leaves the machine alone.
    with(&desk, "j.db", |journal| held_batch(journal, &batch("fabrikam", 2), 1, 1));
    refuses(&desk, "pc-1 --skip", "2 batches are waiting for a decision");
    refuses(&desk, "pc-1 --skip", "mde-offboard resolve pc-1 --skip --batch 1 --journal j.db");
    resolve(&desk, "pc-1 --skip --batch 2").ends_with(0).says("batch 2");
    assert_eq!(counts(&desk)["held"], 2, "batch 1 is as it was");
    resolve(&desk, "pc-1 --skip").ends_with(0).says("batch 1");
}

/// A simulator that has an action for machine 1, asked for by batch 1 of `first.db`; and `j.db`,
/// whose batch is like that one but does not know of the action: its machine is held.
fn lost(seed: impl Fn(&Batch) -> MarkerSeed, last: i64) -> (Desk, String) {
    let desk = Desk::holding(&list(1), "--limit 100/1s --limit 5000/1m --speed 5000");
    let run = format!("run fleet.csv --comment gone --yes --journal first.db {OPTIONS}");
    desk.run(&run).ends_with(0);
    let first = Journal::open_reader(&desk.path("first.db")).unwrap();
    let known = first.batches().unwrap().remove(0);
    let machine = first.machine(known.id, MachineNumber(1)).unwrap().unwrap();
    let action = machine.standing.action.unwrap().to_string();
    let new = NewBatch {
        tenant: known.tenant.clone(),
        api: known.api.clone(),
        options: known.options.clone(),
        seed: seed(&known),
        ..batch("", 9)
    };
    with(&desk, "j.db", |journal| held_since(journal, &new, (1, 1), last));
    (desk, action)
}

fn standing(desk: &Desk) -> Value {
    desk.run("show pc-1 --json --journal j.db").json()["machines"][0].clone()
}

#[test]
fn track_follows_an_action_that_a_person_named_to_its_end() {
    // The action was made 20 minutes before the last request: an earlier one took effect.
    let (desk, action) = lost(|_| MarkerSeed::from_random(9), -20);
    let words = format!("resolve pc-1 --submitted {action} --journal j.db");
    let without = desk.command(&words).env("AZURE_CLIENT_SECRET", "").said();
    without.ends_with(0).says("mde-offboard track 1 --journal j.db");
    desk.run(&format!("track --journal j.db {FOLLOWED}")).ends_with(0);
    let machine = standing(&desk);
    assert_eq!(machine["state"], "succeeded", "{machine}");
    assert_eq!(machine["attempts"], 2, "{machine}");
    desk.run("check --journal j.db").ends_with(0);
}

#[test]
fn an_action_that_a_person_names_is_looked_up_where_there_are_credentials() {
    let (desk, action) = lost(|_| MarkerSeed::from_random(9), -20);
    let other = format!("pc-1 --submitted {NAMED}");
    resolve(&desk, &other).ends_with(7).says(&format!("Defender has no action {NAMED} of"));
    assert_eq!(counts(&desk)["held"], 1, "nothing was changed");
    let said = resolve(&desk, &format!("pc-1 --submitted {action}")).ends_with(0);
    said.says(&format!("action {action} has ended"));
    let machine = standing(&desk);
    assert_eq!(machine["state"], "succeeded", "{machine}");
    let facts = machine["facts"].to_string();
    assert!(facts.contains("named by operator and found by a look-up"), "{facts}");
    desk.run("check --journal j.db").ends_with(0);
}

#[test]
fn an_action_that_defender_does_not_list_is_taken_only_if_it_is_meant() {
    let (desk, _) = lost(|_| MarkerSeed::from_random(9), -20);
    resolve(&desk, &format!("pc-1 --submitted {NAMED} --yes")).ends_with(0).says("Defender has no");
    let story = desk.run("show pc-1 --journal j.db").ends_with(0);
    story.says("named by operator, not looked up");
}

#[test]
fn a_defender_that_cannot_be_asked_does_not_keep_a_person_from_deciding() {
    let (mut desk, action) = lost(|_| MarkerSeed::from_random(9), -20);
    desk.end_simulator();
    let said = resolve(&desk, &format!("pc-1 --submitted {action}")).ends_with(0);
    said.says("was not looked up at Defender:");
}

#[test]
fn resume_after_resend_looks_once_more_and_sends_only_what_is_not_there() {
    for same_marker in [true, false] {
        let seed =
            |batch: &Batch| if same_marker { batch.seed } else { MarkerSeed::from_random(9) };
        let (desk, _) = lost(seed, 2);
        resolve(&desk, "pc-1 --resend --yes").ends_with(0);
        // What the sweep finds for a machine that is queued is waited for: a settle time.
        desk.run(&format!("resume --journal j.db --settle 1s {FOLLOWED}"));
        let machine = standing(&desk);
        assert_eq!((&machine["attempts"], &machine["state"]), (&json!(2), &json!("succeeded")));
    }
    // The same journal, and a Defender that has no action.
    let (desk, _) = lost(|_| MarkerSeed::from_random(9), 2);
    let named = format!("Device ID,Device Name\n{},pc-1\n", machine_id(1));
    let elsewhere = Desk::holding(&named, "--speed 5000");
    std::fs::copy(desk.path("j.db"), elsewhere.path("j.db")).unwrap();
    resolve(&elsewhere, "pc-1 --resend --yes").ends_with(0);
    elsewhere.run(&format!("resume --journal j.db --settle 1s {FOLLOWED}")).ends_with(0);
    assert_eq!(standing(&elsewhere)["attempts"], 3);
}
