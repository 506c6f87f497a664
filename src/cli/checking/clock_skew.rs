//! This computer's clock beside the server's.

use std::time::Duration;

use crate::cli::checking::item::CheckItem;
use crate::cli::{Exit, Failure};
use crate::domain::Timestamp;

/// From here on Entra refuses what this computer signs, and counts a token as not valid yet.
const DIFFERENCE_MAX: Duration = Duration::from_mins(5);

/// A `Date` is in whole seconds.
const GRAIN: Duration = Duration::from_secs(1);

/// By how much two clocks differ, as far as an answer can tell.
pub(super) struct ClockSkew {
    difference: Duration,
    is_behind: bool,
    /// What cannot be told: the grain of the date, and half of the way of the answer.
    unsure: Duration,
}

impl ClockSkew {
    /// From the server's date, and our clock before the request and after the answer.
    pub(super) fn of(date: Timestamp, asked_at: Timestamp, answered_at: Timestamp) -> Self {
        let way = answered_at.since(asked_at) / 2;
        let ours = asked_at.plus(way);
        let theirs = date.plus(GRAIN / 2);
        let is_behind = ours < theirs;
        let difference = if is_behind { theirs.since(ours) } else { ours.since(theirs) };
        Self { difference, is_behind, unsure: GRAIN + way }
    }

    pub(super) fn words(&self) -> String {
        if self.difference <= self.unsure {
            return "the clock is right".to_owned();
        }
        let side = if self.is_behind { "behind" } else { "ahead" };
        format!("the clock is {} {side}", self.amount())
    }

    /// In two units at most.
    fn amount(&self) -> String {
        let seconds = self.difference.as_secs();
        let (hours, minutes) = (seconds / 3_600, seconds / 60);
        match (hours, minutes) {
            (0, 0) => format!("{seconds} s"),
            (0, _) => format!("{minutes} m {} s", seconds % 60),
            (1..48, _) => format!("{hours} h {} m", minutes % 60),
            _ => format!("{} days", hours / 24),
        }
    }

    /// An item of its own, where it is too much.
    pub(super) fn objection(&self, host: &str) -> Option<CheckItem> {
        if self.difference <= DIFFERENCE_MAX {
            return None;
        }
        let side = if self.is_behind { "behind" } else { "ahead of" };
        let said = format!("{} {side} that of {host}", self.amount());
        let failure = Failure::new(Exit::Usage, format!("this computer's clock is {said}")).hint(
            "set this computer's clock right, by its time service; the limits hold all the same, \
             but\ncertificates, --between and all times that are shown go by it",
        );
        Some(CheckItem::failed_with("clock", said, failure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_answer_can_tell_is_told() {
        let at = |seconds: u64| Timestamp::from_micros(0).plus(Duration::from_secs(seconds));
        let skew = |date, asked, answered| ClockSkew::of(at(date), at(asked), at(answered));
        assert_eq!(skew(1_000, 1_000, 1_000).words(), "the clock is right");
        assert_eq!(skew(1_000, 1_001, 1_001).words(), "the clock is right");
        assert_eq!(skew(1_000, 990, 1_010).words(), "the clock is right", "a slow answer");
        assert_eq!(skew(1_000, 988, 988).words(), "the clock is 12 s behind");
        assert_eq!(skew(1_000, 1_063, 1_063).words(), "the clock is 1 m 2 s ahead");
        assert_eq!(skew(9_000, 1_000, 1_000).words(), "the clock is 2 h 13 m behind");
        assert!(skew(1_000, 1_300, 1_300).objection("host").is_none());
        assert!(skew(1_000, 1_302, 1_302).objection("host").is_some());
        assert!(skew(1_000, 699, 699).objection("host").is_some());
    }
}
