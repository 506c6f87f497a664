//! Why nothing is sent and until when; and whether the run is over.

use std::time::Duration;

use crate::domain::{Counts, End, Now, State, Steady};
use crate::event::{Wait, WaitReason};

use super::super::Task;
use super::core::Scheduler;
use super::parts::{Delay, Delays, Flight, Purpose, ReadKind};

/// A shorter wait for a window of reads or cancels is not told.
const TOLD_FROM: Duration = Duration::from_secs(3);

impl Scheduler {
    /// When the scheduler is to be asked again, if no answer comes before.
    pub(in crate::engine) fn wakes_at(
        &self,
        at: Now,
        delays: &Delays,
        counts: &Counts,
    ) -> Option<Steady> {
        let now = at.steady;
        let held = delays.ends();
        let doubts = self.queue.next_doubt();
        let delayed = self.queue.next_delayed();
        let busy_machines = self.queue.next_busy();
        let busy = self.flights.len() >= self.options.concurrency || self.stopping.is_some();
        // With every place taken, only an answer changes anything.
        let timers = [doubts, delayed, busy_machines].into_iter().flatten();
        // Cut off, the next try comes first; once it is due and there is nothing to try with, what
        // is due later is tried with.
        let whole = self.pausing().filter(|outage| !outage.lets_reads_go());
        let paused = whole.is_some_and(|outage| outage.next_try() > now);
        // What is due and does not go is kept back by one of the delays, which ends later: to wake
        // for it at once would be to spin.
        let timers = timers.filter(|at| *at > now && !busy && !paused);
        // The ends of waits come, even while requests are kept back.
        let ends = [
            self.follow_ends_at(),
            self.withdrawal.ends_at(),
            self.reads_end_at(counts),
            self.canary_ends_at(),
            self.closes_at(at),
        ];
        let ends = ends.into_iter().flatten().filter(|at| *at > now && self.stopping.is_none());
        held.chain(timers).chain(ends).min()
    }

    /// What to tell people of it; none while requests go out.
    pub(in crate::engine) fn waiting(
        &self,
        now: Now,
        delays: &Delays,
        counts: &Counts,
    ) -> Option<Wait> {
        if self.stopping.is_some() {
            return None;
        }
        if let Some(outage) = self.pausing() {
            return Some(outage.wait(now));
        }
        if delays.find(|delay| *delay == Delay::Breaker).is_some() {
            return self.breaker.wait(now, self.patience());
        }
        if let Some((until, _)) = delays.find(|delay| *delay == Delay::Hours) {
            let until = now.wall_at(until);
            return Some(Wait { reason: self.shut_reason(), until, machines: 0 });
        }
        let posts = |delay: &Delay| matches!(delay, Delay::Freeze | Delay::Window(_) | Delay::Pace);
        if let Some((until, delay)) = delays.find(posts) {
            let reason = match delay {
                Delay::Freeze => WaitReason::RetryAfter,
                Delay::Window(window) => WaitReason::Window(window),
                // The gap of the pace is too short to be told.
                _ => return None,
            };
            return Some(Wait { reason, until: now.wall_at(until), machines: 0 });
        }
        if !self.flights.is_empty() && !self.following_only() {
            return None;
        }
        let canary = self.canary_wait(now);
        canary.or_else(|| self.waiting_for_machines(now, delays, counts))
    }

    /// A pause that lists wait for, with the end of the run's patience.
    fn with_end(&self, reason: WaitReason, now: Now, counts: &Counts) -> WaitReason {
        let WaitReason::ReadsPaused { .. } = reason else { return reason };
        let follows = match &self.task {
            Task::Send => counts.to_send_or_look_up() == 0,
            Task::Track => true,
            Task::Cancel(_) => false,
        };
        let follow = self.follow_ends_at().filter(|_| follows);
        let ends = [follow, self.reads_end_at(counts)].into_iter().flatten();
        WaitReason::ReadsPaused { gives_up_at: ends.min().map(|at| now.wall_at(at)) }
    }

