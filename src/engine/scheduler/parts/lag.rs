//! How long after its creation an action is listed.
//!
//! "Not found" counts only once an action would be listed if there were one. How long that takes is
//! not documented; so it is watched, and a lag longer than expected makes every doubt wait longer.
//! What was seen is a fact of the batch: the next process knows it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{MachineNumber, Steady};

/// When a request in doubt was sent.
#[derive(Debug, Clone, Copy)]
pub(in crate::engine::scheduler) enum SentWhen {
    /// By this process, at this instant.
    Here(Steady),
    /// By an earlier one: before this one started.
    BeforeThisProcess(Steady),
}

/// Watches some of the actions until they are listed.
#[derive(Debug)]
pub(in crate::engine::scheduler) struct Lag {
    /// Accepted by a POST's answer, and in no list since: when.
    unlisted: BTreeMap<MachineNumber, Steady>,
    list_began: Steady,
    /// When each request in doubt was sent; one of an earlier process counts from this one's start.
    doubts: BTreeMap<MachineNumber, SentWhen>,
    /// A list showed an action that a request of this batch made.
    shows_ours: bool,
    /// The first machine that was released while nothing of ours was ever listed, and when.
    probe: Option<(MachineNumber, Steady)>,
    /// How old a doubt was when its first look-up did not find it.
    missed: BTreeMap<MachineNumber, Duration>,
    longest: Duration,
    /// The part of `longest` that is a fact already.
    noted: Duration,
}

impl Lag {
    /// Actions that are watched at a time: a sample, so that memory does not know how many
    /// machines there are.
    pub(in crate::engine::scheduler) const SAMPLE: usize = 256;

    /// With what an earlier process saw.
    pub(in crate::engine::scheduler) const fn new(longest: Duration, now: Steady) -> Self {
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
    pub(in crate::engine::scheduler) fn accepted(&mut self, number: MachineNumber, now: Steady) {
        if self.unlisted.len() < Self::SAMPLE {
            self.unlisted.insert(number, now);
        }
    }

    /// A list begins that should hold all actions that are open.
    pub(in crate::engine::scheduler) const fn list_begins(&mut self, now: Steady) {
        self.list_began = now;
    }

    pub(in crate::engine::scheduler) fn listed(&mut self, number: MachineNumber) {
        self.shows_ours = true;
        self.unlisted.remove(&number);
    }

    /// An action has ended, as a list or some other answer told.
    pub(in crate::engine::scheduler) fn ended(&mut self, number: MachineNumber) {
        self.unlisted.remove(&number);
    }

    /// The list is whole: what is not in it is later than that. What is later than `most` is not
    /// late but missing, and is given up; says whether there is such a one.
    pub(in crate::engine::scheduler) fn list_ended(&mut self, most: Duration) -> bool {
        let began = self.list_began;
        let before = self.unlisted.len();
        self.unlisted.retain(|_, accepted| began.since(*accepted) <= most);
        let missing = self.unlisted.len() < before;
        let oldest = self.unlisted.values().copied().min().unwrap_or(began);
        self.saw(began.since(oldest), most);
        missing
    }

    /// A request that was sent by then is in doubt.
    pub(in crate::engine::scheduler) fn doubted(&mut self, number: MachineNumber, sent: SentWhen) {
        self.doubts.insert(number, sent);
    }

    /// When a request in doubt was sent, if this process sent it.
    pub(in crate::engine::scheduler) fn sent_here(&self, number: MachineNumber) -> Option<Steady> {
        match self.doubts.get(&number) {
            Some(SentWhen::Here(at)) => Some(*at),
            _ => None,
        }
    }

    /// The doubt is over: there is an action.
    pub(in crate::engine::scheduler) fn resolved(&mut self, number: MachineNumber) {
        self.doubts.remove(&number);
        self.probe = self.probe.filter(|(probe, _)| *probe != number);
    }

    /// Whether a doubt may be released as far as other doubts are concerned. While no list ever
    /// showed anything of ours, one goes first: if its second request is not found either, lists
    /// prove nothing. What came of it is waited for, but for no longer than `most`.
    pub(in crate::engine::scheduler) fn may_release(
        &mut self,
        number: MachineNumber,
        now: Steady,
        most: Duration,
    ) -> bool {
        // Where nothing came of the first one in time, this one replaces it.
        let probe = self.probe.filter(|(_, since)| now.since(*since) <= most);
        let (probe, _) = *self.probe.insert(probe.unwrap_or((number, now)));
        self.shows_ours || probe == number
    }

    /// Whether a second request of this machine that is not found shows that lists prove nothing.
    pub(in crate::engine::scheduler) fn was_probe(&self, number: MachineNumber) -> bool {
        !self.shows_ours && self.probe.is_some_and(|(probe, _)| probe == number)
    }

    /// Whether an action that was accepted about when a doubt was sent, up to `after` later, is
    /// still to be seen in a list; or any, while no list ever showed one.
    pub(in crate::engine::scheduler) fn is_behind(
        &self,
        doubt: MachineNumber,
        after: Duration,
    ) -> bool {
        let by = self.doubts.get(&doubt).map(|sent| match sent {
            SentWhen::Here(at) | SentWhen::BeforeThisProcess(at) => at.plus(after),
        });
        let any = !self.shows_ours;
        self.unlisted.values().any(|accepted| any || by.is_none_or(|by| *accepted <= by))
    }

    /// The first look-up of a doubt of this age did not find it.
    pub(in crate::engine::scheduler) fn missed(&mut self, number: MachineNumber, age: Duration) {
        if self.missed.len() < Self::SAMPLE {
            self.missed.insert(number, age);
        }
    }

    /// The doubt has its action after all: it was not listed for at least as long.
    pub(in crate::engine::scheduler) fn found(&mut self, number: MachineNumber, most: Duration) {
        self.shows_ours = true;
        if let Some(age) = self.missed.remove(&number) {
            self.saw(age, most);
        }
    }

    /// The doubt ended without one.
    pub(in crate::engine::scheduler) fn never_found(&mut self, number: MachineNumber) {
        self.doubts.remove(&number);
        self.missed.remove(&number);
    }

    fn saw(&mut self, lag: Duration, most: Duration) {
        self.longest = self.longest.max(lag.min(most));
    }

    pub(in crate::engine::scheduler) const fn longest(&self) -> Duration {
        self.longest
    }

    /// The longest, where it is longer than any before and than half of `settle`: once.
    pub(in crate::engine::scheduler) fn take_news(&mut self, settle: Duration) -> Option<Duration> {
        // Doubts wait for twice the longest lag, or for `settle`: less than half changes nothing.
        let is_news = self.longest > self.noted && self.longest * 2 > settle;
        is_news.then(|| {
            self.noted = self.longest;
            self.longest
        })
    }
}
