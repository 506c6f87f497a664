//! Whether a machine is tried again, and when.

use std::time::Duration;

use super::Backoff;
use crate::domain::{Reason, Standing};

/// When a machine is tried again after an answer without effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts that count; the last of them is final. A 429 does not count.
    pub attempts_max: u32,
    /// POSTs answered 404 in all; the last of them is final. More than one, since false 404s are
    /// reported.
    pub absences_max: u32,
    /// Least time between two POSTs that are answered 404: a fifth of the settle time.
    pub absence_gap: Duration,
    /// Waits after everything else.
    pub backoff: Backoff,
}

/// An answer that is no doubt and no refusal for good, and certainly did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEffect {
    /// 404: Defender does not know the machine, or says so.
    Absent,
    /// What may pass: a 403 of one machine, a connection refused, another action that is active.
    Transient,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Another attempt, not before this much time has passed.
    RetryAfter(Duration),
    /// None: the machine is rejected.
    GiveUp(Reason),
}

/// Eight attempts, three 404s a minute apart, one second doubling to a minute.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: 8,
            absences_max: 3,
            absence_gap: Duration::from_mins(1),
            backoff: Backoff::default(),
        }
    }
}

impl RetryPolicy {
    /// What follows an answer without effect. `standing` is the machine's as it was sent: this
    /// attempt is counted, this 404 is not yet.
    pub fn after(&self, standing: &Standing, answer: NoEffect, seed: u64) -> Verdict {
        let attempts = standing.attempts_counted;
        let absences = standing.absences.saturating_add(1);
        match answer {
            NoEffect::Absent if absences >= self.absences_max => Verdict::GiveUp(Reason::NotFound),
            _ if attempts >= self.attempts_max => Verdict::GiveUp(Reason::Attempts),
            NoEffect::Absent => Verdict::RetryAfter(self.absence_gap),
            NoEffect::Transient => Verdict::RetryAfter(self.backoff.delay(attempts, seed)),
        }
    }
}
