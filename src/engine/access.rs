//! When access counts as refused: one rule for the run of a batch and for reads outside of one.
//!
//! Deliberately absent: how a run ends, and what a person is told to do about it.

use std::time::Duration;

use crate::domain::{CallId, Detail, LimitGroup, Trouble};

/// A refused renewal of a token is tried for 15 minutes: a secret may be being rotated.
pub(super) const SIGN_IN_PATIENCE: Duration = Duration::from_mins(15);

/// After a 401, whether the new token is taken.
#[derive(Debug, Default)]
pub(super) struct TokenRenewal {
    /// The first call that is made with a new token, after a 401.
    renewed_from: Option<CallId>,
}

impl TokenRenewal {
    /// A 401 for a call; `next` is the number of the next call. The first one asks for a new token;
    /// one for a call that was made after that says that the new token is refused as well. Whether
    /// it says so.
    pub(super) fn is_refused(&mut self, call: CallId, next: CallId) -> bool {
        match self.renewed_from {
            Some(renewed) => call >= renewed,
            None => {
                self.renewed_from = Some(next);
                false
            }
        }
    }

    /// Any answer other than 401 to a call made after the first 401: the new token is good.
    pub(super) fn taken(&mut self, call: CallId) {
        if self.renewed_from.is_some_and(|renewed| call >= renewed) {
            self.renewed_from = None;
        }
    }
}

/// Two 401s, the second one with a new token, in words.
pub(super) fn token_refused(detail: &Detail) -> String {
    format!("Defender refused the token twice in a row: {detail}")
}

/// Why a trouble with a request of this group ends a run at once, since no further one would have
/// access; none: it does not.
pub(super) fn refusal(trouble: &Trouble, group: LimitGroup) -> Option<String> {
    match trouble {
        Trouble::TokenEnded(detail) => Some(detail.message.clone()),
        Trouble::Forbidden(detail) => {
            let what = match group {
                LimitGroup::Posts => "offboard machines",
                LimitGroup::Reads => "read its lists",
                LimitGroup::Cancels => "cancel actions",
            };
            Some(format!("Defender refused the permission to {what}: {detail}"))
        }
        Trouble::ProxyAuthentication(detail) => Some(detail.to_string()),
        _ => None,
    }
}
