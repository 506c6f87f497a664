//! What pages are made of beside their markup.

/// For the dashboard and the report, on a screen and on paper.
pub const STYLE_SHEET: &str = include_str!("style.css");

/// Swaps the sections of a page that is open; the page works without it.
pub const LIVE_SCRIPT: &str = include_str!("live.js");
