//! A fact as a word and a few more.

use crate::domain::{Doubt, Fact, Missing, Timestamp};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FactWords {
    pub(super) word: &'static str,
    pub(super) says: String,
}

/// Tells a fact; `time` writes the instants in it.
pub(super) fn describe(fact: &Fact, time: &dyn Fn(Timestamp) -> String) -> FactWords {
    let (word, says) = match fact {
        Fact::Sending => ("sending", String::new()),
        Fact::Accepted { action, status, adopted, found, http_status, named_by, .. } => {
            let how = match (named_by, found) {
                (None, false) => String::new(),
                (None, true) => ", found by a look-up".to_owned(),
                (Some(who), true) => format!(", named by {who} and found by a look-up"),
                (Some(who), false) => format!(", named by {who}, not looked up"),
            };
            let whose = if *adopted { ", requested by someone else" } else { "" };
            let http = http_status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
            ("accepted", format!("action {action} {}{how}{whose}{http}", status.word()))
        }
        Fact::Rejected { reason, detail } => ("rejected", format!("{}: {detail}", reason.word())),
        Fact::Retrying { not_before, detail, .. } => {
            ("retrying", format!("{detail}; not before {}", time(*not_before)))
        }
        Fact::Uncertain { doubt, detail, look_at } => {
            let says = format!("{}: {detail}; looked up at {}", doubt_words(doubt), time(*look_at));
            ("uncertain", says)
        }
        Fact::Missing(Missing::Again { look_at }) => {
            ("missing", format!("not found at Defender; looked up again at {}", time(*look_at)))
        }
        Fact::Missing(Missing::Resend) => {
            ("missing", "not found at Defender twice: it is sent again".to_owned())
        }
        Fact::Held { detail } => ("held", format!("a person decides: {detail}")),
        Fact::ActionUpdated { status } => ("action_updated", status.word().to_owned()),
        Fact::ActionEnded { status, device_error } => {
            let error = device_error.filter(|code| *code != 0);
            let error = error.map(|code| format!(", error 0x{:08X}", code & 0xFFFF_FFFF));
            ("action_ended", format!("{}{}", status.word(), error.unwrap_or_default()))
        }
        Fact::CancelAsked => ("cancel_asked", String::new()),
        Fact::CancelRefused { detail } => ("cancel_refused", detail.to_string()),
        Fact::CancelFailed { detail } => ("cancel_failed", detail.to_string()),
        Fact::Skipped { reason } => ("skipped", reason.word().to_owned()),
        Fact::Requeued => ("requeued", String::new()),
    };
    FactWords { word, says }
}

fn doubt_words(doubt: &Doubt) -> String {
    match doubt {
        Doubt::NoAnswer => "no full answer".to_owned(),
        Doubt::WrongShape => "the answer has no action in it".to_owned(),
        Doubt::OtherAnswer => "the answer proves nothing".to_owned(),
        Doubt::Redirected => "a redirect, which is never followed".to_owned(),
        Doubt::WrongMachine(other) => format!("the answer is about {other}"),
        Doubt::ProcessEnded => "the program ended before the answer".to_owned(),
        Doubt::Busy => "another action is active on the machine".to_owned(),
    }
}
