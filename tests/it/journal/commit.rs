//! What becomes durable together.

use std::time::Duration;

use mde_offboard::domain::{
    ActionStatus, BatchFact, BootId, BootTime, Call, CallId, End, Fact, Freeze, History,
    LimitGroup, MachineNumber, Phantoms, ServerClock, Stamp, State, StoppedBy, Window,
};
use mde_offboard::journal::{Changes, Journal, JournalError};

use super::setup::{accepted, at, batch_of, ended, entry, machine, open, place, tell};

/// An instant by both clocks, an hour after the computer was started at second 0.
fn stamp(second: i64) -> Stamp {
    let since = Duration::from_secs(3_600 + second.unsigned_abs());
    let boot = BootId::from_bytes([7; 16]);
    Stamp { wall: at(second), boot: Some(BootTime { boot, since }) }
}

#[test]
fn a_forbidden_fact_takes_everything_beside_it_back() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 3);
    let (before, head) = (journal.batches().unwrap(), journal.verify_chain().unwrap());
    let call = Call { id: CallId(1), group: LimitGroup::Posts, sent_at: at(1), receipt: None };
    let changes = Changes {
        facts: vec![
            entry(batch, 1, 1, Fact::Sending),
            entry(batch, 2, 1, ended(ActionStatus::Succeeded)),
        ],
        batch_facts: vec![(batch, at(1), BatchFact::Ended { end: End::Stopped, why: None })],
        calls: vec![call],
        receipts: vec![(CallId(1), at(2).into())],
        freezes: vec![Freeze { group: LimitGroup::Posts, until: at(9).into(), streak: 1 }],
        phantoms: vec![phantoms(LimitGroup::Posts, 1, 9)],
        server_clock: Some(ServerClock { date: at(1), wall: at(2) }),
        clock_gained: Duration::from_secs(1),
    };
    let refused = journal.commit(&changes).unwrap_err();
    let JournalError::Forbidden { number: MachineNumber(2), source, .. } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(source.state, State::Queued);
    assert_eq!(journal.batches().unwrap(), before);
    assert_eq!(journal.verify_chain().unwrap(), head);
    assert_eq!(machine(&journal, batch, 1).standing.state, State::Queued);
    assert_eq!(journal.history(10).unwrap(), History::default());
    journal.verify_rows(batch).unwrap();
}

#[test]
fn a_fact_about_a_machine_that_is_not_there_is_refused() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 1);
    let facts = vec![entry(batch, 2, 1, Fact::Sending)];
    let refused = journal.commit(&Changes { facts, ..Changes::default() });
    assert!(matches!(refused, Err(JournalError::Damaged { .. })), "{refused:?}");
}

