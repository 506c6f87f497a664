//! How the instants of a plan are shown.

use crate::domain::Timestamp;
use crate::reporter::Zone;

/// Instants in a zone, as seen at some moment.
#[derive(Clone, Copy)]
pub(crate) struct ShownAt<'a> {
    pub(crate) zone: &'a Zone,
    pub(crate) now: Timestamp,
}

impl ShownAt<'_> {
    pub(crate) fn at(self, at: Timestamp) -> String {
        self.zone.near_minute(at, self.now)
    }
}
