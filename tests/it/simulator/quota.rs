//! Both windows, counted by the server.

use std::time::Duration;

use mde_offboard::domain::{LimitGroup, Timestamp, Window};
use mde_offboard::simulator::{Counting, Response, RetryAfter, TenantOptions};
use proptest::prelude::*;

use super::setup::{Bench, at, json, query, refused, unlimited};

fn bench(limits: &[&str], counting: Counting) -> Bench {
    let limits = limits.iter().map(|limit| Window::parse(limit).unwrap()).collect();
    Bench::new(TenantOptions { limits, counting, ..TenantOptions::default() })
}

fn post(bench: &mut Bench, millis: u64) -> u16 {
    bench.offboard(at(millis), 0).status
}

fn header(response: &Response, name: &str) -> Option<String> {
    let found = response.headers.iter().find(|(header, _)| header == name);
    found.map(|(_, value)| value.clone())
}

#[test]
fn the_call_after_a_full_window_is_refused_and_exactly_a_window_later_it_is_not() {
    let mut bench = bench(&["2/1s"], Counting::Sliding);
    assert_ne!(post(&mut bench, 0), 429);
    assert_ne!(post(&mut bench, 400), 429);
    assert_eq!(post(&mut bench, 999), 429);
    assert_ne!(post(&mut bench, 1_000), 429);
    assert_eq!(post(&mut bench, 1_399), 429);
    assert_ne!(post(&mut bench, 1_400), 429);
}

#[test]
fn fixed_windows_begin_at_whole_multiples_of_their_length() {
    let mut bench = bench(&["2/1s"], Counting::Fixed);
    let answers = [900, 950, 999, 1_000, 1_001, 1_002].map(|millis| post(&mut bench, millis));
    let refused = answers.map(|status| status == 429);
    assert_eq!(refused, [false, false, true, false, false, true]);
}

#[test]
fn a_refusal_has_the_observed_body_and_says_when_to_come_again() {
    let mut bench = Bench::new(TenantOptions::default());
    for _ in 0..100 {
        assert_eq!(bench.offboard(at(0), 0).status, 404);
    }
    let response = bench.offboard(at(51_500), 0);
    let message = refused(&response, 429, "429");
    assert_eq!(
        message,
        "API calls quota exceeded! Maximum allowed 100 per 00:01:00 for the key \
         Destination+TenantID+AppID. You can send requests again in 9 seconds."
    );
    assert_eq!(json(&response)["error"]["target"], TenantOptions::default().tenant_id);
    assert_eq!(header(&response, "retry-after").as_deref(), Some("9"));
}

#[test]
fn the_hour_is_named_when_the_hour_is_full() {
    let mut bench = Bench::new(TenantOptions::default());
    for minute in 0..15 {
        for _ in 0..100 {
            assert_eq!(bench.offboard(at(minute * 60_000), 0).status, 404);
        }
    }
    let message = refused(&bench.offboard(at(14 * 60_000 + 1), 0), 429, "429");
    assert!(message.contains("Maximum allowed 1500 per 01:00:00"), "{message}");
    assert!(message.contains("again in 2760 seconds"), "{message}");
}

#[test]
fn a_refusal_may_name_a_date_or_only_the_message() {
    let headers = [RetryAfter::Date, RetryAfter::None].map(|counting_answer| {
        let limits = vec![Window::parse("1/10s").unwrap()];
        let options = TenantOptions { limits, counting_answer, ..TenantOptions::default() };
        let mut bench = Bench::new(options);
        bench.offboard(at(0), 0);
        header(&bench.offboard(at(2_000), 0), "retry-after")
    });
    assert_eq!(headers, [Some("Mon, 23 Nov 2026 00:00:10 GMT".to_owned()), None]);
}

