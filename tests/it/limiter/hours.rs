//! In opening hours the forecast is the gate run forward in them.

use std::time::Duration;

use mde_offboard::domain::{DayHours, Now, Opening, OpeningHours, Steady, Timestamp};
use mde_offboard::limiter::{Admission, Gate, Guards, Load, Pace, Schedule};
use proptest::prelude::*;

use super::world::{any_guards, any_limits, defender, instant, options};

fn at(text: &str) -> Now {
    let wall = Timestamp::parse(text).expect("a time");
    Now { steady: instant(0), wall, boot: None }
}

fn between(text: &str) -> OpeningHours {
    let between = Some(DayHours::parse(text, "UTC").expect("hours"));
    OpeningHours { between, ..OpeningHours::default() }
}

/// Sends call by call in these hours; gives the instants, and the calls of each stretch.
fn sent_in(
    hours: &OpeningHours,
    mut gate: Gate,
    (calls, start): (usize, Now),
) -> (Vec<Steady>, Vec<u64>) {
    let (mut now, mut sent, mut stretches) = (start.steady, Vec::new(), Vec::new());
    let mut stretch = None;
    while sent.len() < calls {
        let closes_at = match hours.at(start.wall_at(now)) {
            Opening::Over => break,
            Opening::Shut { opens_at } => {
                now = start.steady_when(opens_at);
                continue;
            }
            Opening::Open { closes_at } => closes_at,
        };
        match gate.admit(now) {
            Admission::Go => {}
            Admission::NotBefore { at, .. } => {
                now = at;
                continue;
            }
            other => panic!("{other:?}"),
        }
        gate.sent(now);
        gate.receipt(now);
        gate.answered_well();
        sent.push(now);
        if stretch != Some(closes_at) {
            stretch = Some(closes_at);
            stretches.push(0);
        }
        *stretches.last_mut().expect("just pushed") += 1;
    }
    (sent, stretches)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_forecast_sends_what_a_gate_in_these_hours_sends(
        (limits, guards) in (any_limits(), any_guards()),
        from in 0..1_440_u32,
        length in 1..1_440_u32,
        zone in prop_oneof![Just("UTC"), Just("Europe/Berlin"), Just("America/New_York")],
        starts in 0..365_u64 * 24 * 60,
        until in prop_oneof![Just(None), (0..5_000_u64).prop_map(Some)],
        calls in 0..3_000_usize,
    ) {
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes % 1_440 / 60, minutes % 60);
        let text = format!("{}-{} {zone}", clock(from), clock(from + length));
        let options = options(&limits, guards, Pace::Burst);
        let year = at("2026-01-01T00:00:00Z");
        let start = Now { wall: year.wall.plus(Duration::from_mins(starts)), ..year };
        let until = until.map(|minutes| start.wall.plus(Duration::from_mins(minutes)));
        let hours = OpeningHours { until, ..between(&text) };
        let (sent, stretches) = sent_in(&hours, Gate::new(&options), (calls, start));
        let schedule = Schedule::new(&hours, start);
        let load = Load { calls: calls as u64, schedule, ..Load::default() };
        let said = Gate::new(&options).look_ahead(start.steady, &load);
        prop_assert_eq!(said.as_ref().map(|ahead| ahead.last), sent.last().copied());
        if let Some(said) = said {
            prop_assert_eq!(said.unsent, (calls - sent.len()) as u64);
            let told: Vec<u64> = said.stretches.iter().map(|stretch| stretch.calls).collect();
            prop_assert_eq!(&told[..], &stretches[..stretches.len().min(8)], "{}", text);
        }
    }
}

/// 1,500 an hour for eight hours, and the rest in the night after.
#[test]
fn nights_are_told_with_their_requests() {
    let (hours, start) = (between("22:00-06:00"), at("2026-11-23T21:41:00Z"));
    let schedule = Schedule::new(&hours, start);
    let load = Load { calls: 13_878, schedule, ..Load::default() };
    let ahead = defender(Guards::None).look_ahead(start.steady, &load).expect("calls");
    let told: Vec<u64> = ahead.stretches.iter().map(|stretch| stretch.calls).collect();
    assert_eq!(told, [12_000, 1_878]);
    let last = start.wall_at(ahead.last).to_string();
    assert_eq!(last, "2026-11-24T23:03:00Z");
}

/// However many nights: what repeats itself within one is added up.
#[test]
fn a_million_machines_over_many_nights_are_told_soon() {
    let (hours, start) = (between("22:00-06:00 Europe/Berlin"), at("2026-11-23T21:41:00Z"));
    let schedule = Schedule::new(&hours, start);
    let load = Load { calls: 1_000_000, schedule, ..Load::default() };
    let ahead = defender(Guards::Default).look_ahead(start.steady, &load).expect("calls");
    let nights = ahead.last.since(start.steady).as_secs() / 86_400;
    assert!((83..=84).contains(&nights), "{nights}");
    assert_eq!(ahead.unsent, 0);
    assert_eq!(ahead.stretches.len(), 8, "only the first ones are told");
}

/// Longer than anybody plans is told as what is left.
#[test]
fn ten_years_of_nights_are_the_end_of_a_forecast() {
    let (hours, start) = (between("22:00-22:01"), at("2026-11-23T21:41:00Z"));
    let schedule = Schedule::new(&hours, start);
    let load = Load { calls: 1_000_000, schedule, ..Load::default() };
    let ahead = defender(Guards::None).look_ahead(start.steady, &load).expect("calls");
    assert_eq!(ahead.unsent, 1_000_000 - 3_660 * 100);
}
