//! A refusal names the instant: just before it no, exactly at it yes.

use std::time::Duration;

use mde_offboard::domain::Steady;
use mde_offboard::limiter::{Admission, Gate, Guards, Pace, QuotaRefusal, Why};
use proptest::prelude::*;

use super::world::{any_guards, any_limits, instant, options, window};

#[derive(Debug, Clone, Copy)]
enum Step {
    Send,
    Pass(i64),
    Answer,
    GiveUp,
    Refuse(Option<u64>),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => Just(Step::Send),
        2 => (0..100_000_i64).prop_map(Step::Pass),
        5 => Just(Step::Answer),
        1 => Just(Step::GiveUp),
        1 => prop::option::of(0..200_000_u64).prop_map(Step::Refuse),
    ]
}

/// A gate, the time, and how many calls are in flight.
struct Walk {
    gate: Gate,
    now: i64,
    in_flight: u32,
}

impl Walk {
    fn take(&mut self, step: Step) -> Result<(), TestCaseError> {
        match step {
            Step::Send => return self.send(),
            Step::Pass(micros) => self.now += micros,
            Step::GiveUp if self.in_flight > 0 => {
                self.in_flight -= 1;
                self.gate.unanswered(instant(self.now));
            }
            Step::Answer | Step::Refuse(_) if self.in_flight > 0 => {
                self.in_flight -= 1;
                self.gate.receipt(instant(self.now));
                match step {
                    Step::Refuse(wait) => {
                        let wait = wait.map(Duration::from_micros);
                        let refusal = QuotaRefusal { retry_after: wait, window: None };
                        let pause = self.gate.too_many(instant(self.now), refusal);
                        prop_assert!(pause.until >= instant(self.now));
                    }
                    _ => self.gate.answered_well(),
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), TestCaseError> {
        let mut said = self.gate.admit(instant(self.now));
        if let Admission::NotBefore { at, why } = said {
            let at = at.as_micros();
            for ask in [self.now, self.now.midpoint(at), at - 1].map(|it| it.max(self.now)) {
                prop_assert_eq!(self.gate.admit(instant(ask)), said, "asked at {}", ask);
            }
            self.now = at;
            said = self.gate.admit(instant(at));
            let refused = matches!(said, Admission::NotBefore { .. });
            prop_assert!(!refused, "at the named instant it says {:?}", said);
            prop_assert!(said == Admission::Go || why == Why::Freeze, "{:?} for {:?}", said, why);
        }
        if said == Admission::Go {
            self.gate.sent(instant(self.now));
            self.in_flight += 1;
            return Ok(());
        }
        prop_assert!(self.in_flight > 0, "nothing is in flight to wait for");
        self.take(Step::Answer)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn just_before_the_named_instant_no_and_exactly_at_it_yes(
        limits in any_limits(),
        guards in any_guards(),
        pace in prop_oneof![Just(Pace::Burst), Just(Pace::Steady)],
        history in prop::collection::vec(-500_000..50_000_i64, 0..20),
        steps in prop::collection::vec(any_step(), 1..200),
    ) {
        let mut gate = Gate::new(&options(&limits, guards, pace));
        for receipt in history {
            gate.restore(instant(receipt));
        }
        let mut walk = Walk { gate, now: 0, in_flight: 0 };
        for step in steps {
            walk.take(step)?;
        }
    }
}

fn answered_at(gate: &mut Gate, at: Steady) {
    assert_eq!(gate.admit(at), Admission::Go);
    gate.sent(at);
    gate.receipt(at);
}

#[test]
fn two_calls_exactly_a_window_apart_are_not_in_one_window() {
    let limit = window(1, 1_000_000);
    let mut gate = Gate::new(&options(&[limit], Guards::None, Pace::Burst));
    answered_at(&mut gate, instant(0));
    let refusal = Admission::NotBefore { at: instant(1_000_000), why: Why::Window(limit) };
    assert_eq!(gate.admit(instant(999_999)), refusal);
    answered_at(&mut gate, instant(1_000_000));
}

#[test]
fn the_limit_that_is_free_last_is_named() {
    let (short, long) = (window(1, 1_000), window(2, 1_000_000));
    let mut gate = Gate::new(&options(&[short, long], Guards::None, Pace::Burst));
    answered_at(&mut gate, instant(0));
    let refusal = Admission::NotBefore { at: instant(1_000), why: Why::Window(short) };
    assert_eq!(gate.admit(instant(0)), refusal);
    answered_at(&mut gate, instant(1_000));
    let refusal = Admission::NotBefore { at: instant(1_000_000), why: Why::Window(long) };
    assert_eq!(gate.admit(instant(1_000)), refusal);
}

#[test]
fn with_all_slots_in_flight_only_a_receipt_makes_room() {
    let limit = window(2, 1_000_000);
    let mut gate = Gate::new(&options(&[limit], Guards::None, Pace::Burst));
    gate.sent(instant(0));
    gate.sent(instant(0));
    assert_eq!(gate.admit(instant(9_000_000)), Admission::AwaitReceipt { window: limit });
    gate.receipt(instant(9_000_000));
    let refusal = Admission::NotBefore { at: instant(10_000_000), why: Why::Window(limit) };
    assert_eq!(gate.admit(instant(9_000_000)), refusal);
}

#[test]
fn a_limit_that_is_overdrawn_waits_until_enough_slots_are_back() {
    // As when a sweep finds calls that this process did not know of.
    let limit = window(2, 1_000_000);
    let mut gate = Gate::new(&options(&[limit], Guards::None, Pace::Burst));
    gate.sent(instant(0));
    gate.restore(instant(10));
    gate.restore(instant(20));
    let refusal = Admission::NotBefore { at: instant(1_000_020), why: Why::Window(limit) };
    assert_eq!(gate.admit(instant(20)), refusal);
    assert_eq!(gate.admit(instant(1_000_019)), refusal);
    assert_eq!(gate.admit(instant(1_000_020)), Admission::Go);
}
