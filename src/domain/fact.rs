//! What happened to a machine. Facts are only ever added.

use super::words::words;
use super::{ActionId, ActionStatus, Detail, Doubt, Timestamp};

/// One thing that happened to one machine of a batch.
///
/// The journal keeps them in order; a machine's row is their fold
/// ([`State::after`](super::State::after) gives the state).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The intent: one POST is about to go out. On disk before the first byte.
    Sending,
    Accepted {
        action: ActionId,
        status: ActionStatus,
        /// Whether someone else asked for it.
        adopted: bool,
        /// Whether it was found by a look-up or a sweep, not in the POST's answer.
        found: bool,
        /// Status of the POST's answer, where there was one.
        http_status: Option<u16>,
        /// When the server created it, by the server's clock. An adopted one may be old.
        created_at: Option<Timestamp>,
        /// The person who said so with `resolve`, where it was one.
        named_by: Option<String>,
    },
    Rejected {
        reason: Reason,
        detail: Detail,
    },
    /// The POST certainly had no effect: it waits for another turn.
    Retrying {
        not_before: Timestamp,
        /// Whether the attempt counts towards the most attempts (a 429 does not).
        counts: bool,
        detail: Detail,
    },
    /// It is not known whether the POST took effect.
    Uncertain {
        doubt: Doubt,
        detail: Detail,
        /// First look-up not before this instant.
        look_at: Timestamp,
    },
    /// A whole look-up did not find it.
    Missing(Missing),
    Held {
        detail: Detail,
    },
    ActionUpdated {
        status: ActionStatus,
    },
    ActionEnded {
        /// One of the four final ones.
        status: ActionStatus,
        /// The device's own error code, where there was one.
        device_error: Option<i64>,
    },
    /// `cancel` asked Defender to take the action back.
    CancelAsked,
    /// Defender would not take the action back, or knows no such action (404).
    CancelRefused {
        detail: Detail,
    },
    /// The request to cancel was not taken up: no access, a limit, no answer of Defender's. Nothing
    /// is known to have come of it, so it is asked again.
    CancelFailed {
        detail: Detail,
    },
    /// It will not be sent: taken out by a person, or left alone for a reason.
    Skipped {
        reason: Reason,
    },
    /// `retry`, or `resolve --resend`, queues it again.
    Requeued,
}

/// What a negative look-up leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The first one: look again, not before this instant.
    Again { look_at: Timestamp },
    /// The second one: it may be sent again, this once.
    Resend,
}

words! {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Reason {
        /// Rejected: Defender refused it for good.
        Refused = "refused",
        /// Rejected: Defender does not know it (404, asked three times). Skipped: the tenant's
        /// inventory does not hold it.
        NotFound = "not_found",
        /// Rejected: the attempts ran out.
        Attempts = "attempts",
        /// Skipped: taken out by `cancel` before it was sent.
        Withdrawn = "withdrawn",
        /// Skipped: another unfinished batch holds it, or its action there may still be running.
        InOtherBatch = "in_other_batch",
        /// Skipped: an earlier batch offboarded it already.
        AlreadySucceeded = "already_succeeded",
        /// Skipped: it was held, and a person decided (`resolve --skip`).
        Resolved = "resolved",
        /// Skipped: it was found but never onboarded. From here on the words of the plan's classes.
        NotOnboarded = "not_onboarded",
        /// Skipped: Defender cannot offboard it.
        Unsupported = "unsupported",
        /// Skipped: macOS or Linux.
        OtherSystem = "other_system",
        /// Skipped: the protect list names it.
        Protected = "protected",
        /// Skipped: its record was merged into that of another ID.
        Merged = "merged",
        /// Skipped: the device reports under a newer ID.
        Reimaged = "reimaged",
        /// Of names that several onboarded machines have: left out, and in no batch.
        NameAmbiguous = "name_ambiguous",
        /// Of names that no onboarded machine has: left out, and in no batch.
        NameNotFound = "name_not_found",
        /// Skipped: it has another name in the tenant.
        NameDiffers = "name_differs",
        /// Skipped: an Offboard action of anyone's is active.
        AlreadyRequested = "already_requested",
        /// Skipped: it was offboarded, and has reported since.
        OnboardedAgain = "onboarded_again",
        /// Skipped: it reported lately.
        SeenRecently = "seen_recently",
        /// Skipped: it has been silent for long.
        Inactive = "inactive",
        /// Skipped: nothing speaks against it, but a person said so.
        Ready = "ready",
    }
}
