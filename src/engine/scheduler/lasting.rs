//! What waiting does not change, and what was said last, for those who wait.
//!
//! A run that ends because Defender could not be reached is worth starting again without a person.
//! One that met a name that does not exist or the same 4xx again and again is not: it ends as a
//! guard ends it. A certificate that is not trusted, and a proxy that lets nobody through, end it
//! as a permission that is missing does. Deliberately absent: when to give up.

use crate::domain::{Detail, End};
use crate::event::{Wait, WaitReason};

use super::core::Scheduler;
use super::parts::{Outage, ReadKind, Unread};

impl Scheduler {
    /// Whether being cut off has to do with something that waiting does not change: seen as often
    /// as a list that is refused, or a few times where nobody gets through at all.
    pub(super) fn is_cut_off_for_good(&self) -> bool {
        /// More than once: behind one name there may be several servers, one of them wrong.
        const BARRED_MAX: u32 = 3;
        let lasts = |outage: &Outage| {
            let most = if outage.last.refuses_access() { BARRED_MAX } else { Unread::LASTING_MAX };
            outage.failures() >= most && !outage.last.changes_by_waiting()
        };
        self.current_outage().is_some_and(lasts)
    }

    /// How a run ends that gave up after this answer, or this lack of one.
    pub(super) fn end_after(&self, last: &Detail) -> End {
        // A name that was found once is there again with the network. One at which nothing ever
        // answered, although the sign-in was reached, is a wrong address.
        let never_answered = !self.was_answered && self.is_untried;
        let is_wrong_name = never_answered && last.code() == "name_unknown";
        if last.refuses_access() {
            End::NoAccess
        } else if last.changes_by_waiting() && !is_wrong_name {
            End::Unreachable
        } else {
            End::Tripped
        }
    }

    /// The last answer, or why there is none, while the run waits because of it.
    pub(in crate::engine) fn said_last(&self, wait: Option<&Wait>) -> Option<String> {
        let reads = || {
            let kinds = ReadKind::ALL.into_iter().filter_map(|kind| self.unread.of(kind));
            kinds.max_by_key(|unread| unread.failures).map(|unread| unread.detail.to_string())
        };
        match wait?.reason {
            WaitReason::Network { .. } | WaitReason::SignIn { .. } => match self.pausing() {
                Some(outage) => Some(outage.last.to_string()),
                None => self.last_doubt.as_ref().map(Detail::to_string),
            },
            WaitReason::Backoff if wait?.machines == 0 => reads(),
            _ => None,
        }
    }
}