    fn waiting_for_machines(&self, now: Now, delays: &Delays, counts: &Counts) -> Option<Wait> {
        let at = |until: Steady| now.wall_at(until);
        // Before the sweep is done nothing else can go on; nor is anything sent by an old reading
        // of the inventory; and what is to be cancelled goes before what is looked up.
        let first = !self.sweep.is_done() || self.waits_for_inventory();
        if (first || self.withdrawal.is_waiting())
            && let Some((until, Delay::Reads(reason))) =
                delays.find(|delay| matches!(delay, Delay::Reads(_)))
        {
            let reason = self.with_end(reason, now, counts);
            return Some(Wait { reason, until: at(until), machines: 0 });
        }
        let count = |machines: usize| u64::try_from(machines).unwrap_or(u64::MAX);
        let settle = self.queue.next_doubt().or_else(|| self.sweep.settles_at());
        // A look-up that is due waits for what reads wait for.
        let reads = delays.find(|delay| matches!(delay, Delay::Reads(_)));
        let settle = settle.map(|at| reads.as_ref().map_or(at, |(until, _)| at.max(*until)));
        let settle = settle.filter(|at| *at > now.steady);
        let backoff = self.queue.next_delayed();
        match (settle, backoff) {
            (Some(settle), None) => Some((WaitReason::Settle, settle, self.queue.doubts())),
            (Some(settle), Some(backoff)) if settle <= backoff => {
                Some((WaitReason::Settle, settle, self.queue.doubts()))
            }
            (_, Some(backoff)) => Some((WaitReason::Backoff, backoff, self.queue.delayed())),
            (None, None) => {
                let busy = self.queue.next_busy();
                busy.map(|at| (WaitReason::Busy, at.max(now.steady), self.queue.busy()))
            }
        }
        .map(|(reason, until, machines)| Wait {
            reason,
            until: at(until),
            machines: count(machines),
        })
        .or_else(|| {
            let (until, Delay::Reads(reason)) = reads? else { return None };
            // A wait that is over in a moment is not told, or there would be two lines a poll.
            let is_told = until.since(now.steady) >= TOLD_FROM;
            if !is_told && self.unread.of(ReadKind::Follow).is_none() {
                return None;
            }
            let reason = self.with_end(reason, now, counts);
            Some(Wait { reason, until: at(until), machines: 0 })
        })
        .or_else(|| {
            let until = match self.task {
                Task::Cancel(_) => self.withdrawal.ends_at(),
                Task::Send | Task::Track => self.follow_ends_at(),
            };
            // Before a list showed all of it, the time for following is as long all the same.
            let over = Some(self.follow_time().over_at());
            let over = over.filter(|at| self.only_follows(counts) && *at > now.steady);
            let until = until.or(over);
            let until = until.filter(|_| self.sweep.is_done())?;
            Some(Wait {
                reason: WaitReason::Actions,
                until: at(until),
                machines: counts.of(State::Pending),
            })
        })
    }

    /// Whether all that is in flight are reads of pending actions.
    fn following_only(&self) -> bool {
        let follows = |flight: &Flight| matches!(flight.purpose, Purpose::Follow);
        self.flights.values().all(follows)
    }

    pub(in crate::engine) fn ended(&self, now: Now, counts: &Counts) -> Option<End> {
        if !self.flights.is_empty() {
            return None;
        }
        if let Some(stopping) = &self.stopping {
            return Some(stopping.end);
        }
        let looks = !self.queue.is_empty() || !self.searches.is_empty();
        if !self.sweep.is_done() || looks || self.withdrawal.is_waiting() {
            return None;
        }
        let well = |end| if self.is_tripped() { End::Tripped } else { end };
        if counts.of(State::Pending) == 0 {
            return Some(well(End::Settled));
        }
        let over = match &self.task {
            Task::Cancel(_) => self.withdrawal.ends_at().is_none_or(|at| at <= now.steady),
            Task::Send if self.options.track_timeout.is_zero() => true,
            Task::Send | Task::Track => self.follow_is_over(now),
        };
        over.then(|| well(End::Pending))
    }
}
