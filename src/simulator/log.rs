//! The truth: every call that arrived, when, and whether it took effect.
//!
//! Written by the tenant; read by tests and by the shell's `/simulator/log`. It counts windows from
//! the arrivals, by other means than the counter that refuses, so that an error in one shows in the
//! other. Deliberately absent: any influence on answers.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::domain::{LimitGroup, MachineId, Timestamp, Window};

use super::action::TenantAction;
use super::arrival::{Passage, ReceivedCall};
use super::tenant::SimulatedTenant;

/// The log in numbers, as `/simulator/log` shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogSummary {
    /// Offboard requests that arrived, answered or not.
    pub posts: usize,
    pub max_posts_per_machine: u32,
    /// Offboard actions made by them.
    pub effects_total: u32,
    pub max_effects_per_machine: u32,
    /// Machines with more than one, in order.
    pub machines_with_two_effects: Vec<String>,
    /// Offboard requests that arrived for a machine which had an action from here by then, whatever
    /// became of them: a client that knows what it did sends none.
    pub posts_after_effect: usize,
    /// How full every window of every group ever was.
    pub fullest: Vec<Fullest>,
    /// Calls of any group that were answered 429.
    pub refused_429: usize,
}

/// An action that a caller of this API asked for, as `/simulator/actions` shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MadeAction {
    pub action: String,
    pub machine: String,
    pub comment: String,
}

/// How full one window of one group ever was, refused calls included.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fullest {
    /// `posts`, `reads` or `cancels`.
    pub group: &'static str,
    pub limit: u32,
    /// Length of the window in seconds.
    pub seconds: f64,
    /// Most calls that lay in one.
    pub most: u32,
}

impl SimulatedTenant {
    pub fn log(&self) -> &[ReceivedCall] {
        &self.log
    }

    /// For each window the most calls of the group that ever lay in a half-open span of its length,
    /// whatever its start. Refused calls count: whoever keeps to the limit does not send them.
    pub fn fullest(&self, group: LimitGroup) -> Vec<(Window, u32)> {
        let of_group = self.log.iter().filter(|arrival| arrival.is_of(group));
        let mut arrivals: Vec<Timestamp> = of_group.map(|arrival| arrival.at).collect();
        arrivals.sort_unstable();
        let count = |window: &Window| (*window, most_within(&arrivals, *window));
        self.options.limits.iter().map(count).collect()
    }

    /// How many Offboard actions each machine got from requests that arrived here.
    pub fn effects(&self) -> BTreeMap<MachineId, u32> {
        self.count_posts(|arrival| arrival.effect)
    }

    /// Every Offboard action that was asked for here, the oldest first.
    pub fn made(&self) -> Vec<MadeAction> {
        let of_here = |action: &&TenantAction| action.requestor == self.options.client_id;
        let made = |action: &TenantAction| MadeAction {
            action: action.id.to_string(),
            machine: action.machine.to_string(),
            comment: action.comment.clone(),
        };
        self.actions.oldest_first().filter(of_here).map(made).collect()
    }

    pub fn summary(&self) -> LogSummary {
        let posts = self.log.iter().filter(|arrival| arrival.is_of(LimitGroup::Posts)).count();
        let refused = self.log.iter().filter(|arrival| arrival.status == 429).count();
        let effects = self.effects();
        let most = |counts: &BTreeMap<MachineId, u32>| counts.values().copied().max().unwrap_or(0);
        let twice = effects.iter().filter(|(_, count)| **count > 1);
        LogSummary {
            posts,
            max_posts_per_machine: most(
                &self.count_posts(|arrival| arrival.is_of(LimitGroup::Posts)),
            ),
            effects_total: effects.values().sum(),
            max_effects_per_machine: most(&effects),
            machines_with_two_effects: twice.map(|(machine, _)| machine.to_string()).collect(),
            posts_after_effect: self.posts_after_effect(),
            fullest: LimitGroup::ALL.into_iter().flat_map(|group| self.shown(group)).collect(),
            refused_429: refused,
        }
    }

    fn posts_after_effect(&self) -> usize {
        let mut with_effect = HashSet::new();
        let mut after = 0;
        for arrival in self.log.iter().filter(|arrival| arrival.group == LimitGroup::Posts) {
            if let Some(machine) = arrival.machine {
                after += usize::from(with_effect.contains(&machine));
                if arrival.effect {
                    with_effect.insert(machine);
                }
            }
        }
        after
    }

    /// A call that something between kept from the tenant: nothing follows from it, and it counts.
    pub(super) fn keep(&mut self, at: Timestamp, group: LimitGroup, machine: Option<MachineId>) {
        let passage = Passage::Kept;
        self.log.push(ReceivedCall { at, group, machine, passage, status: 0, effect: false });
    }

    /// A call that was kept, and is made after all.
    pub(super) fn make_late(&mut self, call: impl FnOnce(&mut Self)) {
        let before = self.log.len();
        call(self);
        for arrival in &mut self.log[before..] {
            arrival.passage = Passage::Late;
        }
    }

    fn shown(&self, group: LimitGroup) -> Vec<Fullest> {
        let shown = |(window, most): (Window, u32)| Fullest {
            group: group.word(),
            limit: window.limit(),
            seconds: window.duration().as_secs_f64(),
            most,
        };
        self.fullest(group).into_iter().map(shown).collect()
    }

    fn count_posts(&self, wanted: impl Fn(&ReceivedCall) -> bool) -> BTreeMap<MachineId, u32> {
        let mut counts = BTreeMap::new();
        for arrival in &self.log {
            if let Some(machine) = arrival.machine
                && arrival.group == LimitGroup::Posts
                && wanted(arrival)
            {
                *counts.entry(machine).or_default() += 1;
            }
        }
        counts
    }
}

/// Two fingers over sorted arrivals: every window that is fullest begins with an arrival.
fn most_within(arrivals: &[Timestamp], window: Window) -> u32 {
    let mut first = 0;
    let mut most = 0;
    for (last, at) in arrivals.iter().enumerate() {
        while at.since(arrivals[first]) >= window.duration() {
            first += 1;
        }
        most = most.max(last - first + 1);
    }
    u32::try_from(most).unwrap_or(u32::MAX)
}
