//! How far the list is read that comes before the first POST.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::domain::{Action, MachineNumber, Page, Steady, Timestamp};
use crate::journal::Machine;

use super::claim::Claim;
use super::paging::{PageOutcome, PageRules, Paging};

pub(in crate::engine::scheduler) struct Sweep {
    created_at: Timestamp,
    stage: Stage,
    since: Timestamp,
    paging: Paging,
    /// Answers without our marker, by machine: the best of each.
    deferred: BTreeMap<MachineNumber, (Machine, Action, Claim)>,
    /// How often it began again with an earlier instant.
    earlier: u32,
    /// Actions that the journal knows nothing of, found on this page.
    unsent: u64,
    /// A part of the journal is lost: found in this round, or in an earlier life that did not wait
    /// for late effects to its end.
    rolled_back: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Page,
    /// A page is under way.
    Asked,
    /// A rollback was proved: late effects are waited for, then another round.
    Settling(Steady),
    Done,
}

impl Sweep {
    /// Answers that wait for the end of the list: some megabytes.
    const DEFERRED_MAX: usize = 10_000;

    pub(in crate::engine::scheduler) fn new(created_at: Timestamp, rolled_back: bool) -> Self {
        Self {
            deferred: BTreeMap::new(),
            created_at,
            stage: Stage::Page,
            since: created_at,
            paging: Paging::default(),
            earlier: 0,
            unsent: 0,
            rolled_back,
        }
    }

    pub(in crate::engine::scheduler) const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    pub(in crate::engine::scheduler) fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// The next page is to be asked for now.
    pub(in crate::engine::scheduler) fn wants_page(&mut self, now: Steady) -> bool {
        if let Stage::Settling(until) = self.stage
            && until <= now
        {
            self.begin_round();
        }
        self.stage == Stage::Page
    }

    fn begin_round(&mut self) {
        self.deferred.clear();
        self.stage = Stage::Page;
        self.paging = Paging::default();
        self.rolled_back = false;
    }

    /// Until when it waits, where it does.
    pub(in crate::engine::scheduler) const fn settles_at(&self) -> Option<Steady> {
        if let Stage::Settling(until) = self.stage { Some(until) } else { None }
    }

    /// The page failed, and is asked for again.
    pub(in crate::engine::scheduler) const fn again(&mut self) {
        self.stage = Stage::Page;
    }

    /// Marks the next page as asked for; `since` is from when on a list holds all that matters.
    pub(in crate::engine::scheduler) fn ask(&mut self, since: Timestamp) -> (Timestamp, usize) {
        if self.paging.begins() {
            self.since = since;
        }
        self.stage = Stage::Asked;
        (self.since, self.paging.skip())
    }

    /// A page came: what it means, and whether it is the first one.
    pub(in crate::engine::scheduler) fn turn(
        &mut self,
        page: &Page<Action>,
        how: PageRules,
    ) -> (PageOutcome, bool) {
        self.stage = Stage::Page;
        let is_first = self.paging.begins();
        (self.paging.turn(page, how), is_first)
    }

    pub(in crate::engine::scheduler) fn restart(&mut self) {
        self.paging = Paging::default();
    }

    /// Whether the list is to begin earlier than it did: by more than a minute, within which
    /// nothing is missing, and three times at most, since a clock that tells another time with each
    /// answer is not followed for ever.
    pub(in crate::engine::scheduler) fn begins_earlier(&mut self, since: Timestamp) -> bool {
        let earlier = self.earlier < 3 && since.plus(Duration::from_mins(1)) < self.since;
        if earlier {
            self.earlier += 1;
            self.restart();
        }
        earlier
    }

    /// The list is whole: requests may go out, or late effects are waited for until `settled`.
    pub(in crate::engine::scheduler) fn is_whole(&mut self, settled: Steady) {
        self.stage = if self.rolled_back { Stage::Settling(settled) } else { Stage::Done };
    }

    /// An action shows that the journal has lost a part.
    pub(in crate::engine::scheduler) const fn found_unsent(&mut self) {
        self.unsent += 1;
    }

    /// How many such actions were found since this was asked last.
    pub(in crate::engine::scheduler) fn take_unsent(&mut self) -> u64 {
        self.rolled_back |= self.unsent > 0;
        std::mem::take(&mut self.unsent)
    }

    /// An answer without our marker waits for the end of the list; the best one of each machine.
    /// Whether there are as many as may wait.
    pub(in crate::engine::scheduler) fn defer(
        &mut self,
        machine: Machine,
        action: Action,
        claim: Claim,
    ) -> bool {
        let rank = |action: &Action, claim: Claim| (claim, action.created_at);
        let known = self.deferred.get(&machine.number);
        if known.is_none_or(|(_, other, of)| rank(other, *of) < rank(&action, claim)) {
            self.deferred.insert(machine.number, (machine, action, claim));
        }
        self.deferred.len() >= Self::DEFERRED_MAX
    }

    /// The machine has an answer with our marker.
    pub(in crate::engine::scheduler) fn forget(&mut self, number: MachineNumber) {
        self.deferred.remove(&number);
    }

    /// Those that wait, machine by machine.
    pub(in crate::engine::scheduler) fn take_deferred(
        &mut self,
    ) -> impl Iterator<Item = (Machine, Action, Claim)> + use<> {
        std::mem::take(&mut self.deferred).into_values()
    }
}
