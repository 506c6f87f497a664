//! Whether the first few machines went well enough to send the others (`--canary`).
//!
//! Deliberately absent: which machines they are, and what follows.

use crate::domain::{Counts, State};

/// What a canary has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanaryVerdict {
    /// Some of its machines are still to be sent, or have not ended.
    Runs,
    /// All of them succeeded.
    Passed,
    /// Some ended badly.
    Failed,
    /// Some had not ended when its wait was over.
    Undecided,
}

/// A canary's machines by state, with the words for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanaryCounts {
    pub by_state: Counts,
    /// Those that are queued and were not tried yet.
    pub untried: u64,
}

impl CanaryCounts {
    /// Its machines, without those that were taken out since.
    pub fn of(&self) -> u64 {
        self.by_state.total() - self.by_state.of(State::Skipped)
    }

    pub const fn succeeded(&self) -> u64 {
        self.by_state.of(State::Succeeded)
    }

    /// Machines that ended otherwise.
    pub fn bad(&self) -> u64 {
        self.by_state.unsuccessful()
    }

    /// Machines that have not ended: to be sent, in doubt, held, or their action is open.
    pub fn open(&self) -> u64 {
        self.of() - self.succeeded() - self.bad()
    }

    /// Whether its wait has begun: all of it was sent, once at least. Once a machine ended badly,
    /// the rest of it is not sent any more.
    pub fn waits(&self) -> bool {
        self.by_state.of(State::Sending) == 0 && (self.untried == 0 || self.bad() > 0)
    }

    /// What it has come to. `is_over` says whether the time is over that it is waited for.
    pub fn verdict(&self, is_over: bool) -> CanaryVerdict {
        let is_over = self.waits() && is_over;
        let under_way = self.open() - self.by_state.of(State::Queued);
        match (self.open(), self.bad()) {
            // There is nothing that speaks for the others.
            _ if self.of() == 0 => CanaryVerdict::Undecided,
            (0, 0) => CanaryVerdict::Passed,
            (_, 1..) if under_way == 0 || is_over => CanaryVerdict::Failed,
            (_, 0) if is_over => CanaryVerdict::Undecided,
            _ => CanaryVerdict::Runs,
        }
    }

    /// `of 20, 17 succeeded, 1 failed, 2 are pending`.
    pub fn words(&self) -> String {
        let told = [State::Failed, State::TimedOut, State::Cancelled, State::Rejected];
        let ended = told.map(|state| (self.by_state.of(state), state.words()));
        let tried = self.by_state.of(State::Queued).saturating_sub(self.untried);
        let doubts = self.by_state.of(State::Uncertain) + self.by_state.of(State::Sending);
        let is = |number: u64| if number == 1 { "is" } else { "are" };
        let open = [
            (self.by_state.of(State::Pending), "pending"),
            (doubts, "in doubt"),
            (self.by_state.of(State::Held), "held"),
            (tried, "to be sent again"),
            (self.untried, "not sent"),
        ];
        let open = open.map(|(number, words)| (number, format!("{} {words}", is(number))));
        let mut parts = vec![format!("{} succeeded", self.succeeded())];
        let all = ended.into_iter().chain(open).filter(|(number, _)| *number > 0);
        parts.extend(all.map(|(number, words)| format!("{number} {words}")));
        format!("of {}, {}", self.of(), parts.join(", "))
    }
}
