//! As fast as can be: the makespan against the optimum.

use mde_offboard::domain::Window;
use mde_offboard::limiter::{Guards, Pace};
use proptest::prelude::*;

use super::world::{Crash, Fate, SECOND, World, any_limits, micros, options};

/// The earliest send times under limits of this many calls in this many microseconds: each call
/// waits for the one before it, and for the one that is a limit before it to be a window old.
fn earliest(limits: &[(usize, i64)], calls: usize) -> Vec<i64> {
    let mut times: Vec<i64> = Vec::new();
    for call in 0..calls {
        let bound =
            |(limit, length): &(usize, i64)| Some(times[call.checked_sub(*limit)?] + length);
        let windows = limits.iter().filter_map(bound).max().unwrap_or(0);
        times.push(windows.max(times.last().copied().unwrap_or(0)));
    }
    times
}

/// The optimum of Defender's limits for call number `call`, in seconds.
fn optimum(call: usize) -> i64 {
    let before = i64::try_from(call).unwrap() - 1;
    3_600 * (before / 1_500) + 60 * (before % 1_500 / 100)
}

fn defender(guards: Guards) -> World {
    World::ideal(options(&Window::DEFENDER, guards, Pace::Burst))
}

#[test]
fn without_guards_and_latency_every_call_goes_at_the_optimum() {
    let sends = defender(Guards::None).run(20_000).sends;
    assert_eq!(sends, earliest(&[(100, 60 * SECOND), (1_500, 3_600 * SECOND)], 20_000));
    for call in 1..=sends.len() {
        assert_eq!(sends[call - 1], optimum(call) * SECOND, "call {call}");
    }
}

proptest! {
    #[test]
    fn under_any_limits_every_call_goes_at_the_optimum(limits in any_limits()) {
        let spans: Vec<_> =
            limits.iter().map(|it| (it.limit() as usize, micros(it.duration()))).collect();
        let world = World::ideal(options(&limits, Guards::None, Pace::Burst));
        prop_assert_eq!(world.run(200).sends, earliest(&spans, 200));
    }
}

#[test]
fn the_guards_cost_at_most_1_67_percent_and_0_38_beyond_an_hour() {
    let sends = defender(Guards::Default).run(20_000).sends;
    for call in 1..=sends.len() {
        let per_million = if call <= 1_500 { 1_016_700 } else { 1_003_830 };
        let most = optimum(call) * per_million;
        assert!(sends[call - 1] <= most, "call {call} goes at {}", sends[call - 1]);
    }
}

/// Eight calls at a time, each answered after up to half a second.
fn realistic(crashes: Vec<Crash>) -> World {
    let fates = [500_000, 120_000, 340_000, 80_000, 500_000];
    let fates = fates.map(|round_trip| Fate { there: round_trip, ..Fate::AT_ONCE });
    World { fates: fates.to_vec(), concurrency: 8, crashes, ..defender(Guards::Default) }
}

#[test]
fn with_round_trips_of_half_a_second_it_stays_within_the_goals() {
    let sends = realistic(Vec::new()).run(100_000).sends;
    for (call, per_ten_thousand) in [(1_500, 10_400), (3_000, 10_100), (100_000, 10_015)] {
        let most = optimum(call) * SECOND / 10_000 * per_ten_thousand;
        assert!(sends[call - 1] <= most, "call {call} goes at {}", sends[call - 1]);
    }
}

#[test]
fn a_crash_costs_no_more_than_the_margin_and_the_time_down() {
    let downtime = 2 * SECOND;
    let crashes: Vec<_> = [7, 250, 251, 1_499, 1_500, 2_750].into();
    let most = optimum(3_000) * SECOND / 10_000 * 10_100;
    let allowed = i64::try_from(crashes.len()).unwrap() * (5 * SECOND + downtime);
    let crashes = crashes.into_iter().map(|after| Crash { after, downtime }).collect();
    let sends = realistic(crashes).run(3_000).sends;
    assert!(sends[2_999] <= most + allowed, "the last call goes at {}", sends[2_999]);
}
