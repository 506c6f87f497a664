//! What earlier processes left, on this process's axis of time.
//!
//! Called by everything that makes a gate of a journal: a run, a forecast, a status.

use super::gate::Gate;
use crate::domain::{Call, History, LimitGroup, Placing};

impl Gate {
    /// Takes over what the calls of these groups left.
    ///
    /// A call without a receipt may still be under way: it counts as answered now plus
    /// [`Self::margin`], and nothing that was stored counts as later than it can be, whatever was
    /// done to the clock since.
    pub fn remember(&mut self, history: &History, groups: &[LimitGroup], placing: &Placing) {
        let now = placing.now.steady;
        let ours = |group: &LimitGroup| groups.contains(group);
        for Call { receipt, .. } in history.calls.iter().filter(|call| ours(&call.group)) {
            let latest = now.plus(self.margin());
            let receipt = receipt.map_or(latest, |stored| placing.steady(&stored).min(latest));
            self.restore(receipt);
        }
        for freeze in history.freezes.iter().filter(|freeze| ours(&freeze.group)) {
            self.restore_freeze(placing.steady(&freeze.until), freeze.streak, now);
        }
        for phantoms in history.phantoms.iter().filter(|phantoms| ours(&phantoms.group)) {
            self.restore_phantoms(phantoms, placing.steady(&phantoms.until), now);
        }
    }
}
