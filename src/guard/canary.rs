//! Whether the first few machines went well enough to send the others (`--canary`).
//!
//! Deliberately absent: which machines they are, and what follows.

use crate::domain::{Counts, State, Steady};

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
pub struct CanaryCounts(Counts);

impl CanaryCounts {
    pub const fn new(counts: Counts) -> Self {
        Self(counts)
    }

    /// Its machines, without those that were taken out since.
    pub fn of(&self) -> u64 {
        self.0.total() - self.0.of(State::Skipped)
    }

    pub const fn succeeded(&self) -> u64 {
        self.0.of(State::Succeeded)
    }

    /// Machines that ended otherwise.
    pub fn bad(&self) -> u64 {
        self.0.unsuccessful()
    }

    /// Machines that have not ended: to be sent, in doubt, held, or their action is open.
    pub fn open(&self) -> u64 {
        self.of() - self.succeeded() - self.bad()
    }

    /// Whether its wait has begun: nothing of it is under way or will be sent. Once a machine ended
    /// badly, the rest of it is not sent any more.
    pub fn waits(&self) -> bool {
        self.0.of(State::Sending) == 0 && (self.0.of(State::Queued) == 0 || self.bad() > 0)
    }

    /// What it has come to, with the end of its wait where that has begun.
    pub fn verdict(&self, now: Steady, over_at: Steady) -> CanaryVerdict {
        let is_over = self.waits() && now >= over_at;
        let under_way = self.open() - self.0.of(State::Queued);
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
        let ended = told.map(|state| (self.0.of(state), state.word().replace('_', " ")));
        let unsent = self.0.of(State::Queued);
        let doubts = self.0.of(State::Uncertain) + self.0.of(State::Sending);
        let is = |number: u64| if number == 1 { "is" } else { "are" };
        let open = [
            (self.0.of(State::Pending), "pending"),
            (doubts, "in doubt"),
            (self.0.of(State::Held), "held"),
            (unsent, "not sent"),
        ];
        let open = open.map(|(number, words)| (number, format!("{} {words}", is(number))));
        let mut parts = vec![format!("{} succeeded", self.succeeded())];
        let all = ended.into_iter().chain(open).filter(|(number, _)| *number > 0);
        parts.extend(all.map(|(number, words)| format!("{number} {words}")));
        format!("of {}, {}", self.of(), parts.join(", "))
    }
}
