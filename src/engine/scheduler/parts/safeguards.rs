//! What the guards of a run go by: the canary, and how many machines failed.

use crate::domain::{MachineNumber, Standing, State, Steady};
use crate::guard::Tally;

use super::canary::Canary;

/// Where the guards stand. Every fact about a machine moves them.
#[derive(Default)]
pub(in crate::engine::scheduler) struct Safeguards {
    /// None: there is none, or it is over.
    pub(in crate::engine::scheduler) canary: Option<Canary>,
    /// All answers since the batch began.
    tally: Tally,
    /// Those that were there when a person last said to go on in spite of them.
    looked_at: Tally,
    /// A person said to go on although many machines are not what the plan took them for.
    pub(in crate::engine::scheduler) changes_accepted: bool,
}

impl Safeguards {
    pub(in crate::engine::scheduler) const fn new(
        canary: Option<Canary>,
        (tally, looked_at): (Tally, Tally),
        changes_accepted: bool,
    ) -> Self {
        Self { canary, tally, looked_at, changes_accepted }
    }

    /// A machine was in one state, and stands like this now; `was_adopted` says whether somebody
    /// else had asked for the action that it had.
    pub(in crate::engine::scheduler) fn moved(
        &mut self,
        number: MachineNumber,
        (before, was_adopted): (State, bool),
        after: &Standing,
        now: Steady,
    ) {
        let gone = Tally::of_one(before, was_adopted);
        self.tally = self.tally.without(gone).with(Tally::of_one(after.state, after.adopted));
        if let Some(canary) = &mut self.canary {
            canary.moved(number, after, now);
        }
    }

    /// The answers that count.
    pub(in crate::engine::scheduler) const fn tally(&self) -> Tally {
        self.tally.without(self.looked_at)
    }

    /// Whether a machine waits for the canary.
    pub(in crate::engine::scheduler) fn keep_back(&self, number: MachineNumber) -> bool {
        self.canary.as_ref().is_some_and(|canary| !canary.holds(number))
    }
}
