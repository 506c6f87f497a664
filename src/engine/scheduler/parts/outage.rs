//! Being cut off: no connection, or no token.

use std::time::Duration;

use crate::domain::{Detail, LimitGroup, Now, Steady, Timestamp};
use crate::engine::access::SIGN_IN_PATIENCE;
use crate::event::{Wait, WaitReason};
use crate::retry::Backoff;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::scheduler) enum OutageCause {
    Network,
    Token,
}

/// A time without connection or token. While it lasts, one request at a time tries again.
#[derive(Debug, Clone)]
pub(in crate::engine::scheduler) struct Outage {
    pub(in crate::engine::scheduler) missing: OutageCause,
    since: Now,
    failures: u32,
    next_try: Steady,
    gives_up_at: Steady,
    /// When it is given up, no matter what is missing by then.
    latest: Steady,
    /// Whether connections were made, and answers came that proved nothing.
    pub(in crate::engine::scheduler) unreadable: bool,
    /// Whether a POST failed in it: then only the answer to a POST ends it.
    posts: bool,
    /// Whether reads were answered since one failed last: then only POSTs wait.
    reads_work: bool,
    pub(in crate::engine::scheduler) last: Detail,
}

impl Outage {
    /// Failed connections in a row after which the run waits as a whole.
    const FAILURES: u32 = 5;

    pub(in crate::engine::scheduler) fn network(now: Now, patience: Duration) -> Self {
        Self::begin(OutageCause::Network, now, patience)
    }

    pub(in crate::engine::scheduler) fn token(now: Now) -> Self {
        Self::begin(OutageCause::Token, now, SIGN_IN_PATIENCE)
    }

    /// A time in which answers come, and none can be used.
    pub(in crate::engine::scheduler) fn unreadable(now: Now, patience: Duration) -> Self {
        Self { unreadable: true, ..Self::network(now, patience) }
    }

    fn begin(missing: OutageCause, now: Now, patience: Duration) -> Self {
        Self {
            missing,
            since: now,
            failures: 0,
            next_try: now.steady,
            gives_up_at: now.steady.plus(patience),
            latest: Steady::NEVER,
            unreadable: false,
            posts: false,
            reads_work: false,
            last: Detail::default(),
        }
    }

    /// Given up then, even before its own patience ends.
    pub(in crate::engine::scheduler) fn no_later_than(self, latest: Steady) -> Self {
        Self { gives_up_at: self.gives_up_at.min(latest), latest, ..self }
    }

    /// Another thing is missing by now: its own patience begins, but not for ever.
    pub(in crate::engine::scheduler) fn becomes(&mut self, other: Self) {
        let Self { posts, latest, .. } = *self;
        *self = Self { posts, ..other.no_later_than(latest) };
    }

    /// An answer came that proves the connection and the token. Whether the outage is over: what
    /// reads get through says nothing about POSTs, which a proxy may refuse to pass.
    pub(in crate::engine::scheduler) fn ends_with(&mut self, group: LimitGroup) -> bool {
        self.reads_work = true;
        group == LimitGroup::Posts || !self.posts
    }

    /// Another failure: the next try comes later, up to a minute apart.
    pub(in crate::engine::scheduler) fn fail(
        &mut self,
        group: LimitGroup,
        now: Now,
        (backoff, seed): (&Backoff, u64),
        last: &Detail,
    ) {
        self.failures += 1;
        match group {
            LimitGroup::Posts => self.posts = true,
            LimitGroup::Reads | LimitGroup::Cancels => self.reads_work = false,
        }
        let delay = match self.missing {
            OutageCause::Network => backoff.delay(self.failures, seed),
            // "The secret is read again each minute."
            OutageCause::Token => backoff.most,
        };
        self.next_try = now.steady.plus(delay).min(self.gives_up_at.max(now.steady));
        self.last = last.clone();
    }

    /// Whether the run as a whole waits, instead of the one machine that failed.
    pub(in crate::engine::scheduler) const fn pauses(&self) -> bool {
        matches!(self.missing, OutageCause::Token) || self.failures >= Self::FAILURES
    }

    /// Whether it is only POSTs that wait.
    pub(in crate::engine::scheduler) const fn lets_reads_go(&self) -> bool {
        self.reads_work
    }

    pub(in crate::engine::scheduler) const fn failures(&self) -> u32 {
        self.failures
    }

    pub(in crate::engine::scheduler) const fn next_try(&self) -> Steady {
        self.next_try
    }

    pub(in crate::engine::scheduler) fn is_over_at(&self, now: Steady) -> bool {
        now >= self.gives_up_at && self.failures > 0
    }

    /// Nothing could be tried for so long: the patience is as long as before.
    pub(in crate::engine::scheduler) fn was_away(&mut self, away: Duration) {
        self.since.steady = self.since.steady.plus(away);
        self.gives_up_at = self.gives_up_at.plus(away);
        self.latest = self.latest.plus(away);
    }

    pub(in crate::engine::scheduler) fn lasted(&self, now: Now) -> Duration {
        now.steady.since(self.since.steady)
    }

    pub(in crate::engine::scheduler) fn wait(&self, now: Now) -> Wait {
        let since: Timestamp = self.since.wall;
        let gives_up_at = now.wall_at(self.gives_up_at);
        let reason = match self.missing {
            OutageCause::Network => WaitReason::Network { since, gives_up_at },
            OutageCause::Token => WaitReason::SignIn { since, gives_up_at },
        };
        // With a number it is told as "no usable answer to the last N requests".
        let answered = self.unreadable || self.reads_work;
        let machines = if answered { self.failures.into() } else { 0 };
        Wait { reason, until: now.wall_at(self.next_try.max(now.steady)), machines }
    }
}
