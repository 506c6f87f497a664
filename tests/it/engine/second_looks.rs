//! Machines are compared with the tenant's inventory once more, shortly before they are sent.

use std::sync::Arc;
use std::time::Duration;

use mde_offboard::domain::{
    End, Fact, InventoryMachine, MachineId, MachineNumber, Now, Page, ReadAnswer, Reason, Reply,
    State, Steady, StoppedBy, Trouble,
};
use mde_offboard::engine::{
    Answered, Arrival, Ask, Assignment, RunOptions, SecondLook, Session, lift_guards,
};
use mde_offboard::event::Happening;
use mde_offboard::guard::{Class, ProtectList, Treatment};
use mde_offboard::journal::{Changes, Entry};

use crate::support::machines::machine_id;
use crate::support::script::{Story, accept, list, play_as, unreachable};
use crate::support::world::{START, assignment, batch_of};

const MINUTE: Duration = Duration::from_mins(1);

/// A machine as the plan took it: onboarded, with the name of the list.
pub(super) fn record(index: u32) -> InventoryMachine {
    InventoryMachine {
        name: Some(format!("pc-{:04}", index + 1)),
        os_platform: Some("Windows11".to_owned()),
        onboarding_status: Some("Onboarded".to_owned()),
        health_status: Some("Active".to_owned()),
        last_seen: Some(START),
        first_seen: Some(START),
        ..InventoryMachine::blank(machine_id(index))
    }
}

pub(super) fn inventory(items: Vec<InventoryMachine>) -> Answered {
    let page = Page { rows: items.len(), items, has_next: false };
    Answered::Machines(Reply { what: ReadAnswer::Read(page), heard: true, server_date: None })
}

fn unread(trouble: Trouble) -> Answered {
    let heard = !matches!(trouble, Trouble::Unreachable { .. });
    Answered::Machines(Reply { what: ReadAnswer::Trouble(trouble), heard, server_date: None })
}

/// Runs a batch whose POSTs are all accepted; the inventory is asked for by the time since the
/// start.
fn run(
    machines: u32,
    options: &RunOptions,
    look: SecondLook,
    mut says: impl FnMut(Duration) -> Answered,
) -> Story {
    let (journal, batch) = batch_of(machines, options);
    let assignment = Assignment { second_look: Some(look), ..assignment(batch, options) };
    play_as(journal, assignment, |at, ask| match ask {
        Ask::Submit { .. } => accept(ask),
        Ask::Machines { .. } => says(at),
        _ => list(Vec::new()),
    })
}

pub(super) const UNREAD: SecondLook = SecondLook { read_at: None };

fn readings(story: &Story) -> Vec<Duration> {
    let asked = |ask: &Ask| matches!(ask, Ask::Machines { .. });
    story.asked.iter().filter(|(_, ask)| asked(ask)).map(|(at, _)| *at).collect()
}

pub(super) fn left_alone(story: &Story) -> Vec<(MachineId, Reason)> {
    let told = story.events.iter().filter_map(|event| match event.what {
        Happening::Skipped { reason } => Some((event.machine?, reason)),
        _ => None,
    });
    told.collect()
}

