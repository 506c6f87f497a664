//! The machines that go first, and what has become of them.

use std::collections::BTreeMap;

use crate::domain::{Counts, MachineNumber, Now, Standing, State, Steady, Timestamp};
use crate::guard::CanaryCounts;
use crate::journal::Machine;

/// A canary on its way. All other machines wait for it.
pub(in crate::engine::scheduler) struct Canary {
    machines: BTreeMap<MachineNumber, CanaryMachine>,
    counts: Counts,
    /// When the last of them was sent or adopted.
    last_sent: Steady,
}

struct CanaryMachine {
    /// Its name, or its ID where it has none.
    label: String,
    state: State,
    is_untried: bool,
}

/// Whether a machine waits for its first turn; one that is tried again has an instant.
fn is_untried(standing: &Standing) -> bool {
    standing.state == State::Queued && standing.not_before.is_none()
}

impl Canary {
    /// As the journal has it; `chosen_at` is when it was chosen.
    pub(in crate::engine::scheduler) fn new(
        found: Vec<Machine>,
        chosen_at: Timestamp,
        now: Now,
    ) -> Self {
        let sent = found.iter().filter_map(|machine| machine.standing.sent_at);
        let last_sent = sent.fold(chosen_at, Timestamp::max);
        let mut counts = Counts::default();
        let mut machines = BTreeMap::new();
        for Machine { number, id, name, standing, .. } in found {
            let label = name.unwrap_or_else(|| id.to_string());
            let (state, is_untried) = (standing.state, is_untried(&standing));
            counts.add(state, 1);
            machines.insert(number, CanaryMachine { label, state, is_untried });
        }
        Self { machines, counts, last_sent: now.steady_at(last_sent) }
    }

    pub(in crate::engine::scheduler) fn holds(&self, number: MachineNumber) -> bool {
        self.machines.contains_key(&number)
    }

    /// A machine of the batch stands like this now.
    pub(in crate::engine::scheduler) fn moved(
        &mut self,
        number: MachineNumber,
        standing: &Standing,
        now: Steady,
    ) {
        let Some(machine) = self.machines.get_mut(&number) else { return };
        let state = standing.state;
        self.counts.shift(machine.state, state);
        machine.is_untried = is_untried(standing);
        let is_news = machine.state != state;
        machine.state = state;
        if is_news && matches!(state, State::Sending | State::Pending) {
            self.last_sent = self.last_sent.max(now);
        }
    }

    pub(in crate::engine::scheduler) fn counts(&self) -> CanaryCounts {
        let untried = self.machines.values().filter(|machine| machine.is_untried).count();
        CanaryCounts { by_state: self.counts, untried: u64::try_from(untried).unwrap_or(u64::MAX) }
    }

    /// Its machines that are still to be sent.
    pub(in crate::engine::scheduler) const fn queued(&self) -> u64 {
        self.counts.of(State::Queued)
    }

    pub(in crate::engine::scheduler) const fn last_sent(&self) -> Steady {
        self.last_sent
    }

    /// The names of those to look at: first those that ended badly, then those that have not ended.
    pub(in crate::engine::scheduler) fn to_look_at(&self) -> impl Iterator<Item = &str> {
        let well = [State::Succeeded, State::Skipped];
        let bad = self.machines.values().filter(|machine| machine.state.is_unsuccessful());
        let open = self.machines.values().filter(move |machine| {
            let is_open = !machine.state.is_unsuccessful() && !well.contains(&machine.state);
            is_open && !machine.is_untried
        });
        bad.chain(open).map(|machine| machine.label.as_str())
    }
}
