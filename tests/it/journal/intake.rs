//! From rows to a batch.

use mde_offboard::domain::{
    ActionStatus, BatchFact, BatchId, Fact, MachineNumber, MarkerSeed, Realm, Reason, State, Tenant,
};
use mde_offboard::guard::Offboarding;
use mde_offboard::journal::{
    ComparedMachine, Journal, JournalError, NewBatch, NewMachine, PlanVerdict, Stage,
};

use super::setup::{
    accepted, at, batch_of, comment, detail, ended, id, machine, new_batch, row, stage, tell,
    tenant,
};
use crate::support::batches::CreatePlanned as _;

#[test]
fn the_content_does_not_depend_on_the_order_of_rows_or_on_their_names() {
    let words = comment("Retired in Q4");
    let mut contents = Vec::new();
    for order in [[1, 2, 3, 4], [4, 2, 1, 3]] {
        let mut journal = Journal::in_memory().unwrap();
        for number in order {
            let name = Some(format!("name-{}", order[0]));
            journal.stage(&NewMachine { name, line: 9, ..row(number) }).unwrap();
        }
        contents.push(journal.staged(Some(&words)).unwrap().content);
    }
    assert_eq!(contents[0], contents[1]);
}

#[test]
fn the_content_depends_on_each_machine_and_on_each_comment() {
    let content_of = |rows: &[NewMachine], words: &str| {
        let mut journal = Journal::in_memory().unwrap();
        for row in rows {
            journal.stage(row).unwrap();
        }
        journal.staged(Some(&comment(words))).unwrap().content
    };
    let own = |number, words: &str| NewMachine { comment: Some(comment(words)), ..row(number) };
    let first = content_of(&[row(1), row(2)], "gone");
    assert_ne!(first, content_of(&[row(1)], "gone"));
    assert_ne!(first, content_of(&[row(1), row(3)], "gone"));
    assert_ne!(first, content_of(&[row(1), row(2)], "sold"));
    assert_ne!(first, content_of(&[own(1, "sold"), row(2)], "gone"));
    // Whether a comment stands in the row or is the batch's, the same is sent.
    assert_eq!(first, content_of(&[own(1, "gone"), own(2, "gone")], "sold"));
}

#[test]
fn a_machine_that_stands_twice_counts_once_by_its_first_row() {
    let mut journal = Journal::in_memory().unwrap();
    assert_eq!(journal.stage(&row(1)).unwrap(), Stage::Added);
    assert_eq!(journal.stage(&row(2)).unwrap(), Stage::Added);
    let again = NewMachine { line: 77, ..row(1) };
    assert_eq!(journal.stage(&again).unwrap(), Stage::Duplicate);
    assert_eq!(journal.stage(&row(3)).unwrap(), Stage::Added);
    let staged = journal.staged(None).unwrap();
    assert_eq!((staged.machines, staged.duplicates, staged.without_comment), (3, 1, 3));
    let batch = journal.create_planned(&new_batch(1), at(0)).unwrap();
    let lines: Vec<u64> = (1..=3).map(|number| machine(&journal, batch, number).line).collect();
    assert_eq!(lines, [2, 3, 4]);
}

#[test]
fn a_batch_has_its_machines_in_the_order_of_the_input() {
    let mut journal = Journal::in_memory().unwrap();
    let sources = vec!["a.csv".to_owned(), "b.csv".to_owned()];
    for number in [7, 3, 5] {
        journal.stage(&row(number)).unwrap();
    }
    let own = NewMachine { comment: Some(comment("sold")), source: 1, name: None, ..row(4) };
    journal.stage(&own).unwrap();
    let content = journal.staged(new_batch(1).comment.as_ref()).unwrap().content;
    let new = NewBatch { sources: sources.clone(), ..new_batch(1) };
    let id_of_batch = journal.create_planned(&new, at(5)).unwrap();

    let batch = journal.batch(id_of_batch).unwrap().unwrap();
    assert_eq!((batch.total, batch.counts.of(State::Queued), batch.content), (4, 4, content));
    assert_eq!((batch.created_at, batch.end, batch.sources), (at(5), None, sources));
    assert_eq!((batch.tenant, batch.seed, batch.comment), (new.tenant, new.seed, new.comment));
    let queued = journal.queued(batch.id, MachineNumber(0), 10).unwrap();
    let ids: Vec<_> = queued.iter().map(|machine| machine.id).collect();
    assert_eq!(ids, [id(7), id(3), id(5), id(4)]);
    assert_eq!(queued[0].marked_comment(new.seed), format!("Retired in Q4 [mo-{}-1]", new.seed));
    let last = &queued[3];
    assert_eq!((last.comment.as_str(), last.source.as_str(), &last.name), ("sold", "b.csv", &None));
    let facts = journal.batch_facts_of(batch.id).unwrap();
    let [(made_at, BatchFact::Created { machines: 4, content: told, filters, options, .. })] =
        facts.as_slice()
    else {
        panic!("{facts:?}")
    };
    assert_eq!((*made_at, *told, filters.len()), (at(5), content, 0));
    assert_eq!(options.as_deref(), Some("{}"));
    journal.verify_rows(batch.id).unwrap();
}