#[test]
fn each_group_has_a_budget_of_its_own() {
    let mut bench = bench(&["1/10s"], Counting::Sliding);
    assert_ne!(bench.offboard(at(0), 0).status, 429);
    assert_ne!(bench.actions(at(1), &query("", "", "")).status, 429);
    assert_ne!(bench.cancel(at(2), "x").status, 429);
    assert_eq!(bench.offboard(at(3), 0).status, 429);
    assert_eq!(bench.actions(at(4), &query("", "", "")).status, 429);
    assert_eq!(bench.cancel(at(5), "x").status, 429);
}

#[test]
fn calls_without_a_good_token_take_no_slot() {
    let mut bench = bench(&["1/10s"], Counting::Sliding);
    let body = super::setup::BODY;
    assert_eq!(bench.tenant.offboard(at(0), None, "", body).status, 401);
    assert_ne!(post(&mut bench, 1), 429);
}

#[test]
fn the_fullest_window_is_found_whatever_its_start() {
    let mut bench = bench(&["3/1s", "100/1h"], Counting::Fixed);
    for millis in [0, 800, 900, 1_000, 1_700, 1_799, 1_800, 3_000] {
        post(&mut bench, millis);
    }
    let most: Vec<u32> =
        bench.tenant.fullest(LimitGroup::Posts).into_iter().map(|(_, most)| most).collect();
    // From 0.8 s on: 0.8, 0.9, 1.0, 1.7 and 1.799; 1.8 lies in the next one.
    assert_eq!(most, [5, 8]);
    assert_eq!(bench.tenant.fullest(LimitGroup::Reads)[0].1, 0);
}

/// By brute force: the most of these that lie in a half-open window beginning with one of them.
fn most_within(accepted: &[Timestamp], window: Window) -> usize {
    let within = |from: Timestamp| {
        accepted.iter().filter(|at| **at >= from && at.since(from) < window.duration()).count()
    };
    accepted.iter().map(|at| within(*at)).max().unwrap_or(0)
}

fn arrivals() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(prop_oneof![4 => 0_u64..20, 1 => 20_u64..300], 1..120)
}

fn windows() -> impl Strategy<Value = Vec<Window>> {
    let window = (1_u32..6, 1_u64..120)
        .prop_map(|(limit, millis)| Window::new(limit, Duration::from_millis(millis)).unwrap());
    prop::collection::vec(window, 1..3)
}

/// Sends at these gaps, and gives back when each call arrived and whether it was let through.
fn run(limits: &[Window], counting: Counting, gaps: &[u64]) -> Vec<(Timestamp, bool)> {
    let limits = limits.to_vec();
    let mut bench = Bench::new(TenantOptions { limits, counting, ..unlimited() });
    let mut millis = 0;
    for gap in gaps {
        millis += gap;
        post(&mut bench, millis);
    }
    bench.tenant.log().iter().map(|arrival| (arrival.at, arrival.status != 429)).collect()
}

proptest! {
    #[test]
    fn sliding_windows_never_hold_more_than_the_limit_and_refuse_nothing_needlessly(
        limits in windows(), gaps in arrivals()
    ) {
        let mut accepted: Vec<Timestamp> = Vec::new();
        for (now, admitted) in run(&limits, Counting::Sliding, &gaps) {
            accepted.push(now);
            let fits = limits.iter().all(|w| most_within(&accepted, *w) <= w.limit() as usize);
            prop_assert_eq!(admitted, fits);
            if !admitted {
                accepted.pop();
            }
        }
    }

    #[test]
    fn fixed_windows_never_hold_more_than_the_limit_and_refuse_nothing_needlessly(
        limits in windows(), gaps in arrivals()
    ) {
        let mut accepted: Vec<Timestamp> = Vec::new();
        for (now, admitted) in run(&limits, Counting::Fixed, &gaps) {
            let has_room = |window: &Window| {
                let length = i64::try_from(window.duration().as_micros()).unwrap();
                let number = |at: &Timestamp| at.as_micros().div_euclid(length);
                let inside = accepted.iter().filter(|at| number(at) == number(&now)).count();
                inside < window.limit() as usize
            };
            prop_assert_eq!(admitted, limits.iter().all(has_room));
            if admitted {
                accepted.push(now);
            }
        }
    }
}
