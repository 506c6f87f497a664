//! How many machines may be rejected or fail before nothing more is sent (`--max-failures`).
//!
//! All answers of a batch count, from whichever process. Deliberately absent: keeping count, and
//! what follows.

use std::fmt;

use crate::domain::{Counts, State};

/// How many machines may be rejected, fail or time out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureLimit {
    Machines(u64),
    /// Of the machines that were answered for, in per cent, 0 to 99.
    Share(u8),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a number of machines, such as 10, nor a share from 0% to 99%")]
pub struct FailureLimitError(String);

impl FailureLimit {
    /// Below this many answers a share says nothing: the first failure would be all of them.
    const SHARE_FROM: u64 = 20;

    /// Reads `10` or `5%`.
    ///
    /// # Errors
    /// [`FailureLimitError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, FailureLimitError> {
        let parsed = match text.trim().strip_suffix('%') {
            Some(share) => share.parse().ok().filter(|share| *share < 100).map(Self::Share),
            None => text.trim().parse().ok().map(Self::Machines),
        };
        parsed.ok_or_else(|| FailureLimitError(text.to_owned()))
    }

    /// Whether more machines failed than may: strictly more, and a share from the 20th answer on.
    pub fn is_exceeded(self, tally: Tally) -> bool {
        let Tally { answered, failed } = tally;
        match self {
            Self::Machines(most) => failed > most,
            Self::Share(percent) => {
                let is_more = u128::from(failed) * 100 > u128::from(answered) * u128::from(percent);
                answered >= Self::SHARE_FROM && is_more
            }
        }
    }
}

/// As it is given on the command line.
impl fmt::Display for FailureLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machines(most) => write!(f, "{most}"),
            Self::Share(percent) => write!(f, "{percent}%"),
        }
    }
}

/// Machines that were answered for, and those of them that were rejected, failed or timed out.
///
/// A machine whose action somebody else had asked for, or that was skipped, is in neither.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub answered: u64,
    pub failed: u64,
}

impl Tally {
    /// What machines in these states add up to.
    pub fn of(counts: &Counts) -> Self {
        let sum = |states: &[State]| states.iter().map(|state| counts.of(*state)).sum();
        let failed = sum(&[State::Rejected, State::Failed, State::TimedOut]);
        let well: u64 = sum(&[State::Pending, State::Succeeded, State::Cancelled]);
        Self { answered: well + failed, failed }
    }

    /// What one machine adds.
    pub fn of_one(state: State, is_adopted: bool) -> Self {
        let mut counts = Counts::default();
        counts.add(state, u64::from(!is_adopted));
        Self::of(&counts)
    }

    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self { answered: self.answered + other.answered, failed: self.failed + other.failed }
    }

    /// The same without those: what was adopted, or was there when a person last looked.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self {
            answered: self.answered.saturating_sub(other.answered),
            failed: self.failed.saturating_sub(other.failed),
        }
    }
}