#[test]
fn what_speaks_against_a_machine_by_then_keeps_it_from_being_sent() {
    let protect = ProtectList::parse("protect.toml", "tags = [\"keep\"]").expect("a list");
    let options = RunOptions { protect: Some(Arc::new(protect)), ..RunOptions::default() };
    let story = run(8, &options, UNREAD, |_| {
        let mut machines: Vec<InventoryMachine> = (0..8).map(record).collect();
        machines[1].merged_into = Some(machine_id(99));
        machines[2].name = Some("srv-pay-02".to_owned());
        machines[3].onboarding_status = Some("CanBeOnboarded".to_owned());
        machines[4].tags = vec!["Keep".to_owned()];
        machines[5].os_platform = Some("iOS".to_owned());
        machines[6].health_status = Some("Inactive".to_owned());
        let namesake = InventoryMachine {
            name: machines[6].name.clone(),
            first_seen: Some(START.plus(MINUTE)),
            last_seen: Some(START.plus(MINUTE)),
            ..record(50)
        };
        machines.push(namesake);
        // The list leaves the last one out: that alone proves nothing.
        machines.remove(7);
        inventory(machines)
    });
    let expected = [
        (1, Reason::Merged),
        (2, Reason::NameDiffers),
        (3, Reason::NotOnboarded),
        (4, Reason::Protected),
        (5, Reason::Unsupported),
        (6, Reason::Reimaged),
    ];
    assert_eq!(left_alone(&story), expected.map(|(index, why)| (machine_id(index), why)));
    for (index, reason) in expected {
        assert_eq!(story.machine(index).standing.reason, Some(reason));
        assert!(story.posts(index).is_empty(), "pc-{:04}", index + 1);
    }
    assert_eq!([0, 7].map(|index| story.state(index)), [State::Succeeded; 2]);
    assert_eq!(story.conclusion.end, End::Settled);
}

#[test]
fn what_is_protected_is_not_sent_where_the_inventory_leaves_it_out() {
    let entries = format!("ids = [\"{}\"]\nnames = [\"pc-0002\"]", machine_id(0));
    let protect = ProtectList::parse("protect.toml", &entries).expect("a list");
    let options = RunOptions { protect: Some(Arc::new(protect)), ..RunOptions::default() };
    let story = run(3, &options, UNREAD, |_| inventory(Vec::new()));
    let expected = [0, 1].map(|index| (machine_id(index), Reason::Protected));
    assert_eq!(left_alone(&story), expected);
    assert_eq!(story.state(2), State::Succeeded);
}

#[test]
fn what_a_person_had_sent_when_the_batch_was_made_is_still_sent() {
    let on = vec![(Class::NameDiffers, Treatment::Send)];
    let options = RunOptions { on, ..RunOptions::default() };
    let story = run(1, &options, UNREAD, |_| {
        let name = Some("srv-pay-02".to_owned());
        inventory(vec![InventoryMachine { name, ..record(0) }])
    });
    assert_eq!(story.state(0), State::Succeeded);
}

#[test]
fn nothing_is_sent_before_the_inventory_was_read_nor_by_one_that_is_half_an_hour_old() {
    let story = run(4_000, &RunOptions::default(), UNREAD, |_| inventory(vec![record(0)]));
    let mut read_at = None;
    for (at, ask) in &story.asked {
        match ask {
            Ask::Machines { .. } => read_at = Some(*at),
            Ask::Submit { .. } => {
                let read_at = read_at.expect("an inventory before the first POST");
                assert!(*at < read_at + 30 * MINUTE, "sent at {at:?}, read at {read_at:?}");
            }
            _ => {}
        }
    }
    assert_eq!(story.all_posts(), 4_000);
    let read = readings(&story);
    assert!(read.windows(2).all(|pair| pair[1] >= pair[0] + 15 * MINUTE), "{read:?}");
    assert!(readings(&story).len() >= 3, "{:?}", readings(&story));
}

#[test]
fn what_the_plan_has_just_read_is_not_read_again() {
    let look = SecondLook { read_at: Some(START) };
    let story = run(3, &RunOptions::default(), look, |_| unreachable!("it was read"));
    assert_eq!(story.all_posts(), 3);
    let old = SecondLook { read_at: Some(START.minus(16 * MINUTE)) };
    let story = run(3, &RunOptions::default(), old, |_| inventory(Vec::new()));
    assert_eq!(readings(&story).len(), 1, "a person thought about the question for long");
}

