//! What is not about one machine: no connection, no token, no permission, a 429.

use std::time::Duration;

use crate::domain::{CallId, Detail, Doubt, End, Freeze, LimitGroup, Now, Trouble};
use crate::event::Happening;

use super::book::Book;
use super::core::Scheduler;
use super::outage::Outage;
use super::rows;

impl Scheduler {
    /// What a trouble means for the run; says how long the request that met it should wait.
    pub(super) fn trouble(
        &mut self,
        (group, call): (LimitGroup, CallId),
        now: Now,
        trouble: &Trouble,
        book: &mut Book,
    ) -> Duration {
        match trouble {
            Trouble::Unreachable { detail, .. } => self.cut_off(Outage::network, now, detail),
            Trouble::SignIn(detail) => self.cut_off(|now, _| Outage::token(now), now, detail),
            Trouble::Unauthorized(detail) => {
                if self.rows.unauthorized(call, self.lanes.next_call()) == rows::Verdict::Run {
                    let why = format!("a new token was refused as well: {detail}");
                    self.stop(End::NoAccess, &why, now, book);
                }
                Duration::ZERO
            }
            Trouble::Forbidden(detail) => {
                let why = format!("Defender refused the permission to read actions: {detail}");
                self.stop(End::NoAccess, &why, now, book);
                Duration::ZERO
            }
            Trouble::ProxyAuthentication(detail) => {
                let why = format!("the proxy wants credentials: {detail}");
                self.stop(End::NoAccess, &why, now, book);
                Duration::ZERO
            }
            Trouble::TooMany { retry_after, detail, .. } => {
                self.slow_down(group, now, *retry_after, detail, book);
                Duration::ZERO
            }
            Trouble::Redirected(detail) => {
                let doubt = Doubt::Redirected;
                self.judge_doubt(&doubt, detail, now, book);
                Duration::ZERO
            }
            Trouble::Unreadable(detail) => {
                self.read_failed(now, detail);
                Duration::ZERO
            }
        }
    }

    /// No connection, or no token: from the fifth time in a row on, the run waits as a whole.
    pub(super) fn cut_off(
        &mut self,
        outage: impl Fn(Now, Duration) -> Outage,
        now: Now,
        detail: &Detail,
    ) -> Duration {
        const PATIENCE: Duration = Duration::from_hours(12);
        const PATIENCE_AT_START: Duration = Duration::from_mins(2);
        let default = if self.heard_once { PATIENCE } else { PATIENCE_AT_START };
        let patience = self.options.offline_timeout.unwrap_or(default);
        let seed = self.random();
        let fresh = outage(now, patience);
        let outage = match &mut self.outage {
            Some(outage) if outage.missing == fresh.missing => outage,
            other => other.insert(fresh),
        };
        outage.fail(now, &self.policy.backoff, &detail.to_string(), seed);
        outage.next_try().since(now.steady)
    }

    fn slow_down(
        &mut self,
        group: LimitGroup,
        now: Now,
        retry_after: Option<Duration>,
        detail: &Detail,
        book: &mut Book,
    ) {
        self.outage = None;
        self.rate_limited += 1;
        let (until, streak) = self.lanes.gate(group).too_many(now.steady, retry_after);
        let until = now.wall_at(until);
        book.changes.freezes.push(Freeze { group, until, streak });
        book.tell(now, Happening::RateLimited { until, detail: detail.clone() });
    }
}
