//! How the log says what an answer was taken for.
//!
//! The words of a server's in it are those that were kept of the answer, without our secrets.
//! Deliberately absent: the judgement itself (`classify`).

use std::fmt;

use crate::domain::{Action, Answer, Detail, InventoryMachine, Page, ReadAnswer, Trouble};

const ANSWER: &str = "mde_offboard::answer";

/// What an answer was taken for, in words.
pub(super) trait LoggedAnswer {
    fn words(&self) -> String;
    /// What keeps more than this one request from being done, if anything does.
    fn trouble(&self) -> Option<&Trouble>;
}

/// A request that came to nothing because of something else is a warning, all else is not.
pub(super) fn log_reading(reading: &impl LoggedAnswer, about: fmt::Arguments<'_>) {
    if reading.trouble().is_some() {
        tracing::warn!(target: ANSWER, "{about}: {}", reading.words());
    } else {
        tracing::debug!(target: ANSWER, "{about}: {}", reading.words());
    }
}

impl LoggedAnswer for Answer {
    fn words(&self) -> String {
        match self {
            Self::Accepted { action, adopted, .. } => {
                let whose = if *adopted { "taken over" } else { "accepted" };
                format!("{whose}, {}", of_action(action))
            }
            Self::Busy(detail) => format!("busy with another action: {detail}"),
            Self::Refused(detail) => format!("refused for good: {detail}"),
            Self::Absent(detail) => format!("not found: {detail}"),
            Self::Trouble(trouble) => of_trouble(trouble),
            Self::Doubtful { detail, .. } => format!("in doubt: {detail}"),
        }
    }

    fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Trouble(trouble) => Some(trouble),
            _ => None,
        }
    }
}

impl<T: LoggedRead> LoggedAnswer for ReadAnswer<T> {
    fn words(&self) -> String {
        match self {
            Self::Read(read) => read.words(),
            Self::Refused(detail) => format!("refused: {detail}"),
            Self::Trouble(trouble) => of_trouble(trouble),
        }
    }

    fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Trouble(trouble) => Some(trouble),
            _ => None,
        }
    }
}

/// What a read brought.
pub(super) trait LoggedRead {
    fn words(&self) -> String;
}

impl<T> LoggedRead for Page<T> {
    fn words(&self) -> String {
        let more = if self.has_next { ", and there are more" } else { "" };
        format!("{} rows{more}", self.rows)
    }
}

impl LoggedRead for Action {
    fn words(&self) -> String {
        of_action(self)
    }
}

impl LoggedRead for Option<InventoryMachine> {
    fn words(&self) -> String {
        if self.is_some() { "found" } else { "not found" }.to_owned()
    }
}

impl LoggedRead for bool {
    fn words(&self) -> String {
        if *self { "there is one" } else { "there is none" }.to_owned()
    }
}

impl LoggedRead for () {
    fn words(&self) -> String {
        "reached".to_owned()
    }
}

fn of_action(action: &Action) -> String {
    format!("action {} is {}", action.id, action.status.word())
}

fn of_trouble(trouble: &Trouble) -> String {
    let says = |words: &str, detail: &Detail| format!("{words}: {detail}");
    match trouble {
        Trouble::Unreachable { detail, .. } => says("not reached", detail),
        Trouble::SignIn(detail) => says("the sign-in was refused", detail),
        Trouble::TokenEnded(detail) => says("the token ended", detail),
        Trouble::Unauthorized(detail) => says("the token was not taken", detail),
        Trouble::Forbidden(detail) => says("forbidden", detail),
        Trouble::ProxyAuthentication(detail) => says("the proxy wants a password", detail),
        Trouble::TooMany { retry_after: Some(after), detail, .. } => {
            says(&format!("too many requests, asked to wait {after:?}"), detail)
        }
        Trouble::TooMany { detail, .. } => says("too many requests", detail),
        Trouble::Unreadable(detail) => says("an answer that proves nothing", detail),
        Trouble::Mismatched(detail) => says("an answer about something else", detail),
        Trouble::Redirected(detail) => says("a redirect", detail),
    }
}
