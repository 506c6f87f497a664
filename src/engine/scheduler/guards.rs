//! What the guards of a run come to at this turn: the canary, too many failures, the hours.
//!
//! Deliberately absent: the judgement itself, which is `guard`'s, and repeated refusals, which
//! follow from single answers (`submit`).

use crate::domain::{BatchFact, End, Now, Opening, Span, State, Steady, StoppedBy};
use crate::event::{Wait, WaitReason};
use crate::guard::{CanaryVerdict, FailureLimit, Tally};

use super::super::Task;
use super::core::Scheduler;
use super::parts::{Canary, FollowTime};
use super::step::Step;

/// Machines that a message names; the others are in the report.
const NAMED: usize = 3;

impl Step<'_> {
    /// Stops the run where a guard says so, and lets the others go once the canary has passed.
    /// Before anything is picked, and before machines are fetched.
    pub(in crate::engine) fn judge_guards(&mut self) {
        if self.scheduler.task != Task::Send || self.scheduler.stopping.is_some() {
            return;
        }
        if self.draft.counts.of(State::Queued) > 0 {
            self.judge_failures();
            self.judge_hours();
        }
        self.judge_canary();
    }

    fn judge_failures(&mut self) {
        let tally = self.scheduler.safeguards.tally();
        let limit = self.scheduler.options.failures_max;
        if let Some(limit) = limit.filter(|limit| limit.is_exceeded(tally)) {
            self.trip_and_follow(StoppedBy::MaxFailures, &failure_words(limit, tally));
        }
    }

    fn judge_hours(&mut self) {
        let hours = &self.scheduler.options.hours;
        if hours.at(self.now.wall) != Opening::Over {
            return;
        }
        let until = hours.until.unwrap_or(self.now.wall);
        let why = if until <= self.now.wall {
            format!("--until {until} has passed")
        } else {
            format!("nothing can be sent any more before --until {until}")
        };
        self.stop(End::PastUntil, &why);
    }

    fn judge_canary(&mut self) {
        let Some(canary) = &self.scheduler.safeguards.canary else { return };
        if !self.scheduler.sweep.is_done() {
            return;
        }
        // Nobody waits for it: what it comes to is told as that of any other machine.
        if self.draft.counts.of(State::Queued) == canary.queued() {
            self.scheduler.let_all_go(self.now);
            return;
        }
        let is_over = self.scheduler.canary_is_over(self.now);
        match canary.counts().verdict(is_over) {
            CanaryVerdict::Runs => {}
            CanaryVerdict::Passed => {
                self.note_batch(BatchFact::CanaryPassed);
                self.scheduler.let_all_go(self.now);
            }
            CanaryVerdict::Failed | CanaryVerdict::Undecided => {
                let why = self.scheduler.canary_words(canary, self.now);
                self.trip(StoppedBy::Canary, &why);
            }
        }
    }
}

fn failure_words(limit: FailureLimit, tally: Tally) -> String {
    let Tally { answered, failed } = tally;
    let failed = match failed {
        1 => "1 machine was rejected or failed".to_owned(),
        many => format!("{many} machines were rejected or failed"),
    };
    format!("{failed}, of {answered} that were answered for: more than --max-failures {limit}")
}

impl Scheduler {
    /// The time of the canary, once it has begun.
    pub(super) fn canary_time(&self) -> Option<FollowTime> {
        let canary = self.safeguards.canary.as_ref().filter(|canary| canary.counts().waits())?;
        Some(FollowTime { since: canary.last_sent(), timeout: self.options.canary_wait })
    }

    /// Whether the time of the canary is over, and it is known how it stands by then.
    fn canary_is_over(&self, now: Now) -> bool {
        let Some((time, canary)) = self.canary_time().zip(self.safeguards.canary.as_ref()) else {
            return false;
        };
        // Where none of it is pending, no list shows anything of it.
        let counts = canary.counts().by_state;
        let settled = counts.of(State::Pending) == 0 && time.over_at() <= now.steady;
        settled || self.follow.is_over(time, self.unread_list(), now.steady)
    }

    fn canary_words(&self, canary: &Canary, now: Now) -> String {
        let counts = canary.counts();
        if counts.of() == 0 {
            return "the canary did not pass: all of its machines were taken out".to_owned();
        }
        let is_over = self.canary_is_over(now) && counts.open() > 0;
        let after = if is_over {
            format!(" after {}", Span(self.options.canary_wait))
        } else {
            String::new()
        };
        let mut names: Vec<&str> = canary.to_look_at().take(NAMED + 1).collect();
        let more = if names.len() > NAMED { " ..." } else { "" };
        names.truncate(NAMED);
        let unread = self.unread_list().map(|unread| {
            format!("; Defender's list of actions could not be read: {}", unread.detail)
        });
        let (words, names) = (counts.words(), names.join(", "));
        let unread = unread.unwrap_or_default();
        format!("the canary did not pass: {words}{after} ({names}{more}){unread}")
    }

    /// The canary is over: those that waited for it are sent in turn.
    fn let_all_go(&mut self, now: Now) {
        self.safeguards.canary = None;
        self.queue.let_all_go(now);
    }

    /// Whether the canary is still to be judged.
    pub(super) const fn waits_for_canary(&self) -> bool {
        self.safeguards.canary.is_some()
    }

    /// A machine of the canary ended badly: the rest of it is not sent.
    pub(super) fn canary_is_lost(&self) -> bool {
        self.safeguards.canary.as_ref().is_some_and(|canary| canary.counts().bad() > 0)
    }

    /// When the time of the canary is over, once it has begun.
    pub(super) fn canary_ends_at(&self) -> Option<Steady> {
        let time = self.canary_time()?;
        Some(self.follow.ends_at(time, self.unread_list()).unwrap_or_else(|| time.over_at()))
    }

    /// What to tell while all machines of the canary are sent and others wait for them.
    pub(super) fn canary_wait(&self, now: Now) -> Option<Wait> {
        let over_at =
            self.canary_ends_at().filter(|at| self.sweep.is_done() && *at > now.steady)?;
        let counts = self.safeguards.canary.as_ref()?.counts();
        let reason = WaitReason::Canary { succeeded: counts.succeeded(), of: counts.of() };
        Some(Wait { reason, until: now.wall_at(over_at), machines: counts.open() })
    }

    /// What is told while no request may be sent.
    pub(super) fn shut_reason(&self) -> WaitReason {
        WaitReason::Between { hours: self.options.hours.between.as_ref().map(ToString::to_string) }
    }

    /// When the hours close in which requests may be sent, where some are left: that may have been
    /// the last of them.
    pub(super) fn closes_at(&self, now: Now) -> Option<Steady> {
        match self.options.hours.at(now.wall) {
            Opening::Open { closes_at: Some(at) } if !self.queue.is_sent() => {
                Some(now.steady_when(at))
            }
            _ => None,
        }
    }

    /// When requests may be sent again; none: they may now, or there is nothing to send.
    pub(super) fn opens_at(&self, now: Now) -> Option<Steady> {
        match self.options.hours.at(now.wall) {
            Opening::Shut { opens_at } if self.queue.has_any() => Some(now.steady_when(opens_at)),
            _ => None,
        }
    }
}
