//! At most the limit arrives in any half-open window, whatever happens on the way.

use mde_offboard::domain::Window;
use mde_offboard::limiter::{Guards, Pace};
use proptest::prelude::*;

use super::world::{
    Crash, Fate, SECOND, World, any_world, micros, most_in_a_window, options, window,
};

fn check(world: &World, calls: usize) -> Result<(), TestCaseError> {
    let arrivals = world.run(calls).arrivals;
    for limit in &world.options.limits {
        let most = most_in_a_window(&arrivals, micros(limit.duration()));
        prop_assert!(most <= limit.limit() as usize, "{most} arrivals within {limit}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_window_holds_more_arrivals_than_its_limit_whatever_happens(world in any_world()) {
        check(&world, 120)?;
    }
}

#[test]
fn a_late_first_call_and_prompt_later_ones_do_not_meet_in_a_window() {
    // By its send time the first call would be a window old when the third one goes.
    let slow = Fate { there: 900_000, ..Fate::AT_ONCE };
    let fates = vec![slow, Fate::AT_ONCE, Fate::AT_ONCE];
    let limits = [window(2, 1_000_000)];
    let options = options(&limits, Guards::None, Pace::Burst);
    let world = World { fates, ..World::ideal(options) };
    check(&world, 30).unwrap();
    assert_eq!(world.run(4).sends, [0, 0, 1_000_000, 1_900_000]);
}

#[test]
fn a_call_without_an_answer_counts_until_it_cannot_arrive_any_more() {
    // Given up after 30 s; its bytes arrive 5 s later, in the last moment of the margin.
    let lost = Fate { there: 1_000, back: None, ..Fate::default() };
    let fates = vec![lost, Fate::AT_ONCE];
    let options = options(&[window(2, 60_000_000)], Guards::None, Pace::Burst);
    let timeout = 30 * SECOND;
    let world = World { fates, timeout, ..World::ideal(options) };
    check(&world, 20).unwrap();
    let record = world.run(4);
    assert_eq!(record.arrivals[0], 35 * SECOND);
    assert_eq!(record.sends[3], 95 * SECOND);
}

#[test]
fn a_restart_changes_nothing() {
    let options = options(&Window::DEFENDER, Guards::None, Pace::Burst);
    let crashes = (1..40).map(|number| Crash { after: number * 83, downtime: 0 }).collect();
    let world = World { crashes, ..World::ideal(options) };
    check(&world, 3_300).unwrap();
}
