//! The sections of a batch, in the order in which pages show them.

use crate::report::Commands;
use crate::reporter::Zone;

use super::batch_view::BatchView;
use super::head::head;
use super::phase::phase;
use super::section::Section;
use super::summary::summary;

impl BatchView {
    /// What the dashboard shows of the batch. The first, `phase`, is read out when it changes.
    pub fn sections(&self, zone: &Zone, commands: &Commands) -> Vec<Section> {
        vec![
            Section { id: "phase", html: phase(self) },
            Section { id: "summary", html: summary(self, zone, commands) },
            Section { id: "batch", html: head(self, zone) },
        ]
    }
}
