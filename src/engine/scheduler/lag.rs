//! How long after its creation an action is listed.
//!
//! "Not found" counts only once an action would be listed if there were one. How long that takes is
//! not documented; so it is watched, and a lag longer than expected makes every doubt wait longer.
//! What was seen is a fact of the batch: the next process knows it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{BatchFact, MachineNumber, Now, Steady, Timestamp};
use crate::journal::Machine;

use super::book::Book;
use super::core::Scheduler;

/// When a request in doubt was sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sent {
    /// By this process, then.
    Here(Steady),
    /// By an earlier one: before this one's start.
    BeforeThisProcess(Steady),
}

/// Watches some of the actions until they are listed.
#[derive(Debug)]
pub(super) struct Lag {
    /// Accepted by a POST's answer then, and not in a list since.
    unlisted: BTreeMap<MachineNumber, Steady>,
    list_began: Steady,
    /// When each request in doubt was sent; one of an earlier process counts from this one's start.
    doubts: BTreeMap<MachineNumber, Sent>,
    /// A list showed an action that a request of this batch made.
    shows_ours: bool,
    /// The first machine that was released while nothing of ours was ever listed, and when.
    probe: Option<(MachineNumber, Steady)>,
    /// How old a doubt was when its first look-up did not find it.
    missed: BTreeMap<MachineNumber, Duration>,
    longest: Duration,
    /// The part of it that is a fact already.
    noted: Duration,
}

impl Lag {
    /// Actions that are watched at a time: a sample, so that memory does not know how many
    /// machines there are.
    pub(super) const SAMPLE: usize = 256;

    /// With what an earlier process saw.
    pub(super) const fn new(longest: Duration, now: Steady) -> Self {
        Self {
            unlisted: BTreeMap::new(),
            list_began: now,
            doubts: BTreeMap::new(),
            shows_ours: false,
            probe: None,
            missed: BTreeMap::new(),
            longest,
            noted: longest,
        }
    }

    /// Defender's answer has an action: from now on it could be listed.
    pub(super) fn accepted(&mut self, number: MachineNumber, now: Steady) {
        if self.unlisted.len() < Self::SAMPLE {
            self.unlisted.insert(number, now);
        }
    }

    /// A list begins that should hold all actions that are open.
    pub(super) const fn list_begins(&mut self, now: Steady) {
        self.list_began = now;
    }

    /// An action is in the list.
    pub(super) fn listed(&mut self, number: MachineNumber) {
        self.shows_ours = true;
        self.unlisted.remove(&number);
    }

    /// An action has ended, as a list or some other answer told.
    pub(super) fn ended(&mut self, number: MachineNumber) {
        self.unlisted.remove(&number);
    }

    /// The list is whole: what is not in it is later than that. What is later than `most` is not
    /// late but missing, and is given up; says whether there is such a one.
    pub(super) fn list_ended(&mut self, most: Duration) -> bool {
        let began = self.list_began;
        let before = self.unlisted.len();
        self.unlisted.retain(|_, accepted| began.since(*accepted) <= most);
        let missing = self.unlisted.len() < before;
        let oldest = self.unlisted.values().copied().min().unwrap_or(began);
        self.saw(began.since(oldest), most);
        missing
    }

    /// A request that was sent by then is in doubt.
    pub(super) fn doubted(&mut self, number: MachineNumber, sent: Sent) {
        self.doubts.insert(number, sent);
    }

    /// When a request in doubt was sent, if this process sent it.
    pub(super) fn sent_here(&self, number: MachineNumber) -> Option<Steady> {
        match self.doubts.get(&number) {
            Some(Sent::Here(at)) => Some(*at),
            _ => None,
        }
    }

    /// The doubt is over: there is an action.
    pub(super) fn resolved(&mut self, number: MachineNumber) {
        self.doubts.remove(&number);
        self.probe = self.probe.filter(|(probe, _)| *probe != number);
    }

    /// Whether a doubt may be released as far as other doubts are concerned. While no list ever
    /// showed anything of ours, one goes first: if its second request is not found either, lists
    /// prove nothing. What came of it is waited for, but for no longer than `most`.
    pub(super) fn may_release(
        &mut self,
        number: MachineNumber,
        now: Steady,
        most: Duration,
    ) -> bool {
        let (probe, since) = *self.probe.get_or_insert((number, now));
        if now.since(since) > most {
            self.probe = Some((number, now));
        }
        self.shows_ours || probe == number || now.since(since) > most
    }

