//! What the first machines of a batch say of the others.

use mde_offboard::domain::{Counts, State};
use mde_offboard::guard::{CanaryCounts, CanaryVerdict};

/// Machines in these states; `untried` of the queued ones were never sent.
fn counts<const N: usize>(states: [(State, u64); N], untried: u64) -> CanaryCounts {
    let mut by_state = Counts::default();
    states.into_iter().for_each(|(state, machines)| by_state.add(state, machines));
    CanaryCounts { by_state, untried }
}

#[test]
fn its_wait_begins_once_all_of_it_was_sent_or_one_ended_badly() {
    use State::{Failed, Pending, Queued, Sending, Succeeded};
    for (canary, waits) in [
        (counts([(Succeeded, 1), (Pending, 2)], 0), true),
        (counts([(Pending, 2), (Queued, 1)], 1), false),
        // To be sent again: it was tried.
        (counts([(Pending, 2), (Queued, 1)], 0), true),
        (counts([(Pending, 2), (Sending, 1)], 0), false),
        // The rest of it is not sent any more.
        (counts([(Failed, 1), (Queued, 2)], 2), true),
        (counts([(Failed, 1), (Sending, 1), (Queued, 1)], 1), false),
    ] {
        assert_eq!(canary.waits(), waits, "{canary:?}");
    }
}

#[test]
fn a_verdict_waits_for_what_is_under_way_and_no_longer_than_it_may() {
    use CanaryVerdict::{Failed, Passed, Runs, Undecided};
    let (in_time, over) = (false, true);
    let pending = counts([(State::Succeeded, 2), (State::Pending, 1)], 0);
    let untried = counts([(State::Succeeded, 2), (State::Queued, 1)], 1);
    let one_failed = counts([(State::Failed, 1), (State::Pending, 1)], 0);
    let rest_is_unsent = counts([(State::Rejected, 1), (State::Queued, 2)], 2);
    for (name, canary, is_over, verdict) in [
        ("all succeeded", counts([(State::Succeeded, 3)], 0), in_time, Passed),
        ("one is pending", pending, in_time, Runs),
        ("one is pending for too long", pending, over, Undecided),
        ("one was never sent: its wait has not begun", untried, over, Runs),
        ("one failed, another may say more", one_failed, in_time, Runs),
        ("one failed, another has not ended in time", one_failed, over, Failed),
        ("nothing is under way", rest_is_unsent, in_time, Failed),
        ("all were taken out", counts([(State::Skipped, 3)], 0), in_time, Undecided),
    ] {
        assert_eq!(canary.verdict(is_over), verdict, "{name}");
    }
}

#[test]
fn a_machine_that_was_taken_out_is_none_of_it() {
    let canary = counts([(State::Succeeded, 3), (State::Skipped, 2)], 0);
    assert_eq!((canary.of(), canary.open(), canary.bad()), (3, 0, 0));
    assert_eq!(canary.words(), "of 3, 3 succeeded");
    assert_eq!(canary.verdict(false), CanaryVerdict::Passed);
}

#[test]
fn its_machines_are_told_by_what_became_of_them() {
    let canary = counts(
        [
            (State::Succeeded, 4),
            (State::TimedOut, 1),
            (State::Uncertain, 2),
            (State::Sending, 1),
            (State::Held, 1),
            (State::Queued, 5),
        ],
        3,
    );
    assert_eq!(
        canary.words(),
        "of 14, 4 succeeded, 1 timed out, 3 are in doubt, 1 is held, 2 are to be sent again, \
         3 are not sent"
    );
}
