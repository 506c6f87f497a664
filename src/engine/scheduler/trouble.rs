//! What is not about one machine: no connection, no token, no permission, a 429.

use std::time::Duration;

use crate::domain::{Detail, Doubt, End, LimitGroup, Now, Span, Steady, Trouble};
use crate::event::Happening;
use crate::limiter::QuotaRefusal;

use super::super::Task;
use super::super::access::{SIGN_IN_PATIENCE, refusal, token_refused};
use super::super::read_patience::{ANSWERED, UNANSWERED};
use super::core::{ANOTHER, Scheduler};
use super::parts::{About, Delay, Delays, Flight, Origin, Outage, Purpose};
use super::step::Step;

impl Step<'_> {
    /// What a trouble means for the run; says how long the request that met it should wait.
    pub(super) fn trouble(&mut self, origin: Origin, trouble: &Trouble) -> Duration {
        let Origin { call, group, .. } = origin;
        match trouble {
            Trouble::Unreachable { detail, .. } => {
                self.scheduler.cut_off(group, Outage::network, self.now, detail)
            }
            Trouble::SignIn(detail) => {
                self.scheduler.cut_off(group, |now, _| Outage::token(now), self.now, detail)
            }
            Trouble::Unauthorized(detail) => {
                let next_call = self.scheduler.gates.next_call();
                if self.scheduler.renewal.is_refused(call, next_call) {
                    self.stop(End::NoAccess, &token_refused(detail));
                }
                Duration::ZERO
            }
            Trouble::TokenEnded(_) | Trouble::Forbidden(_) | Trouble::ProxyAuthentication(_) => {
                let why = refusal(trouble, group).unwrap_or_default();
                self.stop(End::NoAccess, &why);
                Duration::ZERO
            }
            Trouble::TooMany { retry_after, window, detail } => {
                let refusal = QuotaRefusal { retry_after: *retry_after, window: *window };
                self.slow_down(group, refusal, detail);
                Duration::ZERO
            }
            Trouble::Redirected(detail) => {
                self.judge_doubt(&Doubt::Redirected, About::Run, detail);
                Duration::ZERO
            }
            Trouble::Mismatched(detail) => {
                self.stop(End::Tripped, &format!("{ANOTHER}: {detail}"));
                Duration::ZERO
            }
            // What follows is told by what the read was for.
            Trouble::Unreadable(_) => Duration::ZERO,
        }
    }

    /// Ends a run whose POSTs got no answer for too long, if it has any to send.
    pub(super) fn give_up_posts(&mut self) {
        if self.scheduler.has_posts()
            && let Some((lasted, in_a_row)) =
                self.scheduler.breaker.is_over_at(self.now.steady, self.scheduler.patience())
        {
            let lasted = Span(Duration::from_secs(lasted.as_secs().max(1)));
            let last = self.scheduler.last_doubt.as_ref();
            let end = last.map_or(End::Unreachable, |last| self.scheduler.end_after(last));
            let last = last.map(|last| format!(" ({last})")).unwrap_or_default();
            let why = format!(
                "Defender gave no usable answer to {in_a_row} requests in a row, for \
                 {lasted}{last}; the last of them are looked up when the run continues"
            );
            self.stop(end, &why);
        }
    }

    fn slow_down(&mut self, group: LimitGroup, refusal: QuotaRefusal, detail: &Detail) {
        self.scheduler.connected(group);
        self.scheduler.rate_limited += 1;
        let until = self.scheduler.gates.too_many(group, self.now, refusal, self.draft);
        self.tell(Happening::RateLimited { until, detail: detail.clone() });
    }
}

impl Scheduler {
    /// No connection, or no token: from the fifth time in a row on, the run waits as a whole.
    pub(super) fn cut_off(
        &mut self,
        group: LimitGroup,
        outage: impl Fn(Now, Duration) -> Outage,
        now: Now,
        detail: &Detail,
    ) -> Duration {
        let patience = self.patience();
        let seed = self.random();
        let fresh = outage(now, patience);
        let outage = match &mut self.outage {
            Some(outage) if outage.missing == fresh.missing => {
                outage.unreadable = fresh.unreadable;
                outage
            }
            Some(outage) => {
                outage.becomes(fresh);
                outage
            }
            none => {
                let latest = now.steady.plus(patience + SIGN_IN_PATIENCE);
                none.insert(fresh.no_later_than(latest))
            }
        };
        outage.fail(group, now, (&self.policy.backoff, seed), detail);
        outage.next_try().since(now.steady)
    }

    /// A request of this group got an answer.
    pub(super) fn connected(&mut self, group: LimitGroup) {
        self.outage.take_if(|outage| outage.ends_with(group));
    }

    /// The computer slept, or the process was stopped, until now. Patience is for time in which
    /// something could be tried.
    pub(in crate::engine) fn was_away(&mut self, away: Duration, now: Steady) {
        if let Some(outage) = &mut self.outage {
            outage.was_away(away);
        }
        self.breaker.was_away(away);
        self.unread.was_away(away);
        self.follow.was_away(now);
    }

    /// How long to go on without a connection, a token or an answer.
    pub(super) fn patience(&self) -> Duration {
        let default = if self.was_answered { ANSWERED } else { UNANSWERED };
        self.options.offline_timeout.unwrap_or(default)
    }

    /// The outage, unless it is one of POSTs alone and there are none.
    pub(super) fn current_outage(&self) -> Option<&Outage> {
        let has_posts = self.has_posts() || self.submits();
        self.outage.as_ref().filter(|outage| has_posts || !outage.lets_reads_go())
    }

    /// The outage for which the run waits: as a whole, or with its POSTs.
    pub(super) fn pausing(&self) -> Option<&Outage> {
        self.current_outage().filter(|outage| outage.pauses())
    }

    fn has_posts(&self) -> bool {
        self.task == Task::Send && self.queue.has_any()
    }

    /// Whether a POST may go out as far as the connection is concerned: where only POSTs are cut
    /// off, one at a time tries.
    pub(super) fn outage_lets_go(&self, now: Now, delays: &mut Delays) -> bool {
        let Some(outage) = self.pausing() else { return true };
        if outage.next_try() > now.steady {
            delays.add(outage.next_try(), Delay::Outage);
            return false;
        }
        !self.submits()
    }

    pub(super) fn submits(&self) -> bool {
        let submits = |flight: &Flight| matches!(flight.purpose, Purpose::Submit(_));
        self.flights.values().any(submits)
    }

    /// Whether a POST may go out as far as the breaker is concerned: while it is open, one at a
    /// time.
    pub(super) fn breaker_lets_go(&self, now: Now, delays: &mut Delays) -> bool {
        let Some(next_try) = self.breaker.next_try() else { return true };
        if next_try > now.steady {
            let ends_at = self.breaker.ends_at(self.patience());
            delays.add(ends_at.map_or(next_try, |at| at.min(next_try)), Delay::Breaker);
            return false;
        }
        !self.submits()
    }
}