#[test]
fn a_batch_tells_how_its_last_run_ended_and_when_it_sent() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 2);
    let started = BatchFact::Started { command: "run".to_owned() };
    let (name, value) = ("concurrency".to_owned(), "4".to_owned());
    let others = [BatchFact::OptionChanged { name, value }, BatchFact::RolledBack { actions: 3 }];
    let mut told = journal.batch_facts_of(batch).unwrap();
    let mut check = |journal: &mut Journal, second, fact: BatchFact, end, ended_at| {
        let batch_facts = vec![(batch, at(second), fact.clone())];
        journal.commit(&Changes { batch_facts, ..Changes::default() }).unwrap();
        told.push((at(second), fact));
        let found = journal.batch(batch).unwrap().unwrap();
        assert_eq!((found.end, found.ended_at), (end, ended_at));
        assert_eq!(journal.batch_facts_of(batch).unwrap(), told);
    };
    for (second, end) in (1..).zip(End::ALL) {
        check(&mut journal, second, started.clone(), None, None);
        check(
            &mut journal,
            second,
            BatchFact::Ended { end, why: None },
            Some(end),
            Some(at(second)),
        );
    }
    let [changed, rolled_back] = others;
    check(&mut journal, 50, changed, Some(End::PastUntil), Some(at(8)));
    check(&mut journal, 51, rolled_back, Some(End::PastUntil), Some(at(8)));
    let (guard, why) = (StoppedBy::Canary, "1 failed".to_owned());
    let tripped = BatchFact::Tripped { guard, why };
    check(&mut journal, 52, tripped, Some(End::Tripped), Some(at(52)));
    let lifted = BatchFact::GuardLifted { guard, answered: 1, failed: 1 };
    check(&mut journal, 53, lifted, None, None);

    for (number, second) in [(1, 60), (2, 70)] {
        let facts = vec![entry(batch, number, second, Fact::Sending)];
        journal.commit(&Changes { facts, ..Changes::default() }).unwrap();
    }
    let found = journal.batch(batch).unwrap().unwrap();
    assert_eq!((found.first_sent_at, found.last_sent_at), (Some(at(60)), Some(at(70))));
    journal.set_options(batch, r#"{"concurrency":4}"#).unwrap();
    assert_eq!(journal.batch(batch).unwrap().unwrap().options, r#"{"concurrency":4}"#);
}

#[test]
fn a_receipt_is_stored_with_the_time_since_boot_where_there_is_one() {
    let mut journal = Journal::in_memory().unwrap();
    let call = |number, group, second| Call {
        id: CallId(number),
        group,
        sent_at: at(second),
        receipt: None,
    };
    assert_eq!(journal.next_call().unwrap(), CallId(1));
    let calls = vec![
        call(1, LimitGroup::Posts, 1),
        call(2, LimitGroup::Reads, 2),
        call(3, LimitGroup::Cancels, 3),
    ];
    let receipts = vec![(CallId(1), stamp(4))];
    journal.commit(&Changes { calls, receipts, ..Changes::default() }).unwrap();
    let receipts = vec![(CallId(3), at(9).into())];
    journal.commit(&Changes { receipts, ..Changes::default() }).unwrap();
    let history = journal.history(10).unwrap().calls;
    let first = Call { receipt: Some(stamp(4)), ..call(1, LimitGroup::Posts, 1) };
    let third = Call { receipt: Some(at(9).into()), ..call(3, LimitGroup::Cancels, 3) };
    assert_eq!(history, [first, call(2, LimitGroup::Reads, 2), third]);
}

/// Calls of a group, one a second, the first `open` of which have no receipt.
fn calls(journal: &mut Journal, group: LimitGroup, (count, open): (i64, i64)) {
    let next = journal.next_call().unwrap().0;
    let call = |number: i64| Call {
        id: CallId(next + number),
        group,
        sent_at: at(number),
        receipt: (number >= open).then(|| stamp(number + 1)),
    };
    let calls = (0..count).map(call).collect();
    journal.commit(&Changes { calls, ..Changes::default() }).unwrap();
}

#[test]
fn the_last_calls_of_each_group_and_all_without_a_receipt_are_history() {
    let mut journal = Journal::in_memory().unwrap();
    calls(&mut journal, LimitGroup::Posts, (6, 1));
    calls(&mut journal, LimitGroup::Reads, (2, 0));
    let ids = |most| -> Vec<i64> {
        journal.history(most).unwrap().calls.iter().map(|call| call.id.0).collect()
    };
    assert_eq!(ids(100), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(ids(3), [1, 4, 5, 6, 7, 8], "the first one has no receipt");
    assert_eq!(ids(1), [1, 6, 8]);
}

#[test]
fn a_clock_that_is_set_far_ahead_purges_nothing_that_the_limiter_needs() {
    let mut journal = Journal::in_memory().unwrap();
    let kept = i64::from(Journal::CALLS_KEPT);
    calls(&mut journal, LimitGroup::Posts, (kept + 10, 1));
    let count = |journal: &Journal| journal.history(u32::MAX).unwrap().calls.len();
    journal.purge_calls(at(5)).unwrap();
    assert_eq!(count(&journal), usize::try_from(kept + 7).unwrap(), "three were long answered");
    journal.purge_calls(at(1_000_000)).unwrap();
    assert_eq!(count(&journal), usize::try_from(kept + 1).unwrap(), "and one has no receipt");
}

fn phantoms(group: LimitGroup, calls: u32, second: i64) -> Phantoms {
    Phantoms { group, window: Window::DEFENDER[0], calls, until: stamp(second) }
}

#[test]
fn what_somebody_else_takes_of_a_window_replaces_what_was_known_of_it() {
    let mut journal = Journal::in_memory().unwrap();
    let hour = Phantoms { window: Window::DEFENDER[1], ..phantoms(LimitGroup::Posts, 9, 90) };
    let first = vec![phantoms(LimitGroup::Posts, 5, 60), hour];
    let second = vec![phantoms(LimitGroup::Posts, 7, 70), phantoms(LimitGroup::Reads, 1, 80)];
    for phantoms in [first, second] {
        journal.commit(&Changes { phantoms, ..Changes::default() }).unwrap();
    }
    let known = [phantoms(LimitGroup::Posts, 7, 70), hour, phantoms(LimitGroup::Reads, 1, 80)];
    assert_eq!(journal.history(1).unwrap().phantoms, known);
}

#[test]
fn a_clock_that_was_set_forwards_moves_all_that_was_stored_before_and_nothing_else() {
    let mut journal = Journal::in_memory().unwrap();
    calls(&mut journal, LimitGroup::Posts, (2, 1));
    let changes = |second, number| Changes {
        receipts: vec![(CallId(number), stamp(second))],
        freezes: vec![Freeze { group: LimitGroup::Reads, until: stamp(second), streak: 0 }],
        phantoms: vec![phantoms(LimitGroup::Posts, 1, second)],
        server_clock: Some(ServerClock { date: at(second), wall: at(second) }),
        ..Changes::default()
    };
    journal.commit(&changes(10, 1)).unwrap();
    let mut later = Changes { receipts: vec![(CallId(2), stamp(20))], ..Changes::default() };
    later.clock_was_set(Duration::from_hours(1));
    journal.commit(&later).unwrap();
    let history = journal.history(10).unwrap();
    let walls: Vec<_> = history.calls.iter().map(|call| call.receipt.unwrap().wall).collect();
    assert_eq!(walls, [at(3_610), at(3_620)], "also what came in the same turn, just before");
    assert_eq!(history.calls[0].receipt.unwrap().boot, stamp(10).boot);
    assert_eq!(
        (history.freezes[0].until.wall, history.phantoms[0].until.wall),
        (at(3_610), at(3_610))
    );
    assert_eq!(history.server_clock, Some(ServerClock { date: at(10), wall: at(3_610) }));
}

#[test]
fn the_servers_clock_at_the_newest_answer_is_known() {
    let mut journal = Journal::in_memory().unwrap();
    for second in [3, 9] {
        let server_clock = Some(ServerClock { date: at(second), wall: at(second + 100) });
        journal.commit(&Changes { server_clock, ..Changes::default() }).unwrap();
    }
    let known = ServerClock { date: at(9), wall: at(109) };
    assert_eq!(journal.history(1).unwrap().server_clock, Some(known));
}

#[test]
fn a_freeze_takes_the_place_of_its_groups_alone() {
    let mut journal = Journal::in_memory().unwrap();
    let freeze = |group, second, streak| Freeze { group, until: stamp(second), streak };
    let posts = freeze(LimitGroup::Posts, 60, 1);
    let reads = freeze(LimitGroup::Reads, 70, 2);
    let longer = freeze(LimitGroup::Posts, 120, 3);
    for freezes in [vec![posts, reads], vec![longer]] {
        journal.commit(&Changes { freezes, ..Changes::default() }).unwrap();
    }
    assert_eq!(journal.history(1).unwrap().freezes, [longer, reads]);
}

#[test]
fn an_intent_is_on_disk_before_the_commit_returns() {
    let (_folder, path) = place();
    let mut journal = open(&path);
    let batch = batch_of(&mut journal, 1);
    tell(&mut journal, batch, 1, &[Fact::Sending]);
    // What a killed process leaves: the files as they are now, copied while it still runs.
    let (_other, copy) = place();
    for ending in ["", "-wal"] {
        let beside = |path: &std::path::Path| format!("{}{ending}", path.display());
        std::fs::copy(beside(&path), beside(&copy)).unwrap();
    }
    let after = open(&copy);
    assert_eq!(machine(&after, batch, 1).standing.state, State::Sending);
    after.verify_rows(batch).unwrap();
}

#[test]
fn an_action_belongs_to_the_machine_that_had_it_last_also_after_a_retry() {
    let mut journal = Journal::in_memory().unwrap();
    let batch = batch_of(&mut journal, 2);
    let failed = [Fact::Sending, accepted("a-1"), ended(ActionStatus::Failed), Fact::Requeued];
    tell(&mut journal, batch, 1, &failed);
    let owner = |journal: &Journal, name| {
        let action = super::setup::action(name);
        let owner = journal.owner_of(&action, &ActionStatus::Pending).unwrap();
        owner.map(|owner| owner.number.0)
    };
    assert_eq!(owner(&journal, "a-1"), Some(1));
    tell(&mut journal, batch, 1, &[Fact::Sending, accepted("a-2")]);
    assert_eq!((owner(&journal, "a-1"), owner(&journal, "a-2")), (Some(1), Some(1)));
    assert_eq!(owner(&journal, "a-3"), None);
    tell(&mut journal, batch, 2, &[Fact::Sending, accepted("a-1")]);
    assert_eq!(owner(&journal, "a-1"), Some(2));
    journal.verify_rows(batch).unwrap();
}
