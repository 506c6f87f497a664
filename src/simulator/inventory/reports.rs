//! When a machine reported last, and how healthy that makes it.
//!
//! A machine reports once a day, at its own hour. One that was offboarded stops, until a policy
//! brings it back. Deliberately absent: timers; all of it is worked out when it is read.

use std::time::Duration;

use crate::domain::Timestamp;
use crate::simulator::draw::Draw;
use crate::simulator::fleet::{Behaviour, SimulatedMachine, Traits};
use crate::simulator::lifecycle::quickened;
use crate::simulator::options::AfterOffboarding;
use crate::simulator::tenant::SimulatedTenant;

const DAY: Duration = Duration::from_hours(24);

/// From this long a silence on Defender calls a machine inactive.
const INACTIVE_FROM: Duration = Duration::from_hours(7 * 24);

/// What the inventory says of a machine at one instant.
pub(super) struct Reported<'a> {
    pub(super) last_seen: Timestamp,
    pub(super) first_seen: Timestamp,
    pub(super) health: &'a str,
    pub(super) onboarding: &'a str,
}

impl SimulatedTenant {
    pub(super) fn reported<'a>(
        &self,
        machine: &'a SimulatedMachine,
        traits: &Traits,
        now: Timestamp,
    ) -> Reported<'a> {
        let opened_at = self.opened_at.unwrap_or(now);
        let reports_until = |instant: Timestamp| {
            // What was silent from the start stays so.
            let instant = if machine.silent_days > 0 { opened_at.min(instant) } else { instant };
            scheduled(traits, machine.silent_days, instant)
        };
        let offboarded = self.actions.offboarded_at(machine.id, now);
        let returned_at = offboarded
            .filter(|_| self.returns(machine))
            .map(|ended| ended.plus(quickened(self.options.returns_after, self.options.speed)));
        let (last_seen, is_off) = match (offboarded, returned_at) {
            (_, Some(returned)) if returned <= now => (reports_until(now).max(returned), false),
            (Some(ended), _) => (reports_until(ended).min(ended), true),
            (None, _) => (reports_until(now), false),
        };
        Reported {
            last_seen,
            first_seen: scheduled(traits, machine.silent_days, opened_at).minus(traits.known),
            health: health(machine, last_seen, now),
            onboarding: match self.options.afterwards {
                AfterOffboarding::CanBeOnboarded if is_off => "CanBeOnboarded",
                _ => &machine.onboarding_status,
            },
        }
    }

    fn returns(&self, machine: &SimulatedMachine) -> bool {
        let mut draw = Draw::new(self.options.seed, "returns", machine.id.as_bytes());
        let by_chance = machine.behaviour == Behaviour::Normal;
        machine.behaviour.returns() || (by_chance && draw.share() < self.options.return_share)
    }
}

/// The last report of a machine that reports each day, or did so until some days ago.
pub(super) fn scheduled(traits: &Traits, silent_days: u32, now: Timestamp) -> Timestamp {
    let day = i64::try_from(DAY.as_micros()).unwrap_or(i64::MAX);
    let shifted = now.minus(traits.reported_before).as_micros();
    let today = Timestamp::from_micros(shifted.div_euclid(day).saturating_mul(day));
    today.plus(traits.reported_before).minus(DAY * silent_days)
}

pub(super) fn health(machine: &SimulatedMachine, last_seen: Timestamp, now: Timestamp) -> &str {
    if now.since(last_seen) >= INACTIVE_FROM { "Inactive" } else { &machine.health_status }
}
