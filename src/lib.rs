//! Bulk offboarding of machines from Microsoft Defender for Endpoint.
//!
//! Seven floors; an import goes strictly downward, never sideways, never up:
//!
//! | floor | modules | |
//! | --- | --- | --- |
//! | 6 | `main.rs` | |
//! | 5 | [`cli`] | arguments, wiring, exit codes |
//! | 4 | [`dashboard`] | pages about a journal, on the loopback |
//! | 3 | [`engine`], [`plan`], [`report`] | scheduler and driver; classes; documents |
//! | 2 | [`journal`], [`defender`], [`simulator`], [`reporter`] | adapters: one resource each |
//! | 1 | [`intake`], [`limiter`], [`retry`], [`guard`], [`remote`], [`event`] | no IO, no clock |
//! | 0 | [`domain`] | the words as types |
//!
//! `docs/architecture.md` is the long form of this map.

pub mod cli;
pub mod dashboard;
pub mod defender;
pub mod domain;
pub mod engine;
pub mod event;
pub mod guard;
pub mod intake;
pub mod journal;
pub mod limiter;
pub mod plan;
pub mod remote;
pub mod report;
pub mod reporter;
pub mod retry;
pub mod simulator;