    /// Whether a second request of this machine that is not found shows that lists prove nothing.
    pub(super) fn was_probe(&self, number: MachineNumber) -> bool {
        !self.shows_ours && self.probe.is_some_and(|(probe, _)| probe == number)
    }

    /// Whether an action that was accepted about when a doubt was sent, up to `after` later, is
    /// still to be seen in a list; or any, while no list ever showed one.
    fn is_behind(&self, doubt: MachineNumber, after: Duration) -> bool {
        let by = self.doubts.get(&doubt).map(|sent| match sent {
            Sent::Here(at) | Sent::BeforeThisProcess(at) => at.plus(after),
        });
        let any = !self.shows_ours;
        self.unlisted.values().any(|accepted| any || by.is_none_or(|by| *accepted <= by))
    }

    /// The first look-up of a doubt of this age did not find it.
    pub(super) fn missed(&mut self, number: MachineNumber, age: Duration) {
        if self.missed.len() < Self::SAMPLE {
            self.missed.insert(number, age);
        }
    }

    /// The doubt has its action after all: it was not listed for at least as long.
    pub(super) fn found(&mut self, number: MachineNumber, most: Duration) {
        self.shows_ours = true;
        if let Some(age) = self.missed.remove(&number) {
            self.saw(age, most);
        }
    }

    /// The doubt ended without one.
    pub(super) fn never_found(&mut self, number: MachineNumber) {
        self.doubts.remove(&number);
        self.missed.remove(&number);
    }

    fn saw(&mut self, lag: Duration, most: Duration) {
        self.longest = self.longest.max(lag.min(most));
    }
}

impl Scheduler {
    /// How many actions are watched until they are listed.
    pub(in crate::engine) const WATCHED: usize = Lag::SAMPLE;

    /// Watches an action that an earlier process left open: a list has to show it, too.
    pub(in crate::engine) fn watch(&mut self, number: MachineNumber, sent_at: Timestamp, now: Now) {
        self.lag.accepted(number, now.steady_at(sent_at));
    }

    /// How long after a send "not found" begins to count: what was asked for, or twice the longest
    /// lag that was seen.
    pub(super) fn settle(&self) -> Duration {
        self.options.settle.max(self.lag.longest * 2)
    }

    /// How long after its send a doubt is looked up: the settle time. Where it is held anyway if it
    /// is not found, a lag need not be waited for.
    pub(super) fn look_after(&self) -> Duration {
        if self.distrusts_lists { self.options.settle } else { self.settle() }
    }

    /// How far apart two look-ups are: a fifth of that.
    pub(super) fn look_gap(&self) -> Duration {
        self.look_after() / 5
    }

    /// Longer than this an action is not late: an hour for the usual five minutes.
    pub(super) fn lag_max(&self) -> Duration {
        self.options.settle * 12
    }

    /// When the absence of a machine begins to count, where that is still to come. Not before a
    /// list has shown what was accepted about when it was sent: else lists may stand still.
    pub(super) fn counts_from(&self, machine: &Machine, now: Now) -> Option<Timestamp> {
        let from = machine.standing.sent_at?.plus(self.look_after());
        if from > now.wall {
            return Some(from.min(now.wall.plus(self.look_after())));
        }
        let behind = self.lag.is_behind(machine.number, self.look_after() / 2);
        let waits = behind && self.follows() && !self.distrusts_lists;
        let list = self.follow.next_page(self.options.track_timeout);
        let list = list.unwrap_or(now.steady).max(now.steady);
        waits.then(|| now.wall_at(list.plus(self.look_gap())))
    }

    /// Makes a fact of a lag that is longer than any before and raises the settle time.
    pub(super) fn note_lag(&mut self, now: Now, book: &mut Book) {
        let longest = self.lag.longest;
        if longest > self.lag.noted && longest * 2 > self.options.settle {
            self.lag.noted = longest;
            book.note_batch(now, BatchFact::ListedLate { longest });
        }
    }
}
