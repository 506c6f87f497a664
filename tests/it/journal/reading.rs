//! What can be asked.

use std::collections::HashSet;
use std::error::Error;

use mde_offboard::domain::{ActionStatus, BatchId, Fact, MachineNumber, Reason, State};
use mde_offboard::journal::{CodeCount, Filter, Journal, Machine};

use super::setup::{accepted, at, batch_of, detail, ended, id, new_batch, stage, tell, tenant};
use crate::support::batches::CreatePlanned as _;

fn numbers(machines: &[Machine]) -> Vec<u32> {
    machines.iter().map(|machine| machine.number.0).collect()
}

fn visited(journal: &Journal, batch: BatchId, filter: &Filter) -> Vec<u32> {
    let mut seen = Vec::new();
    let visit = |machine: Machine| {
        seen.push(machine.number.0);
    };
    journal.each_machine(batch, filter, visit).unwrap();
    seen
}

fn rejected(code: &str) -> Fact {
    Fact::Rejected { reason: Reason::Refused, detail: detail(code) }
}

fn retrying(second: i64) -> Fact {
    Fact::Retrying { not_before: at(second), counts: true, detail: detail("Busy") }
}

#[test]
fn the_queue_goes_on_after_a_number_and_leaves_out_what_is_due_later() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 9);
    tell(&mut journal, batch, 2, &[Fact::Sending]);
    tell(&mut journal, batch, 4, &[Fact::Sending, retrying(60)]);
    tell(&mut journal, batch, 5, &[Fact::Sending, rejected("No")]);
    let queued = |after, most| numbers(&journal.queued(batch, MachineNumber(after), most).unwrap());
    assert_eq!(queued(0, 100), [1, 3, 6, 7, 8, 9]);
    assert_eq!(queued(0, 3), [1, 3, 6]);
    assert_eq!(queued(6, 3), [7, 8, 9]);
    assert_eq!(queued(9, 3), [] as [u32; 0]);
    assert_eq!(numbers(&journal.in_play(batch).unwrap()), [2, 4]);
    assert!(journal.queued(BatchId(7), MachineNumber(0), 3).unwrap().is_empty());
}

#[test]
fn actions_are_listed_since_the_oldest_that_is_open_was_created() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 4);
    let created = |name, second| match accepted(name) {
        Fact::Accepted { action, status, adopted, found, http_status, .. } => {
            let created_at = Some(at(second));
            Fact::Accepted {
                action,
                status,
                adopted,
                found,
                http_status,
                created_at,
                named_by: None,
            }
        }
        other => other,
    };
    assert_eq!(journal.oldest_pending(batch).unwrap(), None);
    tell(&mut journal, batch, 1, &[Fact::Sending, created("a", 500)]);
    assert_eq!(journal.oldest_pending(batch).unwrap(), Some(at(500)));
    // Without a time of the server, the send counts: `tell` sends at second 1.
    tell(&mut journal, batch, 2, &[Fact::Sending, accepted("b")]);
    assert_eq!(journal.oldest_pending(batch).unwrap(), Some(at(1)));
    tell(&mut journal, batch, 3, &[Fact::Sending, created("c", -900)]);
    assert_eq!(journal.oldest_pending(batch).unwrap(), Some(at(-900)));
    for number in [2, 3] {
        tell(&mut journal, batch, number, &[ended(ActionStatus::Succeeded)]);
    }
    assert_eq!(journal.oldest_pending(batch).unwrap(), Some(at(500)));
    // Found by a sweep, without a send and without a time: since the batch was made.
    tell(&mut journal, batch, 4, &[accepted("d")]);
    assert_eq!(journal.oldest_pending(batch).unwrap(), Some(at(0)));
}

#[test]
fn a_machine_is_found_in_all_batches_by_its_id_and_by_its_name() {
    let mut journal = Journal::in_memory().unwrap();
    let first = batch_of(&mut journal, 3);
    stage(&mut journal, [5, 2]);
    let mut other = new_batch(77);
    other.tenant = tenant("fabrikam");
    let second = journal.create_planned(&other, at(9)).unwrap();
    let places = |machines: Vec<Machine>| -> Vec<(BatchId, u32)> {
        machines.iter().map(|machine| (machine.batch, machine.number.0)).collect()
    };
    let both = [(first, 2), (second, 2)];
    assert_eq!(places(journal.machines_of(id(2)).unwrap()), both);
    let named = |batch| {
        let mut named = Vec::new();
        journal.each_name(batch, |id, name| named.push((id, name.to_owned()))).unwrap();
        named.retain(|(_, name)| name == "desktop-2");
        named
    };
    assert_eq!(named(None), [(id(2), "desktop-2".to_owned()), (id(2), "desktop-2".to_owned())]);
    assert_eq!(named(Some(second)).len(), 1);
    assert_eq!(places(journal.machines_of(id(5)).unwrap()), [(second, 1)]);
    assert!(journal.machines_of(id(6)).unwrap().is_empty());
}

#[test]
fn machines_are_visited_in_order_by_state_by_id_by_code_until_the_visitor_fails() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 6);
    tell(&mut journal, batch, 2, &[Fact::Sending, rejected("No")]);
    tell(&mut journal, batch, 4, &[Fact::Sending, rejected("Never")]);
    tell(&mut journal, batch, 5, &[Fact::Sending]);
    let all = Filter::default();
    assert_eq!(visited(&journal, batch, &all), [1, 2, 3, 4, 5, 6]);
    let states = vec![State::Rejected, State::Sending];
    assert_eq!(visited(&journal, batch, &Filter { states, ..all.clone() }), [2, 4, 5]);
    let machines = Some(HashSet::from([id(6), id(4), id(9)]));
    assert_eq!(visited(&journal, batch, &Filter { machines, ..all.clone() }), [4, 6]);
    let code = Some("No".to_owned());
    assert_eq!(visited(&journal, batch, &Filter { code, ..all.clone() }), [2]);
    let mut seen = 0;
    let visit = |_| -> Result<(), Box<dyn Error>> {
        seen += 1;
        if seen == 2 { Err("enough".into()) } else { Ok(()) }
    };
    let error = journal.try_each_machine(batch, &all, visit).unwrap_err();
    assert_eq!(error.to_string(), "enough");
    assert_eq!(seen, 2);
}

#[test]
fn errors_are_counted_by_code_and_state_and_successes_are_none() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 7);
    for number in [1, 2] {
        tell(&mut journal, batch, number, &[Fact::Sending, rejected("No")]);
    }
    tell(&mut journal, batch, 3, &[Fact::Sending, retrying(60)]);
    tell(&mut journal, batch, 4, &[Fact::Sending, accepted("a"), ended(ActionStatus::TimedOut)]);
    tell(&mut journal, batch, 5, &[Fact::Sending, accepted("b"), ended(ActionStatus::Succeeded)]);
    tell(&mut journal, batch, 6, &[Fact::Sending, accepted("c")]);
    let count = |code: &str, state, machines, message: &str| CodeCount {
        code: code.to_owned(),
        state,
        machines,
        message: message.to_owned(),
    };
    let expected = [
        count("", State::TimedOut, 1, ""),
        count("Busy", State::Queued, 1, "it said no"),
        count("No", State::Rejected, 2, "it said no"),
    ];
    assert_eq!(journal.codes(batch).unwrap(), expected);
}
