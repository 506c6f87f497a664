//! Bad answers in a row: each alone is about one machine, many are about the run.
//!
//! A row outlives the process: it is read off the newest facts, so a run that is killed and resumed
//! after nine refusals stops at the tenth.

use crate::domain::{Detail, Doubt, Fact, Reason};

/// Codes of a 400 that are about the machine's system, and so say nothing about the run.
const ABOUT_THE_SYSTEM: [&str; 2] = ["OsPlatformNotSupported", "ClientVersionNotSupported"];

#[derive(Debug, Default)]
pub(in crate::engine::scheduler) struct Streaks {
    forbidden: u32,
    /// Refusals, unknown machines, forbidden ones and what is not Defender's, in any mix: none of
    /// them is about one machine.
    wrong: u32,
    wrong_shapes: u32,
    posts_answered: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine::scheduler) enum About {
    Machine,
    /// It is about the run, which ends.
    Run,
    /// So are ten in a row of any kind.
    TenInARow,
}

/// What the answer to a POST says of address, token and permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum AnswerKind {
    Good,
    /// 403.
    Forbidden,
    /// A 400 that is not about the machine's system.
    BadRequest,
    /// The first 404 of a machine: Defender does not know it.
    NotFound,
    /// A later 404 of a machine: they come in a row by themselves, a minute after the first ones.
    StillAbsent,
    /// A page that is not Defender's, and that does not change by waiting.
    Stranger,
    /// A success that is not Defender's.
    WrongShape,
    /// None, or one that is not Defender's and may pass.
    Missing,
}

impl AnswerKind {
    /// What kind of answer led to a fact; none where the fact does not tell.
    pub(in crate::engine) fn of(fact: &Fact) -> Option<Self> {
        Some(match fact {
            Fact::Accepted { found: false, named_by: None, .. }
            | Fact::Uncertain { doubt: Doubt::Busy, .. } => Self::Good,
            Fact::Rejected { reason: Reason::NotFound, .. } => Self::StillAbsent,
            Fact::Rejected { reason: Reason::Refused, detail }
                if detail.http_status == Some(400) =>
            {
                Self::of_refusal(detail.code())
            }
            Fact::Rejected { detail, .. } | Fact::Retrying { detail, .. } => {
                match detail.http_status {
                    Some(403) => Self::Forbidden,
                    // Whether it is the first one of its machine, recovery knows.
                    Some(404) => Self::NotFound,
                    _ => return None,
                }
            }
            Fact::Uncertain {
                doubt: doubt @ (Doubt::WrongShape | Doubt::NoAnswer | Doubt::OtherAnswer),
                detail,
                ..
            } => Self::of_doubt(doubt, detail),
            _ => return None,
        })
    }

    /// What an answer said that leaves its machine in doubt.
    pub(in crate::engine::scheduler) fn of_doubt(doubt: &Doubt, detail: &Detail) -> Self {
        match doubt {
            Doubt::WrongShape => Self::WrongShape,
            Doubt::OtherAnswer if !detail.changes_by_waiting() => Self::Stranger,
            _ => Self::Missing,
        }
    }

    /// What ten in a row say, as the beginning of a sentence.
    pub(in crate::engine::scheduler) const fn blame(self) -> &'static str {
        match self {
            Self::NotFound | Self::StillAbsent => {
                "Defender does not know ten machines in a row; the list or the app belongs to \
                 another tenant"
            }
            Self::Stranger | Self::WrongShape => {
                "ten answers in a row were refusals or did not come from Defender; the address, \
                 a proxy or the list is wrong"
            }
            _ => "Defender refused ten machines in a row; the list or the request is wrong",
        }
    }

    pub(in crate::engine::scheduler) fn of_refusal(code: &str) -> Self {
        if ABOUT_THE_SYSTEM.contains(&code) { Self::Good } else { Self::BadRequest }
    }
}

impl Streaks {
    /// Refused permissions in a row that are taken as being about the app.
    const FORBIDDEN: u32 = 3;
    /// Answers in a row, of any of these kinds, that say that the list, the app or the address is
    /// wrong. 19 of any 20 are ten in a row: one other answer leaves ten on one side of it.
    const WRONG: u32 = 10;
    /// Successes without an action in a row that are taken as not being Defender's.
    const WRONG_SHAPES: u32 = 3;

    /// A row that an earlier process began: its answers in order, oldest first.
    pub(in crate::engine::scheduler) fn restored(
        kinds: impl IntoIterator<Item = AnswerKind>,
    ) -> Self {
        let mut rows = Self::default();
        for kind in kinds {
            rows.count(kind);
        }
        // "The first answer" is the first of this run.
        Self { posts_answered: 0, ..rows }
    }

    pub(in crate::engine::scheduler) const fn count(&mut self, kind: AnswerKind) -> About {
        match kind {
            AnswerKind::Good => {
                self.by_defender();
                self.wrong = 0;
                return About::Machine;
            }
            AnswerKind::Missing => return About::Machine,
            AnswerKind::StillAbsent => {
                self.by_defender();
                return About::Machine;
            }
            AnswerKind::NotFound | AnswerKind::BadRequest => self.by_defender(),
            AnswerKind::Stranger => {}
            AnswerKind::Forbidden => {
                self.forbidden += 1;
                if self.posts_answered == 0 || self.forbidden >= Self::FORBIDDEN {
                    return About::Run;
                }
            }
            AnswerKind::WrongShape => {
                self.wrong_shapes += 1;
                if self.wrong_shapes >= Self::WRONG_SHAPES {
                    return About::Run;
                }
            }
        }
        self.wrong += 1;
        if self.wrong >= Self::WRONG { About::TenInARow } else { About::Machine }
    }

    /// Defender's own answer: token, permission and address are good.
    const fn by_defender(&mut self) {
        self.posts_answered += 1;
        self.forbidden = 0;
        self.wrong_shapes = 0;
    }
}
