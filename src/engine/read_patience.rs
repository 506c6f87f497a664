//! How long requests are tried again before there is a run, or in one.

use std::time::Duration;

use crate::domain::Steady;

/// How long a run goes on without a connection, a token or an answer, once one came.
pub(super) const ANSWERED: Duration = Duration::from_hours(12);

/// The same before the first answer: a person waits, and an address may be wrong.
pub(super) const UNANSWERED: Duration = Duration::from_mins(2);

/// How long one read outside of a run is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadPatience {
    /// Where there is no answer that can be used; counted from the last pause, if there was one.
    pub(super) unanswered: Duration,
    /// Where Defender answers 429: a pause that would end later than this is not waited for.
    pub(super) paused: Duration,
}

impl ReadPatience {
    /// Of a list before a run, or of `verify`: what `--offline-timeout` says binds both. Without
    /// it, as in a run. A 429 is an answer: the address, the network and the token are right, and a
    /// quota that others have used up is free again within its longest window of an hour, perhaps
    /// several times over. So it is the patience of a run that was answered. A scheduled run that
    /// begins while another tool reads then goes on by itself; a person sees both instants.
    pub fn of_lists(offline_timeout: Option<Duration>) -> Self {
        Self {
            unanswered: offline_timeout.unwrap_or(UNANSWERED),
            paused: offline_timeout.unwrap_or(ANSWERED),
        }
    }

    /// The same for both: of who would rather know that it does not work now.
    pub const fn at_most(most: Duration) -> Self {
        Self { unanswered: most, paused: most }
    }
}

/// How often one read was tried, and how long it may be.
pub(super) struct Tries {
    /// Since when there was no answer of Defender's, not even that it wants a pause.
    pub(super) since: Steady,
    pub(super) failures: u32,
    /// The last ones, in a row, whose answer does not change by waiting.
    pub(super) lasting: u32,
    /// No pause that ends later is waited for.
    pub(super) last_pause_ends: Steady,
}

impl Tries {
    pub(super) fn beginning(now: Steady, patience: ReadPatience) -> Self {
        let last_pause_ends = now.plus(patience.paused);
        Self { since: now, failures: 0, lasting: 0, last_pause_ends }
    }

    pub(super) fn failed(&mut self, stays: bool) {
        self.failures += 1;
        self.lasting = if stays { self.lasting + 1 } else { 0 };
    }

    /// Defender wanted a pause, which is over.
    pub(super) fn answered(&mut self, at: Steady) {
        *self = Self { since: at, failures: 0, lasting: 0, ..*self };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_an_answer_after_which_failures_are_counted_from_the_start() {
        let began = Steady::from_micros(0);
        let mut tries = Tries::beginning(began, ReadPatience::of_lists(None));
        tries.failed(true);
        let over = began.plus(Duration::from_mins(10));
        tries.answered(over);
        assert_eq!((tries.since, tries.failures, tries.lasting), (over, 0, 0));
        assert_eq!(tries.last_pause_ends, began.plus(ANSWERED), "and it ends at the same time");
    }

    #[test]
    fn what_a_person_says_binds_failures_and_pauses() {
        let said = Duration::from_secs(7);
        assert_eq!(ReadPatience::of_lists(Some(said)), ReadPatience::at_most(said));
    }
}
