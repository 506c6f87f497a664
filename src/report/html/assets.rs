//! What pages are made of beside their markup.

/// For the dashboard and the report, on a screen and on paper.
pub const STYLE_SHEET: &str = include_str!("style.css");

/// For a report on a simulation: each page says what it is.
pub(super) const PRINTED_SIMULATION: &str = include_str!("simulation.css");

/// Swaps the sections of a page that is open; the page works without it.
pub const LIVE_SCRIPT: &str = include_str!("live.js");
