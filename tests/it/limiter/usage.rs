//! What the gate tells about itself.

use std::time::Duration;

use mde_offboard::domain::Window;
use mde_offboard::limiter::{Gate, Guards, Pace};

use super::world::{SECOND, defender, instant, options, window};

fn used(gate: &mut Gate, seconds: i64) -> Vec<u32> {
    gate.usage(instant(seconds * SECOND)).into_iter().map(|(_, used)| used).collect()
}

#[test]
fn a_call_is_in_use_from_its_send_until_its_receipt_plus_window_and_guard() {
    let mut gate = defender(Guards::Default);
    assert_eq!(used(&mut gate, 0), [0, 0]);
    (0..3).for_each(|_| gate.sent(instant(0)));
    assert_eq!(used(&mut gate, 500), [3, 3]);
    gate.receipt(instant(500 * SECOND));
    gate.unanswered(instant(500 * SECOND));
    assert_eq!(used(&mut gate, 560), [3, 3]);
    assert_eq!(used(&mut gate, 561), [2, 3], "answered");
    assert_eq!(used(&mut gate, 565), [2, 3]);
    assert_eq!(used(&mut gate, 566), [1, 3], "given up, and five seconds later");
    assert_eq!(used(&mut gate, 4_103), [1, 2]);
    assert_eq!(used(&mut gate, 4_108), [1, 1]);
}

#[test]
fn usage_comes_in_the_order_of_the_limits() {
    let windows: Vec<_> =
        defender(Guards::Default).usage(instant(0)).into_iter().map(|(window, _)| window).collect();
    assert_eq!(windows, Window::DEFENDER);
}

#[test]
fn history_in_any_order_is_in_use_like_calls_of_this_process() {
    let mut gate = defender(Guards::Default);
    for second in [-10, -3_602, 5, -61, -60, -3_603] {
        gate.restore(instant(second * SECOND));
    }
    assert_eq!(used(&mut gate, 0), [3, 5]);
}

#[test]
fn more_history_than_a_limit_is_kept_as_far_as_it_matters() {
    let mut gate = Gate::new(&options(&[window(2, 1_000_000)], Guards::None, Pace::Burst));
    for micros in [30, 10, 40, 20] {
        gate.restore(instant(micros));
    }
    assert_eq!(used(&mut gate, 0), [2]);
    assert!(gate.admit(instant(1_000_029)) != gate.admit(instant(1_000_030)));
}

#[test]
fn margin_and_horizon_follow_the_windows() {
    let gate = defender(Guards::Default);
    assert_eq!(gate.margin(), Duration::from_secs(5));
    assert_eq!(gate.horizon(), Duration::from_secs(3_603 + 5));
    let small = Gate::new(&options(&[window(5, 1_200_000)], Guards::None, Pace::Burst));
    assert_eq!(small.margin(), Duration::from_millis(100));
    assert_eq!(small.horizon(), Duration::from_millis(1_300));
}

#[test]
#[should_panic(expected = "a gate has a limit")]
fn a_gate_without_a_limit_is_a_defect() {
    Gate::new(&options(&[], Guards::Default, Pace::Burst));
}
