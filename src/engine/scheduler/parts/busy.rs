//! Machines that are busy with another action (isolation, a scan, a live response session).
//!
//! Defender refuses the POST while another action of the machine is active. That had no effect, and
//! says nothing against the machine: it is queued, and instead of POSTs its actions are read from
//! time to time until none is active. Deliberately absent: its own Offboard action, which answers a
//! look-up as any other does.

use std::time::Duration;

use crate::domain::{ActionType, Standing, State, Timestamp};
use crate::journal::Machine;

use super::request::Listed;

/// The code that says that a machine is busy, and that its own POST had no effect.
pub(in crate::engine::scheduler) const BUSY: &str = "ActiveRequestAlreadyExists";

pub(in crate::engine::scheduler) struct BusyWait {
    /// When the first POST was refused for it, as far as this process knows. Another action may
    /// follow the first one: all of them together are waited for no longer.
    since: Timestamp,
    /// Reads that found it busy, in a row.
    reads: u32,
}

impl BusyWait {
    /// How long another action is waited for. A pending action of a machine that is switched off
    /// may stay for weeks; one that is used day by day comes to its end within a day.
    const MOST: Duration = Duration::from_hours(24);

    pub(in crate::engine::scheduler) const fn since(at: Timestamp) -> Self {
        Self { since: at, reads: 0 }
    }

    /// A read found nothing that keeps it.
    pub(in crate::engine::scheduler) const fn is_free(&mut self) {
        self.reads = 0;
    }

    /// A read found it busy. How often that was so in a row, while it is still waited for.
    pub(in crate::engine::scheduler) fn is_kept(&mut self, now: Timestamp) -> Option<u32> {
        self.reads += 1;
        (now.since(self.since) < Self::MOST).then_some(self.reads)
    }
}

pub(in crate::engine::scheduler) fn is_busy(standing: &Standing) -> bool {
    standing.detail.as_ref().is_some_and(|detail| detail.code() == BUSY)
}

/// Whether a machine waits for the end of another action.
pub(in crate::engine::scheduler) fn waits(standing: &Standing) -> bool {
    standing.state == State::Queued && standing.not_before.is_some() && is_busy(standing)
}

/// The action that keeps a machine busy, in words; none where none of these does.
pub(in crate::engine::scheduler) fn keeper(machine: &Machine, listed: &[Listed]) -> Option<String> {
    let keeps = |listed: &&Listed| {
        let action = &listed.action;
        action.machine.is_none_or(|id| id == machine.id) && !action.status.is_final()
    };
    let action = &listed.iter().find(keeps)?.action;
    let kind = match &action.kind {
        ActionType::Offboard => "Offboard",
        ActionType::Other(kind) => kind,
    };
    Some(format!("its action {kind} {} is {}", action.id, action.status.word()))
}
