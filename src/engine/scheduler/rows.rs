//! Bad answers in a row: each alone is about one machine, many are about the run.
//!
//! A row outlives the process: it is read off the newest facts, so a run that is killed and resumed
//! after nine refusals stops at the tenth.

use crate::domain::{CallId, Doubt, Fact, Reason};

/// Codes of a 400 that are about the machine's system, and so say nothing about the run.
const ABOUT_THE_SYSTEM: [&str; 2] = ["OsPlatformNotSupported", "ClientVersionNotSupported"];

/// Counters of answers in a row.
#[derive(Debug, Default)]
pub(super) struct Rows {
    forbidden: u32,
    bad_requests: u32,
    wrong_shapes: u32,
    posts_answered: u64,
    /// The first call that is made with a new token, after a 401.
    renewed_from: Option<CallId>,
}

/// What an answer in a row leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is about the one machine.
    Machine,
    /// It is about the run, which ends.
    Run,
}

/// What the answer to a POST says of address, token and permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Voice {
    /// They are good.
    Good,
    /// 403.
    Forbidden,
    /// A 400 that is not about the machine's system.
    BadRequest,
    /// A success that is not Defender's.
    WrongShape,
    /// None, or not Defender's own.
    Missing,
}

impl Voice {
    /// What the answer behind a fact said; none where the fact does not tell.
    pub(in crate::engine) fn of(fact: &Fact) -> Option<Self> {
        Some(match fact {
            Fact::Accepted { found: false, .. }
            | Fact::Uncertain { doubt: Doubt::Busy, .. }
            | Fact::Rejected { reason: Reason::NotFound, .. } => Self::Good,
            Fact::Rejected { reason: Reason::Refused, detail }
                if detail.http_status == Some(400) =>
            {
                Self::of_refusal(detail.code())
            }
            Fact::Rejected { detail, .. } | Fact::Retrying { detail, .. } => {
                match detail.http_status {
                    Some(403) => Self::Forbidden,
                    Some(404) => Self::Good,
                    _ => return None,
                }
            }
            Fact::Uncertain { doubt: Doubt::WrongShape, .. } => Self::WrongShape,
            Fact::Uncertain { doubt: Doubt::NoAnswer | Doubt::OtherAnswer, .. } => Self::Missing,
            _ => return None,
        })
    }

    /// What a 400 says, by its code.
    pub(super) fn of_refusal(code: &str) -> Self {
        if ABOUT_THE_SYSTEM.contains(&code) { Self::Good } else { Self::BadRequest }
    }
}

impl Rows {
    /// Refused permissions in a row that are taken as being about the app.
    const FORBIDDEN: u32 = 3;
    /// Refusals in a row, other than for a machine's system, that are taken as a client's defect.
    const BAD_REQUESTS: u32 = 10;
    /// Successes without an action in a row that are taken as not being Defender's.
    const WRONG_SHAPES: u32 = 3;

    /// A row that an earlier process began: its answers in order, oldest first.
    pub(super) fn restored(voices: impl IntoIterator<Item = Voice>) -> Self {
        let mut rows = Self::default();
        for voice in voices {
            rows.heard(voice);
        }
        // "The first answer" is the first of this run.
        Self { posts_answered: 0, ..rows }
    }

    /// Another answer to a POST.
    pub(super) const fn heard(&mut self, voice: Voice) -> Verdict {
        let (count, most) = match voice {
            Voice::Good => {
                self.posts_answered += 1;
                self.forbidden = 0;
                self.bad_requests = 0;
                self.wrong_shapes = 0;
                return Verdict::Machine;
            }
            Voice::Forbidden if self.posts_answered == 0 => return Verdict::Run,
            Voice::Missing => return Verdict::Machine,
            Voice::Forbidden => (&mut self.forbidden, Self::FORBIDDEN),
            Voice::BadRequest => (&mut self.bad_requests, Self::BAD_REQUESTS),
            Voice::WrongShape => (&mut self.wrong_shapes, Self::WRONG_SHAPES),
        };
        *count += 1;
        if *count >= most { Verdict::Run } else { Verdict::Machine }
    }

    /// A 401 for a call; `next` is the number of the next call. The first one asks for a new token;
    /// one for a call that was made after that says that the new token is refused as well.
    pub(super) fn unauthorized(&mut self, call: CallId, next: CallId) -> Verdict {
        match self.renewed_from {
            Some(renewed) if call >= renewed => Verdict::Run,
            Some(_) => Verdict::Machine,
            None => {
                self.renewed_from = Some(next);
                Verdict::Machine
            }
        }
    }

    /// Any answer other than 401 to a call made after the first 401: the new token is good.
    pub(super) fn token_taken(&mut self, call: CallId) {
        if self.renewed_from.is_some_and(|renewed| call >= renewed) {
            self.renewed_from = None;
        }
    }
}
