//! Bad answers in a row: each alone is about one machine, many are about the run.

use crate::domain::CallId;

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

impl Rows {
    /// Refused permissions in a row that are taken as being about the app.
    const FORBIDDEN: u32 = 3;
    /// Refusals in a row, other than for a machine's system, that are taken as a client's defect.
    const BAD_REQUESTS: u32 = 10;
    /// Successes without an action in a row that are taken as not being Defender's.
    const WRONG_SHAPES: u32 = 3;

    /// A POST was answered in a way that shows that address, token and permission are good.
    pub(super) fn good(&mut self) {
        self.posts_answered += 1;
        self.forbidden = 0;
        self.bad_requests = 0;
        self.wrong_shapes = 0;
    }

    pub(super) const fn forbidden(&mut self) -> Verdict {
        self.forbidden += 1;
        let first = self.posts_answered == 0;
        if first || self.forbidden >= Self::FORBIDDEN { Verdict::Run } else { Verdict::Machine }
    }

    pub(super) const fn bad_request(&mut self) -> Verdict {
        self.bad_requests += 1;
        if self.bad_requests >= Self::BAD_REQUESTS { Verdict::Run } else { Verdict::Machine }
    }

    pub(super) const fn wrong_shape(&mut self) -> Verdict {
        self.wrong_shapes += 1;
        if self.wrong_shapes >= Self::WRONG_SHAPES { Verdict::Run } else { Verdict::Machine }
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
