//! How many machines are in which state.

use super::State;

/// Machines by state; they add up to the batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts([u64; State::ALL.len()]);

impl Counts {
    pub const fn of(&self, state: State) -> u64 {
        self.0[state as usize]
    }

    pub const fn add(&mut self, state: State, machines: u64) {
        self.0[state as usize] += machines;
    }

    pub const fn shift(&mut self, from: State, to: State) {
        self.0[from as usize] -= 1;
        self.0[to as usize] += 1;
    }

    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Machines to which nothing more happens without a person.
    pub fn settled(&self) -> u64 {
        self.sum(State::is_settled)
    }

    pub fn unsuccessful(&self) -> u64 {
        self.sum(State::is_unsuccessful)
    }

    /// Machines that Defender has, or had, an action for.
    pub const fn accepted(&self) -> u64 {
        self.of(State::Pending)
            + self.of(State::Succeeded)
            + self.of(State::Failed)
            + self.of(State::TimedOut)
            + self.of(State::Cancelled)
    }

    /// Machines for which something is still to be sent or to be found out.
    pub const fn to_send_or_look_up(&self) -> u64 {
        self.of(State::Queued) + self.of(State::Sending) + self.of(State::Uncertain)
    }

    fn sum(&self, belongs: impl Fn(State) -> bool) -> u64 {
        State::ALL.into_iter().filter(|state| belongs(*state)).map(|state| self.of(state)).sum()
    }
}
