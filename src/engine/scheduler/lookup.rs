//! Looking up a machine of which it is not known whether its POST took effect.

use crate::domain::{Action, Detail, Fact, Forbidden, Missing, Now};
use crate::event::Happening;
use crate::journal::Machine;
use crate::retry::NoEffect;

use super::super::OnUncertain;
use super::book::Book;
use super::core::Scheduler;
use super::evidence::Claim;
use super::request::Listed;
use super::submit::{Acceptance, BUSY};

impl Scheduler {
    /// The Offboard actions of a machine in doubt. A list that is not whole (`last` is false) never
    /// leads to a resend; no machine has a page full of such actions.
    pub(super) fn absorb_find(
        &mut self,
        machine: Machine,
        now: Now,
        listed: Vec<Listed>,
        last: bool,
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        match self.best(&machine, listed) {
            Some(found) => self.found(machine, now, found, book),
            None if last => self.missed(machine, now, book),
            None => {
                let detail = Detail::new(None, None, "the list of a machine's actions has no end");
                self.read_failed(now, &detail);
                self.file(machine, now);
                Ok(())
            }
        }
    }

    /// The action that answers most surely. One that the journal has already is no answer: after
    /// `retry` the old one is still listed.
    fn best(&self, machine: &Machine, listed: Vec<Listed>) -> Option<(Action, Claim)> {
        let unknown = listed.into_iter().filter(|listed| listed.owner.is_none());
        let claims = unknown.filter_map(|Listed { action, .. }| {
            let claim = self.claim(machine, &action)?;
            Some((action, claim))
        });
        claims.max_by_key(|(action, claim)| (*claim, action.created_at))
    }

    pub(super) fn found(
        &mut self,
        mut machine: Machine,
        now: Now,
        (action, claim): (Action, Claim),
        book: &mut Book,
    ) -> Result<(), Forbidden> {
        if claim == Claim::Ours {
            self.lag.found(machine.number, self.lag_max());
            self.note_lag(now, book);
        }
        let how = Acceptance { adopted: claim.is_adopted(), found: true, status: None };
        self.accept(&mut machine, now, action, how, book)?;
        self.take_back(machine);
        Ok(())
    }

    /// A whole list without it: look again, send it once more, or leave it to a person.
    fn missed(&mut self, mut machine: Machine, now: Now, book: &mut Book) -> Result<(), Forbidden> {
        let standing = &machine.standing;
        let busy = standing
            .detail
            .as_ref()
            .is_some_and(|detail| detail.http_status == Some(400) && detail.code() == BUSY);
        if busy {
            let words = "another action is active on the machine";
            let detail = Detail::new(Some(400), Some(BUSY), words);
            return self.retry(machine, now, NoEffect::Transient, detail, book);
        }
        // Lists were seen to be later than expected since: its absence is no answer yet.
        if let Some(from) = self.counts_from(&machine, now) {
            machine.standing.not_before = Some(from);
            self.file(machine, now);
            return Ok(());
        }
        if standing.misses == 0 {
            let age = standing.sent_at.map(|sent| now.wall.since(sent)).unwrap_or_default();
            self.lag.missed(machine.number, age);
            let look_at = now.wall.plus(self.look_gap());
            book.note(&mut machine, now, Fact::Missing(Missing::Again { look_at }))?;
            self.file(machine, now);
            return Ok(());
        }
        self.lag.never_found(machine.number);
        let attempts_left = standing.attempts_counted < self.policy.attempts_max;
        let may_resend = self.options.on_uncertain == OnUncertain::Resend && !self.distrusts_lists;
        if standing.resends == 0 && attempts_left && may_resend {
            book.note(&mut machine, now, Fact::Missing(Missing::Resend))?;
            self.again.queued_again();
            book.tell_of(&machine, now, Happening::Reconciled { action: None });
            self.file(machine, now);
            return Ok(());
        }
        let words = "sent without an answer, and not found at Defender in two look-ups";
        let detail = Detail::new(None, Some("uncertain"), words);
        book.note(&mut machine, now, Fact::Held { detail: detail.clone() })?;
        book.tell_of(&machine, now, Happening::Held { detail });
        Ok(())
    }
}
