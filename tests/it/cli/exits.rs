//! Which exit code counts where several apply.

use mde_offboard::cli::Exit;
use mde_offboard::domain::{Counts, End, State};

fn counts(of: &[State]) -> Counts {
    let mut counts = Counts::default();
    for state in of {
        counts.add(*state, 1);
    }
    counts
}

#[track_caller]
fn check(end: Option<End>, states: &[State], code: u8) {
    assert_eq!(Exit::of_batch(end, &counts(states)).code(), code, "{end:?} {states:?}");
}

#[test]
fn of_several_the_first_of_8_6_7_5_4_9_counts() {
    use Exit::{Done, Guard, Journal, NoAccess, Pending, Unfinished, Unsuccessful};
    let order = [Journal, NoAccess, Guard, Unfinished, Unsuccessful, Pending, Done];
    assert_eq!(order.map(Exit::code), [8, 6, 7, 5, 4, 9, 0]);
    for (place, exit) in order.into_iter().enumerate() {
        let mut rest = order[place..].to_vec();
        rest.reverse();
        assert_eq!(Exit::foremost(&rest), exit);
    }
    assert_eq!(Exit::foremost(&[]), Done);
}

#[test]
fn a_batch_of_which_all_succeeded_or_was_skipped_is_done() {
    check(Some(End::Settled), &[State::Succeeded, State::Skipped], 0);
    check(Some(End::Settled), &[], 0);
}

#[test]
fn pending_alone_is_9_and_a_bad_end_beside_it_4() {
    check(Some(End::Pending), &[State::Succeeded, State::Pending], 9);
    for bad in [State::Failed, State::TimedOut, State::Cancelled, State::Rejected] {
        check(Some(End::Pending), &[bad, State::Pending], 4);
    }
}

#[test]
fn whatever_is_left_to_send_or_to_decide_is_5() {
    for left in [State::Queued, State::Sending, State::Uncertain, State::Held] {
        check(None, &[left, State::Failed, State::Pending], 5);
    }
}

#[test]
fn how_a_run_ended_counts_only_while_something_is_open() {
    check(Some(End::NoAccess), &[State::Queued], 6);
    check(Some(End::Tripped), &[State::Queued, State::Failed], 7);
    check(Some(End::Unreachable), &[State::Pending], 5);
    check(Some(End::Interrupted), &[State::Succeeded], 0);
    check(Some(End::Tripped), &[State::Failed], 4);
}

#[test]
fn a_person_who_ends_what_only_follows_leaves_nothing_to_send() {
    for end in [End::Interrupted, End::Stopped] {
        check(Some(end), &[State::Succeeded, State::Pending], 9);
        check(Some(end), &[State::Failed, State::Pending], 4);
        check(Some(end), &[State::Queued, State::Pending], 5);
        check(Some(end), &[State::Held], 5);
    }
}
