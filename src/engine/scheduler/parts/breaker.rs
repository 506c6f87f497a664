//! POSTs that get no answer of Defender's, one after another: fewer are put into doubt.
//!
//! Each such POST leaves a machine in doubt, which costs two look-ups and some minutes. While none
//! is answered, a broken proxy or a service that is down would turn the whole batch into doubts. So
//! after five in a row only one POST at a time tries, ever more seldom, until one is answered.
//! Reads go on: they say nothing about POSTs. The row outlives the process, as those of `streaks`
//! do.

use std::time::Duration;

use crate::domain::{Now, Steady};
use crate::event::{Wait, WaitReason};
use crate::retry::Backoff;

use super::streaks::AnswerKind;

/// Counts POSTs without an answer of Defender's, and spaces the tries.
#[derive(Debug, Default)]
pub(in crate::engine::scheduler) struct Breaker {
    in_a_row: u32,
    open: Option<Open>,
}

#[derive(Debug, Clone, Copy)]
struct Open {
    since: Now,
    tries: u32,
    next_try: Steady,
}

impl Breaker {
    /// As many as connections refused in a row, after which a run waits as a whole.
    const IN_A_ROW: u32 = 5;
    /// Between tries: from a second, for a proxy that restarts, to ten minutes. In the twelve hours
    /// of patience that is some eighty machines in doubt.
    const BACKOFF: Backoff =
        Backoff { first: Duration::from_secs(1), most: Duration::from_mins(10) };

    /// A row that an earlier process began: its answers in order, oldest first.
    pub(in crate::engine::scheduler) fn restored(
        kinds: impl IntoIterator<Item = AnswerKind>,
        now: Now,
    ) -> Self {
        let mut breaker = Self::default();
        for kind in kinds {
            breaker.record(kind, now, now, 0);
        }
        // A new process may try at once: often somebody has fixed something.
        if let Some(open) = &mut breaker.open {
            open.next_try = now.steady;
        }
        breaker
    }

    /// The answer to a POST that went out at `sent`.
    pub(in crate::engine::scheduler) fn record(
        &mut self,
        kind: AnswerKind,
        sent: Now,
        now: Now,
        seed: u64,
    ) {
        if !matches!(kind, AnswerKind::Missing | AnswerKind::Stranger | AnswerKind::WrongShape) {
            *self = Self::default();
            return;
        }
        self.in_a_row += 1;
        match &mut self.open {
            // It was under way when the row became long: it is not another try.
            Some(open) if sent.steady <= open.since.steady => {}
            Some(open) => {
                open.tries += 1;
                open.next_try = now.steady.plus(Self::BACKOFF.delay(open.tries + 1, seed));
            }
            None if self.in_a_row >= Self::IN_A_ROW => {
                let next_try = now.steady.plus(Self::BACKOFF.delay(1, seed));
                self.open = Some(Open { since: now, tries: 0, next_try });
            }
            None => {}
        }
    }

    /// When the next POST may try, while only one at a time does.
    pub(in crate::engine::scheduler) fn next_try(&self) -> Option<Steady> {
        self.open.map(|open| open.next_try)
    }

    /// For how long and how many in a row, once that has lasted for `patience` and a try failed.
    pub(in crate::engine::scheduler) fn is_over_at(
        &self,
        now: Steady,
        patience: Duration,
    ) -> Option<(Duration, u32)> {
        let open = self.open.filter(|open| open.tries > 0)?;
        let lasted = now.since(open.since.steady);
        (lasted >= patience).then_some((lasted, self.in_a_row))
    }

    /// When that has lasted for `patience`, once a try failed.
    pub(in crate::engine::scheduler) fn ends_at(&self, patience: Duration) -> Option<Steady> {
        let open = self.open.filter(|open| open.tries > 0)?;
        Some(open.since.steady.plus(patience))
    }

    /// Nothing could be tried for so long: the patience is as long as before.
    pub(in crate::engine::scheduler) fn was_away(&mut self, away: Duration) {
        if let Some(open) = &mut self.open {
            open.since.steady = open.since.steady.plus(away);
        }
    }

    pub(in crate::engine::scheduler) fn wait(&self, now: Now, patience: Duration) -> Option<Wait> {
        let open = self.open?;
        let gives_up_at = now.wall_at(open.since.steady.plus(patience));
        let reason = WaitReason::Network { since: open.since.wall, gives_up_at };
        let until = now.wall_at(open.next_try.max(now.steady));
        Some(Wait { reason, until, machines: self.in_a_row.into() })
    }
}
