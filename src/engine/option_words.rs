//! Options as they would be typed: for facts about changed ones, and for pages that show them.
//!
//! Deliberately absent: how they are stored (`options`).

use crate::domain::text::plural;
use crate::domain::{Span, Timestamp, hex};

use super::options::{RunOptions, pace_word};

/// What is typed where an option has no value.
const NONE: &str = "none";

impl RunOptions {
    /// Every option of sending and following by its name on the command line, as it would be typed.
    pub fn pacing_words(&self) -> [(&'static str, String); 11] {
        let limits: Vec<String> = self.limits.iter().map(ToString::to_string).collect();
        let offline = self.offline_timeout.map(|timeout| Span(timeout).to_string());
        [
            ("limit", limits.join(" ")),
            ("quota-share", format!("{}%", self.quota_share)),
            ("shared-reads", self.shared_reads.to_string()),
            ("pace", pace_word(self.pace).to_owned()),
            ("concurrency", self.concurrency.to_string()),
            ("max-attempts", self.attempts_max.to_string()),
            ("settle", Span(self.settle).to_string()),
            ("on-uncertain", self.on_uncertain.word().to_owned()),
            ("poll-interval", Span(self.poll_interval).to_string()),
            ("track-timeout", Span(self.track_timeout).to_string()),
            ("offline-timeout", offline.unwrap_or_else(|| "default".to_owned())),
        ]
    }

    /// Every guard by its name on the command line, as it would be typed.
    pub fn guard_words(&self) -> [(&'static str, String); 6] {
        let none = || NONE.to_owned();
        let hours = &self.hours;
        let instant = |at: Option<Timestamp>| at.map_or_else(none, |at| at.to_string());
        [
            ("canary", self.canary.to_string()),
            ("canary-wait", Span(self.canary_wait).to_string()),
            ("max-failures", self.failures_max.map_or_else(none, |limit| limit.to_string())),
            ("between", hours.between.as_ref().map_or_else(none, ToString::to_string)),
            ("not-before", instant(hours.not_before)),
            ("until", instant(hours.until)),
        ]
    }

    /// What a person said of machines: which are sent although, and which never are. A protect list
    /// is told by its file, how many entries it has, and the hash of what it protects.
    pub fn choice_words(&self) -> [(&'static str, String); 3] {
        let none = || NONE.to_owned();
        let on = self.on.iter().map(|(class, how)| format!("{}={}", class.word(), how.word()));
        let on: Vec<String> = on.collect();
        let protect = self.protect.as_ref().map(|list| {
            let entries = list.entries();
            let noun = plural(entries as u64, "entry", "entries");
            format!("{}: {entries} {noun}, hash {}", list.file(), hex::encode(&list.hash()))
        });
        [
            ("on", if on.is_empty() { none() } else { on.join(" ") }),
            ("again", self.again.to_string()),
            ("protect", protect.unwrap_or_else(none)),
        ]
    }

    /// All of them, for a page that shows them.
    pub fn words(&self) -> Vec<(&'static str, String)> {
        let guards = self.guard_words().into_iter().chain(self.choice_words());
        guards.chain(self.pacing_words()).collect()
    }
}