#[test]
fn nothing_is_staged_after_a_batch_was_made_or_the_rows_were_discarded() {
    let mut journal = Journal::in_memory().unwrap();
    batch_of(&mut journal, 3);
    assert_eq!(journal.staged(None).unwrap().machines, 0);
    stage(&mut journal, [4, 4]);
    journal.discard_staged().unwrap();
    let staged = journal.staged(None).unwrap();
    assert_eq!((staged.machines, staged.duplicates), (0, 0));
    assert_eq!(journal.batches().unwrap().len(), 1);
}

#[test]
fn a_machine_without_a_comment_keeps_the_batch_from_being_made() {
    let mut journal = Journal::in_memory().unwrap();
    stage(&mut journal, [1, 2]);
    let new = NewBatch { comment: None, ..new_batch(1) };
    let refused = journal.create_planned(&new, at(0));
    assert!(matches!(refused, Err(JournalError::NoComment { machines: 2 })), "{refused:?}");
    assert!(journal.batches().unwrap().is_empty());
    journal.create_planned(&new_batch(1), at(0)).unwrap();
}

#[test]
fn a_seed_that_is_taken_makes_no_batch_and_keeps_what_is_staged() {
    let mut journal = Journal::in_memory().unwrap();
    stage(&mut journal, [1]);
    journal.create_planned(&new_batch(1), at(0)).unwrap();
    stage(&mut journal, [2]);
    assert!(journal.create_planned(&new_batch(1), at(0)).is_err());
    assert_eq!(journal.batches().unwrap().len(), 1);
    assert_eq!(journal.staged(None).unwrap().machines, 1);
    let batch = journal.create_planned(&new_batch(2), at(0)).unwrap();
    assert_eq!(journal.batch(batch).unwrap().unwrap().seed, MarkerSeed::from_random(2));
}

/// Machines 1 to 11 end in the eleven states, in the order of `State::ALL`.
fn batch_in_all_states(journal: &mut Journal) {
    let (detail, look_at) = (detail("Code"), at(9));
    let doubt = mde_offboard::domain::Doubt::NoAnswer;
    let uncertain = Fact::Uncertain { doubt, detail: detail.clone(), look_at };
    let batch = batch_of(journal, 11);
    let end = |name: &str, status| vec![Fact::Sending, accepted(name), ended(status)];
    let lives = [
        vec![],
        vec![Fact::Sending],
        vec![Fact::Sending, uncertain.clone()],
        vec![Fact::Sending, uncertain, Fact::Held { detail: detail.clone() }],
        vec![Fact::Sending, accepted("a")],
        end("b", ActionStatus::Succeeded),
        end("c", ActionStatus::Failed),
        end("d", ActionStatus::TimedOut),
        end("e", ActionStatus::Cancelled),
        vec![Fact::Sending, Fact::Rejected { reason: Reason::Refused, detail }],
        vec![Fact::Skipped { reason: Reason::Withdrawn }],
    ];
    for (number, facts) in (1..).zip(lives) {
        tell(journal, batch, number, &facts);
    }
    for state in State::ALL {
        assert_eq!(journal.counts(batch).unwrap().of(state), 1, "{state}");
    }
}

/// Of the staged machines: to send, in another batch, offboarded already.
fn judged(journal: &Journal, tenant: &Tenant) -> [u32; 3] {
    let mut counts = [0; 3];
    let visit = |machine: ComparedMachine| {
        let known = machine.known;
        let is_over = matches!(known.offboarding, Offboarding::Ended(_));
        let what = if known.in_other_batch { 1 } else { 2 * usize::from(is_over) };
        counts[what] += 1;
        Ok::<(), JournalError>(())
    };
    journal.each_compared(tenant, visit).unwrap();
    counts
}

#[test]
fn a_batch_is_not_made_of_machines_without_a_verdict() {
    let mut journal = Journal::in_memory().unwrap();
    stage(&mut journal, 1..=3);
    let refused = journal.create_batch(&new_batch(1), at(0));
    assert!(matches!(refused, Err(JournalError::Damaged { .. })), "{refused:?}");
    journal.keep_verdict(MachineNumber(2), &PlanVerdict::Send, None).unwrap();
    assert!(journal.create_batch(&new_batch(1), at(0)).is_err());
    assert!(journal.batches().unwrap().is_empty());
    journal.create_planned(&new_batch(1), at(0)).unwrap();
}