#[test]
fn a_reading_that_fails_for_a_while_delays_nothing_until_the_last_one_is_too_old() {
    let fails = 10 * MINUTE..26 * MINUTE;
    let options = RunOptions::default();
    let story = run(4_000, &options, UNREAD, |at| {
        if fails.contains(&at) { unread(Trouble::Unreadable(proxy())) } else { inventory(vec![]) }
    });
    assert_eq!(story.all_posts(), 4_000);
    let late = Duration::from_hours(2) + 15 * MINUTE;
    assert!(story.asked.iter().all(|(at, _)| *at <= late), "as long as without a fault");

    let from = Duration::from_mins(10);
    let story = run(4_000, &options, UNREAD, |at| {
        if at < from { inventory(vec![]) } else { unread(Trouble::Unreadable(proxy())) }
    });
    let posts = story.asked.iter().filter(|(_, ask)| matches!(ask, Ask::Submit { .. }));
    let last = posts.map(|(at, _)| *at).max().expect("some were sent");
    assert!(last < 30 * MINUTE, "{last:?}");
    assert_eq!(story.conclusion.end, End::Tripped, "waiting does not change it");
    let why = story.conclusion.why.expect("a reason");
    assert!(why.starts_with("Defender's list of machines could not be read"), "{why}");
}

/// A page that is not Defender's.
fn proxy() -> mde_offboard::domain::Detail {
    mde_offboard::domain::Detail::new(Some(404), None, "a page of a proxy")
}

#[test]
fn without_an_inventory_nothing_is_sent_and_the_run_says_what_it_waits_for() {
    let options = RunOptions { offline_timeout: Some(20 * MINUTE), ..RunOptions::default() };
    let story = run(3, &options, UNREAD, |_| unread(unreachable()));
    assert_eq!(story.all_posts(), 0);
    assert_eq!(story.conclusion.end, End::Unreachable);
    let waits = story.events.iter().any(|event| matches!(event.what, Happening::Waiting { .. }));
    assert!(waits, "{:?}", story.events);
}

