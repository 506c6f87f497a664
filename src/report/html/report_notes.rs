//! What a report says of itself.

use crate::domain::Timestamp;
use crate::report::Commands;
use crate::reporter::Zone;

#[derive(Debug, Clone, Copy)]
pub struct ReportNotes<'a> {
    pub made_at: Timestamp,
    /// The options that choose machines, as they would be typed; none: all are listed.
    pub selection: Option<&'a str>,
    pub zone: &'a Zone,
    pub commands: &'a Commands,
}
