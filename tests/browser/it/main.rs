//! Pages and reports in a real browser: what they show is what the journal says, also while it
//! grows; they can be used by keyboard alone, read by everybody, and ask nobody else for anything.
//!
//! Needs Chromium, the program (`cargo build --release`) and axe-core (`npm ci` in tests/browser).
//! Each test has a browser and a folder of its own, and ends both. See docs/testing.md.

mod accessible;
mod commands;
mod follows;
mod keyboard;
mod numbers;
mod pictures;
mod policies;
mod support;
mod tables;
