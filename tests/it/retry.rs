//! What follows an answer without effect.

use std::time::Duration;

use mde_offboard::domain::{Reason, Standing, State};
use mde_offboard::retry::{Backoff, NoEffect, RetryPolicy, Verdict};
use proptest::prelude::*;

fn sent(attempts_counted: u32, absences: u32) -> Standing {
    Standing { state: State::Sending, attempts_counted, absences, ..Standing::NEW }
}

fn after(attempts_counted: u32, absences: u32, answer: NoEffect) -> Verdict {
    RetryPolicy::default().after(&sent(attempts_counted, absences), answer, 1)
}

#[test]
fn the_third_404_is_final_and_the_first_two_wait_a_fifth_of_the_settle_time() {
    let minute = Verdict::RetryAfter(Duration::from_mins(1));
    assert_eq!(after(1, 0, NoEffect::Absent), minute);
    assert_eq!(after(2, 1, NoEffect::Absent), minute);
    assert_eq!(after(3, 2, NoEffect::Absent), Verdict::GiveUp(Reason::NotFound));
}

#[test]
fn the_last_attempt_is_final_whatever_the_answer() {
    assert!(matches!(after(7, 0, NoEffect::Transient), Verdict::RetryAfter(_)));
    assert_eq!(after(8, 0, NoEffect::Transient), Verdict::GiveUp(Reason::Attempts));
    assert_eq!(after(8, 0, NoEffect::Absent), Verdict::GiveUp(Reason::Attempts));
    assert_eq!(after(8, 2, NoEffect::Absent), Verdict::GiveUp(Reason::NotFound));
}

#[test]
fn a_404_does_not_shorten_what_other_answers_get() {
    assert!(matches!(after(3, 2, NoEffect::Transient), Verdict::RetryAfter(_)));
}

#[test]
fn what_may_pass_waits_as_the_backoff_says() {
    let policy = RetryPolicy::default();
    for attempt in 1..8 {
        let said = policy.after(&sent(attempt, 0), NoEffect::Transient, 42);
        assert_eq!(said, Verdict::RetryAfter(policy.backoff.delay(attempt, 42)));
    }
}

#[test]
fn the_wait_doubles_from_a_second_to_a_minute() {
    let whole = [1, 2, 4, 8, 16, 32, 60, 60, 60];
    for (attempt, seconds) in (1..).zip(whole) {
        let delay = Backoff::default().delay(attempt, 7);
        let (least, most) =
            (Duration::from_millis(seconds * 800), Duration::from_millis(seconds * 1_200));
        assert!(least <= delay && delay <= most, "attempt {attempt} waits {delay:?}");
    }
}

#[test]
fn the_jitter_reaches_a_fifth_either_way_and_differs_by_seed_and_attempt() {
    let backoff = Backoff { first: Duration::from_secs(1), most: Duration::from_secs(1) };
    let waits: Vec<_> = (0..10_000).map(|seed| backoff.delay(1, seed)).collect();
    assert_eq!(waits.iter().min(), Some(&Duration::from_millis(800)));
    assert_eq!(waits.iter().max(), Some(&Duration::from_millis(1_200)));
    let by_attempt: Vec<_> = (1..=6).map(|attempt| backoff.delay(attempt, 1)).collect();
    assert!(by_attempt.windows(2).any(|pair| pair[0] != pair[1]));
}

proptest! {
    #[test]
    fn every_wait_is_defined_repeatable_and_bounded(
        attempt: u32,
        seed: u64,
        first: Duration,
        most: Duration,
    ) {
        let backoff = Backoff { first, most };
        let delay = backoff.delay(attempt, seed);
        prop_assert_eq!(delay, backoff.delay(attempt, seed));
        prop_assert!(delay / 6 <= most / 5 + Duration::from_nanos(1));
    }

    #[test]
    fn every_machine_comes_to_an_end(
        attempts_max in 0..20_u32,
        absences_max in 0..5_u32,
        answers in prop::collection::vec(any::<bool>(), 30),
    ) {
        let policy = RetryPolicy { attempts_max, absences_max, ..RetryPolicy::default() };
        let (mut attempts, mut absences) = (0, 0);
        for absent in answers {
            attempts += 1;
            let answer = if absent { NoEffect::Absent } else { NoEffect::Transient };
            if let Verdict::GiveUp(_) = policy.after(&sent(attempts, absences), answer, 0) {
                return Ok(());
            }
            absences += u32::from(absent);
        }
        prop_assert!(false, "tried {attempts} times");
    }
}