#[test]
fn what_another_batch_holds_or_offboarded_is_judged_by_its_state() {
    let mut journal = Journal::in_memory().unwrap();
    batch_in_all_states(&mut journal);
    for (number, state) in (1..).zip(State::ALL) {
        stage(&mut journal, [number]);
        let expected = match state {
            State::Succeeded => [0, 0, 1],
            state if state.is_settled() => [1, 0, 0],
            _ => [0, 1, 0],
        };
        assert_eq!(judged(&journal, &tenant("contoso")), expected, "{state}");
        journal.discard_staged().unwrap();
    }
}

#[test]
fn another_tenant_and_what_is_no_defender_are_other_machines() {
    let mut journal = Journal::in_memory().unwrap();
    batch_in_all_states(&mut journal);
    stage(&mut journal, 1..=12);
    assert_eq!(judged(&journal, &tenant("contoso")), [6, 5, 1]);
    assert_eq!(judged(&journal, &tenant("fabrikam")), [12, 0, 0]);
    for realm in Realm::ALL.into_iter().filter(|realm| *realm != Realm::Public) {
        let elsewhere = Tenant { realm, ..tenant("contoso") };
        assert_eq!(judged(&journal, &elsewhere), [12, 0, 0], "{}", realm.word());
    }
}

#[test]
fn a_tenant_is_the_same_one_at_every_address() {
    let mut journal = Journal::in_memory().unwrap();
    batch_in_all_states(&mut journal);
    stage(&mut journal, 1..=12);
    let elsewhere = "https://eu.api.security.microsoft.com".to_owned();
    let second = journal.create_planned(&NewBatch { api: elsewhere, ..new_batch(99) }, at(50));
    let counts = journal.counts(second.unwrap()).unwrap();
    assert_eq!((counts.of(State::Queued), counts.of(State::Skipped)), (6, 6));
    let content = journal.batch(BatchId(1)).unwrap().unwrap().content;
    assert!(journal.batch_of_content(&tenant("contoso"), &content).unwrap().is_some());
}

#[test]
fn a_new_batch_skips_what_was_judged_and_says_why() {
    let mut journal = Journal::in_memory().unwrap();
    batch_in_all_states(&mut journal);
    stage(&mut journal, 1..=12);
    let batch = journal.create_planned(&new_batch(99), at(50)).unwrap();
    let counts = journal.counts(batch).unwrap();
    assert_eq!((counts.of(State::Queued), counts.of(State::Skipped)), (6, 6));
    let held = machine(&journal, batch, 1).standing;
    assert_eq!((held.state, held.reason), (State::Skipped, Some(Reason::InOtherBatch)));
    let done = machine(&journal, batch, 6).standing;
    assert_eq!((done.state, done.reason), (State::Skipped, Some(Reason::AlreadySucceeded)));
    journal.verify_rows(batch).unwrap();
}

#[test]
fn again_sends_what_succeeded_and_still_leaves_what_another_batch_holds() {
    let mut journal = Journal::in_memory().unwrap();
    batch_in_all_states(&mut journal);
    stage(&mut journal, 1..=12);
    let batch = journal.create_judged(&new_batch(99), at(50), |machine| {
        if machine.known.in_other_batch {
            PlanVerdict::Skip(Reason::InOtherBatch)
        } else {
            PlanVerdict::Send
        }
    });
    let batch = batch.unwrap();
    assert_eq!(machine(&journal, batch, 6).standing.state, State::Queued);
    assert_eq!(journal.counts(batch).unwrap().of(State::Skipped), 5);
    // It succeeded once, and is queued now: to send it would be twice at once.
    stage(&mut journal, [6]);
    assert_eq!(judged(&journal, &tenant("contoso")), [0, 1, 0]);
}

#[test]
fn the_newest_batch_of_the_same_content_is_found_for_its_tenant_alone() {
    let mut journal = Journal::in_memory().unwrap();
    let mut batches = Vec::new();
    for seed in [1, 2] {
        stage(&mut journal, [1, 2]);
        batches.push(journal.create_planned(&new_batch(seed), at(0)).unwrap());
    }
    let content = journal.batch(batches[0]).unwrap().unwrap().content;
    let found = journal.batch_of_content(&tenant("contoso"), &content).unwrap().unwrap();
    assert_eq!(found.id, batches[1]);
    assert_eq!(journal.batch_of_content(&tenant("fabrikam"), &content).unwrap(), None);
}
