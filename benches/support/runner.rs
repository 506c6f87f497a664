//! Who writes the journal of a bench, and when.

use mde_offboard::domain::Timestamp;
use mde_offboard::journal::Runner;

/// 2026-11-23T17:40:00Z.
pub(crate) const START: Timestamp = Timestamp::from_micros(1_795_455_600_000_000);

pub(crate) fn runner() -> Runner {
    let text = || "bench".to_owned();
    Runner { pid: std::process::id(), host: text(), user: text(), command: text(), since: START }
}
