//! A machine's life, in one function.

use std::fmt;

use super::words::words;
use super::{ActionStatus, Fact, Missing, Reason};

words! {
    /// Where a machine of a batch stands.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum State {
        /// Waits for its turn, or for a retry at a known instant.
        Queued = "queued",
        /// The intent to send is on disk; the answer is not.
        Sending = "sending",
        /// A request was sent, and it is not known whether it took effect.
        Uncertain = "uncertain",
        /// It stayed uncertain: a person decides.
        Held = "held",
        /// Defender accepted it; the action has not ended.
        Pending = "pending",
        /// The action's end: offboarded.
        Succeeded = "succeeded",
        /// The action's end: the machine reported an error.
        Failed = "failed",
        /// The action's end: the machine did not connect in time.
        TimedOut = "timed_out",
        /// The action's end: taken back.
        Cancelled = "cancelled",
        /// Defender refused it for good, or the attempts ran out.
        Rejected = "rejected",
        /// Left alone on purpose.
        Skipped = "skipped",
    }
}

/// A fact that cannot happen in a state: a defect, or a damaged journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a machine that is {state} cannot become {fact}")]
pub struct Forbidden {
    pub state: State,
    pub fact: String,
}

impl State {
    /// The order in which screens and pages count them: good ends first, what was never sent last.
    pub const IN_ORDER: [Self; Self::ALL.len()] = [
        Self::Succeeded,
        Self::Pending,
        Self::Failed,
        Self::TimedOut,
        Self::Cancelled,
        Self::Rejected,
        Self::Uncertain,
        Self::Held,
        Self::Sending,
        Self::Queued,
        Self::Skipped,
    ];

    /// Its word as screens and pages write it: `timed out`.
    pub fn words(self) -> String {
        self.word().replace('_', " ")
    }

    /// Whether nothing more will happen without a person.
    pub const fn is_settled(self) -> bool {
        matches!(
            self,
            Self::Succeeded
                | Self::Failed
                | Self::TimedOut
                | Self::Cancelled
                | Self::Rejected
                | Self::Skipped
        )
    }

    /// Whether it is settled and ended badly.
    pub const fn is_unsuccessful(self) -> bool {
        matches!(self, Self::Failed | Self::TimedOut | Self::Cancelled | Self::Rejected)
    }

    /// The state after a fact. Live runs, recovery and the check of a journal all go through here.
    ///
    /// # Errors
    /// [`Forbidden`] where the fact cannot happen in this state.
    pub fn after(self, fact: &Fact) -> Result<Self, Forbidden> {
        let next = match (self, fact) {
            (Self::Queued, Fact::Sending) => Self::Sending,
            // From `Queued`: a sweep found an action whose intent the journal lost with a rollback.
            (
                Self::Queued | Self::Sending | Self::Uncertain | Self::Held,
                Fact::Accepted { .. },
            ) => Self::Pending,
            (Self::Sending, Fact::Rejected { .. }) => Self::Rejected,
            // Another action kept the machine busy for too long: surely no effect.
            (Self::Queued | Self::Uncertain, Fact::Rejected { reason: Reason::Attempts, .. }) => {
                Self::Rejected
            }
            (Self::Sending | Self::Uncertain, Fact::Retrying { .. }) => Self::Queued,
            (Self::Sending, Fact::Uncertain { .. }) => Self::Uncertain,
            (Self::Uncertain, Fact::Missing(Missing::Again { .. })) => Self::Uncertain,
            (Self::Uncertain, Fact::Missing(Missing::Resend)) => Self::Queued,
            (Self::Uncertain, Fact::Held { .. }) => Self::Held,
            (Self::Pending, Fact::ActionUpdated { status }) if !status.is_final() => Self::Pending,
            (
                Self::Pending,
                Fact::CancelAsked | Fact::CancelRefused { .. } | Fact::CancelFailed { .. },
            ) => Self::Pending,
            (Self::Pending, Fact::ActionEnded { status, .. }) => match status {
                ActionStatus::Succeeded => Self::Succeeded,
                ActionStatus::Failed => Self::Failed,
                ActionStatus::TimedOut => Self::TimedOut,
                ActionStatus::Cancelled => Self::Cancelled,
                ActionStatus::Pending | ActionStatus::InProgress | ActionStatus::Other(_) => {
                    return Err(self.refuse(fact));
                }
            },
            (Self::Queued | Self::Held, Fact::Skipped { .. }) => Self::Skipped,
            (
                Self::Held
                | Self::Failed
                | Self::TimedOut
                | Self::Cancelled
                | Self::Rejected
                | Self::Skipped,
                Fact::Requeued,
            ) => Self::Queued,
            _ => return Err(self.refuse(fact)),
        };
        Ok(next)
    }

    fn refuse(self, fact: &Fact) -> Forbidden {
        Forbidden { state: self, fact: format!("{fact:?}") }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
