//! Floor 1: what follows an answer that had no effect.
//!
//! Called by the engine, which knows the machine and the time. Pure: the jitter comes from a seed.
//!
//! Deliberately absent: sleeping, clocks, limits, and every answer that has or may have an effect:
//! those are never retried, they are accepted or looked up.

mod backoff;
mod policy;

pub use backoff::Backoff;
pub use policy::{NoEffect, RetryPolicy, Verdict};
