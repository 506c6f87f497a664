//! Looking up a machine of which it is not known whether its POST took effect.

use crate::domain::{Action, ActionScope, Detail, Fact, Forbidden, Missing, Now, Page, Steady};
use crate::event::Happening;
use crate::journal::Machine;

use super::super::OnUncertain;
use super::core::Scheduler;
use super::outcome::Acceptance;
use super::parts::{
    Claim, FoundAction, Listed, PageOutcome, PageRules, ReadKind, Rereads, Search, keeper, surer,
};
use super::step::Step;

/// Most pages of a look-up: no machine has as many actions.
const PAGES_MAX: u32 = 20;

/// What is kept of a machine that stays in doubt: the answer that put it there, if one came.
fn in_doubt(last: Option<&Detail>) -> Detail {
    let words = match last {
        Some(last) if last.http_status.is_some() => {
            format!("not found at Defender in two look-ups; the answer was: {}", last.message)
        }
        Some(last) => format!(
            "sent without an answer, and not found at Defender in two look-ups: {}",
            last.message
        ),
        None => "sent without an answer, and not found at Defender in two look-ups".to_owned(),
    };
    Detail::new(last.and_then(|last| last.http_status), Some("uncertain"), &words)
}

impl Step<'_> {
    /// A page of the actions of a machine in doubt. A list that is not whole never leads to a
    /// resend.
    pub(super) fn absorb_find(
        &mut self,
        mut search: Search,
        sent: Now,
        page: &Page<Action>,
        listed: Vec<Listed>,
    ) -> Result<(), Forbidden> {
        search.keeper = search.keeper.or_else(|| keeper(&search.machine, &listed));
        match self.scheduler.best(&search.machine, listed, self.now) {
            Some(found) if found.1 == Claim::Ours => {
                self.scheduler.unread.read(ReadKind::LookUp);
                return self.found(search.machine, found);
            }
            found => search.found = surer(search.found.take(), found),
        }
        let how = PageRules {
            full: self.scheduler.page_rows,
            pages_max: PAGES_MAX,
            rereads: Rereads::Once,
        };
        let turned = search.paging.turn(page, how);
        if matches!(turned, PageOutcome::Whole) {
            self.scheduler.unread.read(ReadKind::LookUp);
        }
        match (turned, search.found.take()) {
            (PageOutcome::Next | PageOutcome::OnceMore, found) => {
                search.found = found;
                self.scheduler.searches.push_back(search);
                Ok(())
            }
            (PageOutcome::Whole | PageOutcome::Dry | PageOutcome::Endless, Some(found)) => {
                self.found(search.machine, found)
            }
            (PageOutcome::Whole, None) if search.scope == ActionScope::Every => {
                self.absorb_busy(search.machine, search.keeper)
            }
            (PageOutcome::Whole, None) => self.missed(search.machine),
            (PageOutcome::Dry | PageOutcome::Endless, None) => {
                let words = "it repeats itself or has no end";
                let detail = Detail::new(Some(200), None, words);
                self.read_failed(ReadKind::LookUp, sent, &detail);
                self.scheduler.file(search.machine, self.now);
                Ok(())
            }
        }
    }

    pub(super) fn found(
        &mut self,
        mut machine: Machine,
        (action, claim): (Action, Claim),
    ) -> Result<(), Forbidden> {
        if claim == Claim::Ours {
            self.scheduler.lag.found(machine.number, self.scheduler.lag_max());
            self.note_lag();
        }
        let how = Acceptance { adopted: claim.is_adopted(), found: true, status: None };
        self.accept(&mut machine, action, how)?;
        self.scheduler.take_back(machine);
        Ok(())
    }

    /// A whole list without it: look again, send it once more, or leave it to a person.
    fn missed(&mut self, mut machine: Machine) -> Result<(), Forbidden> {
        let standing = &machine.standing;
        // Lists were seen to be later than expected since: its absence is no answer yet.
        if let Some(from) = self.scheduler.counts_from(&machine, self.now) {
            machine.standing.not_before = Some(from);
            self.scheduler.file(machine, self.now);
            return Ok(());
        }
        if standing.misses == 0 {
            let age = standing.sent_at.map(|sent| self.now.wall.since(sent)).unwrap_or_default();
            self.scheduler.lag.missed(machine.number, age);
            let look_at = self.now.wall.plus(self.scheduler.look_gap());
            self.note(&mut machine, Fact::Missing(Missing::Again { look_at }))?;
            self.scheduler.file(machine, self.now);
            return Ok(());
        }
        if standing.resends > 0 && self.scheduler.lag.was_probe(machine.number) {
            let why = "a request that was not found was sent again, and is not found either, and \
                       no list ever showed an action of this batch";
            self.distrust(why);
        }
        let attempts_left = standing.attempts_counted < self.scheduler.policy.attempts_max;
        let may_resend = self.scheduler.options.on_uncertain == OnUncertain::Resend
            && !self.scheduler.distrusts_lists;
        if standing.resends == 0 && attempts_left && may_resend {
            let most = self.scheduler.look_after() * 4;
            if !self.scheduler.lag.may_release(machine.number, self.now.steady, most) {
                machine.standing.not_before = Some(self.now.wall.plus(self.scheduler.look_after()));
                self.scheduler.file(machine, self.now);
                return Ok(());
            }
            self.scheduler.lag.never_found(machine.number);
            self.note(&mut machine, Fact::Missing(Missing::Resend))?;
            self.scheduler.resend_rate.queued_again();
            self.tell_of(&machine, Happening::Reconciled { action: None });
            self.scheduler.file(machine, self.now);
            return Ok(());
        }
        self.scheduler.lag.never_found(machine.number);
        let detail = in_doubt(standing.detail.as_ref());
        self.hold(&mut machine, detail)
    }
}

impl Scheduler {
    /// Whether a look-up, or another page of one, is to be asked for.
    pub(super) fn search_is_due(&self, now: Steady) -> bool {
        let next = [self.queue.next_doubt(), self.queue.next_busy()];
        !self.searches.is_empty() || next.into_iter().flatten().any(|at| at <= now)
    }

    pub(super) fn next_search(&mut self, now: Steady) -> Option<Search> {
        self.searches.pop_front().or_else(|| self.queue.pop_look_up(now).map(Search::new))
    }

    /// The action that answers most surely. One that the journal has already is no answer: after
    /// `retry` the old one is still listed.
    fn best(&self, machine: &Machine, listed: Vec<Listed>, now: Now) -> Option<FoundAction> {
        let unknown = listed.into_iter().filter(|listed| listed.owner.is_none());
        let claims = unknown.filter_map(|Listed { action, .. }| {
            let claim = self.claim(machine, &action, now)?;
            Some((action, claim))
        });
        claims.fold(None, |best, found| surer(best, Some(found)))
    }
}