#[test]
fn many_that_changed_stop_the_run_until_a_person_says_to_go_on() {
    let options = RunOptions { concurrency: 1, ..RunOptions::default() };
    let says = |_: Duration| {
        let status = Some("CanBeOnboarded".to_owned());
        let machines = (0..40).map(record);
        let changed =
            machines.map(|record| InventoryMachine { onboarding_status: status.clone(), ..record });
        inventory(changed.collect())
    };
    let story = run(40, &options, UNREAD, says);
    assert_eq!(story.conclusion.end, End::Tripped);
    assert_eq!(story.conclusion.guard, Some(StoppedBy::Changes));
    assert_eq!(left_alone(&story).len(), 10);
    assert_eq!(
        story.conclusion.why.as_deref(),
        Some(
            "10 machines are not what the plan took them for, and were left alone; the next one \
             is not_onboarded"
        )
    );
    let Story { mut journal, batch, .. } = story;
    lift_guards(&mut journal, batch, &options, START).expect("a journal");
    let assignment = Assignment { second_look: Some(UNREAD), ..assignment(batch, &options) };
    let story = play_as(journal, assignment, |at, ask| match ask {
        Ask::Machines { .. } => says(at),
        _ => list(Vec::new()),
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(left_alone(&story).len(), 30);
}

#[test]
fn what_a_person_had_queued_again_in_spite_of_its_class_is_sent() {
    let options = RunOptions::default();
    let renamed = |_: Duration| {
        let name = Some("srv-pay-02".to_owned());
        inventory(vec![InventoryMachine { name, ..record(0) }])
    };
    let story = run(1, &options, UNREAD, renamed);
    assert_eq!(story.machine(0).standing.reason, Some(Reason::NameDiffers));
    let Story { mut journal, batch, .. } = story;
    let again = Entry { batch, number: MachineNumber(1), at: START, fact: Fact::Requeued };
    journal.commit(&Changes { facts: vec![again], ..Changes::default() }).expect("a journal");
    let assignment = Assignment { second_look: Some(UNREAD), ..assignment(batch, &options) };
    let story = play_as(journal, assignment, |at, ask| match ask {
        Ask::Submit { .. } => accept(ask),
        Ask::Machines { .. } => renamed(at),
        _ => list(Vec::new()),
    });
    assert_eq!(story.state(0), State::Succeeded);
}

#[test]
fn a_run_of_which_every_machine_is_left_alone_comes_to_its_end() {
    let merged =
        |index: u32| InventoryMachine { merged_into: Some(machine_id(999)), ..record(index) };
    // All of a canary being left alone, nothing says that the others are well.
    for (machines, canary, alone) in [(3, 0, 3), (3, 2, 2), (9, 9, 9)] {
        let options = RunOptions { canary, ..RunOptions::default() };
        let says = |_: Duration| inventory((0..machines).map(merged).collect());
        let story = run(machines, &options, UNREAD, says);
        assert_eq!(left_alone(&story).len(), alone, "a canary of {canary}");
        assert_eq!(story.all_posts(), 0);
    }
}

#[test]
fn few_that_change_among_many_do_not_stop_a_run() {
    let story = run(400, &RunOptions::default(), UNREAD, |_| {
        let merged = |index: u32| {
            let merged_into = index.is_multiple_of(20).then(|| machine_id(999));
            InventoryMachine { merged_into, ..record(index) }
        };
        inventory((0..400).map(merged).collect())
    });
    assert_eq!(story.conclusion.end, End::Settled);
    assert_eq!(left_alone(&story).len(), 20);
}

/// Answers what goes out until nothing does; what was asked.
fn turns(session: &mut Session<'_>, now: Now, machines: &[InventoryMachine]) -> Vec<Ask> {
    let (mut asked, mut arrivals) = (Vec::new(), Vec::new());
    loop {
        let turn = session.turn(now, std::mem::take(&mut arrivals)).expect("a turn");
        if turn.requests.is_empty() {
            return asked;
        }
        for request in turn.requests {
            let answered = match &request.ask {
                Ask::Submit { .. } => accept(&request.ask),
                Ask::Machines { .. } => inventory(machines.to_vec()),
                _ => list(Vec::new()),
            };
            asked.push(request.ask);
            arrivals.push(Arrival { call: request.call, at: now, answered });
        }
    }
}

#[test]
fn after_a_sleep_of_the_computer_nothing_is_sent_before_the_inventory_was_read_again() {
    let options = RunOptions::default();
    let (mut journal, batch) = batch_of(150, &options);
    let look = SecondLook { read_at: Some(START) };
    let assignment = Assignment { second_look: Some(look), ..assignment(batch, &options) };
    let now = |steady: Duration, slept: Duration| Now {
        steady: Steady::ORIGIN.plus(steady),
        wall: START.plus(steady + slept),
        boot: None,
    };
    let awake = now(Duration::ZERO, Duration::ZERO);
    let mut session = Session::open(&mut journal, &assignment, 10_000, awake).expect("opens");
    let mut machines: Vec<InventoryMachine> = (0..150).map(record).collect();
    let before = turns(&mut session, awake, &machines);
    let posts =
        |asked: &[Ask]| asked.iter().filter(|ask| matches!(ask, Ask::Submit { .. })).count();
    let looks = |ask: &Ask| matches!(ask, Ask::Machines { .. });
    assert_eq!((posts(&before), before.iter().any(looks)), (100, false));
    // Its own clock stood still while somebody merged the next machine in turn.
    machines[100].merged_into = Some(machine_id(999));
    let woken = now(2 * MINUTE, Duration::from_hours(3));
    let after = turns(&mut session, woken, &machines);
    assert_eq!(posts(&after), 49);
    let first = after.iter().position(|ask| matches!(ask, Ask::Submit { .. })).expect("some");
    assert!(after[..first].iter().any(looks), "read before the first one: {:?}", &after[..first]);
    let merged =
        |ask: &Ask| matches!(ask, Ask::Submit { machine, .. } if *machine == machine_id(100));
    assert!(!after.iter().any(merged), "what was merged is not sent");
}
