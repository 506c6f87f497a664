//! The sections of a batch, in the order in which pages show them.

use crate::report::Commands;
use crate::reporter::Zone;

use super::batch_view::BatchView;
use super::charts::{progress, requests, states};
use super::failure_codes::failure_codes;
use super::head::{head, journal};
use super::options::options;
use super::phase::phase;
use super::section::Section;
use super::summary::summary;
use super::timeline::timeline;

impl BatchView {
    /// What the dashboard shows of the batch. The first, `phase`, is read out when it changes.
    pub fn sections(&self, zone: &Zone, commands: &Commands) -> Vec<Section> {
        vec![
            Section { id: "phase", html: phase(self) },
            Section { id: "summary", html: summary(self, zone, commands) },
            Section { id: "progress", html: progress(self, zone) },
            Section { id: "requests", html: requests(self, zone) },
            Section { id: "states", html: states(self) },
            Section { id: "errors", html: failure_codes(self, commands) },
            Section { id: "timeline", html: timeline(self, zone) },
            Section { id: "batch", html: head(self, zone) },
            Section { id: "journal", html: journal(self) },
            Section { id: "options", html: options(self) },
        ]
    }
}
