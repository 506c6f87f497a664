//! What a screen says once about the batch that it shows.

use std::time::Duration;

use crate::domain::BatchId;

use super::Zone;

/// What stays the same on a screen while a run goes on. Made by `cli`.
#[derive(Debug, Clone)]
pub struct Heading {
    pub batch: BatchId,
    /// The ID of the tenant whose machines these are.
    pub tenant: String,
    pub sources: Vec<String>,
    /// Whether no tenant is touched: every screen says SIMULATION.
    pub simulated: bool,
    /// The whole command that shows the batch from another terminal.
    pub next_command: String,
    /// The one that lists its machines, and the one that follows its actions later.
    pub report_command: String,
    pub track_command: String,
    /// How long a request may take: so long may stopping last.
    pub request_timeout: Duration,
    pub zone: Zone,
}
