//! Who runs on the journal, as others see it.
//!
//! Words alone, which errors carry. Deliberately absent: where they are stored (`log_mark`), and
//! the lock.

use std::fmt;

use crate::domain::{BatchId, Timestamp};
use crate::event::Wait;

/// Who has the journal: shown to everyone who is kept out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// Process ID on its host.
    pub pid: u32,
    pub host: String,
    pub user: String,
    /// `run`, `resume` ...
    pub command: String,
    pub since: Timestamp,
}

/// `process 4711 of anna on build-3 (run, since 2026-11-23T17:40:00Z)`.
impl fmt::Display for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, host, user, command, since } = self;
        write!(f, "process {pid} of {user} on {host} ({command}, since {since})")
    }
}

/// The last sign of life of a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    pub at: Timestamp,
    pub batch: BatchId,
    pub waiting: Option<Wait>,
    /// What the server said last, or why there was no answer, where that is why it waits.
    pub said: Option<String>,
    /// When the last POST will go out, by the windows alone.
    pub last_send_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunnerView {
    /// Who has the journal, or had it last.
    pub runner: Runner,
    /// Whether the lock is held right now.
    pub alive: bool,
    pub heartbeat: Option<Heartbeat>,
}

/// Somebody wants a batch, or the process that has the journal, to send nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopRequest {
    pub by: String,
    pub at: Timestamp,
}
