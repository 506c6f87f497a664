//! Facts as they are stored: a word for the kind, and JSON for what belongs to it.
//!
//! These shapes stay readable forever: the audit chain is computed over them. A field may be added
//! as an option, none is renamed. Times are microseconds since 1970-01-01T00:00:00Z.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::{
    ActionId, ActionStatus, BatchFact, ContentHash, Detail, Doubt, End, Fact, Filter, MachineId,
    Missing, Reason, Timestamp,
};

/// What is stored of a fact, beside whose it is and when it was.
pub(super) struct Content {
    pub(super) kind: &'static str,
    pub(super) json: String,
}

#[derive(Serialize, Deserialize)]
struct Nothing {}

#[derive(Serialize, Deserialize)]
struct Accepted {
    action: String,
    status: String,
    adopted: bool,
    found: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Rejected {
    reason: String,
    detail: Told,
}

#[derive(Serialize, Deserialize)]
struct Retrying {
    not_before: i64,
    counts: bool,
    detail: Told,
}

#[derive(Serialize, Deserialize)]
struct Uncertain {
    doubt: String,
    /// The machine that a wrong answer was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    machine: Option<String>,
    detail: Told,
    look_at: i64,
}

#[derive(Serialize, Deserialize)]
struct LookAgain {
    look_at: i64,
}

#[derive(Serialize, Deserialize)]
struct Status {
    status: String,
}

#[derive(Serialize, Deserialize)]
struct Ended {
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_error: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Why {
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct Told {
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    message: String,
}

#[derive(Serialize, Deserialize)]
struct Created {
    machines: u64,
    content: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    filters: Vec<String>,
    /// Of each filter, how many rows it left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<Option<u64>>,
}

#[derive(Serialize, Deserialize)]
struct Started {
    command: String,
}

#[derive(Serialize, Deserialize)]
struct OptionChanged {
    name: String,
    value: String,
}

#[derive(Serialize, Deserialize)]
struct RolledBack {
    actions: u64,
}

#[derive(Serialize, Deserialize)]
struct ListedLate {
    longest: u64,
}

#[derive(Serialize, Deserialize)]
struct ListsDistrusted {
    why: String,
}

#[derive(Serialize, Deserialize)]
struct Forecast {
    last_send_at: i64,
}

#[derive(Serialize, Deserialize)]
struct RunEnded {
    end: String,
}

/// What is stored of a machine's fact.
pub(super) fn of_fact(fact: &Fact) -> Content {
    match fact {
        Fact::Sending => content("sending", &Nothing {}),
        Fact::Accepted { action, status, adopted, found, http_status, created_at } => {
            let accepted = Accepted {
                action: action.as_str().to_owned(),
                status: status.word().to_owned(),
                adopted: *adopted,
                found: *found,
                http_status: *http_status,
                created_at: created_at.map(Timestamp::as_micros),
            };
            content("accepted", &accepted)
        }
        Fact::Rejected { reason, detail } => {
            let reason = reason.word().to_owned();
            content("rejected", &Rejected { reason, detail: told(detail) })
        }
        Fact::Retrying { not_before, counts, detail } => {
            let (not_before, detail) = (not_before.as_micros(), told(detail));
            content("retrying", &Retrying { not_before, counts: *counts, detail })
        }
        Fact::Uncertain { doubt, detail, look_at } => {
            let (doubt, machine) = doubt_words(doubt);
            let (detail, look_at) = (told(detail), look_at.as_micros());
            content("uncertain", &Uncertain { doubt, machine, detail, look_at })
        }
        Fact::Missing(Missing::Again { look_at }) => {
            content("missing", &LookAgain { look_at: look_at.as_micros() })
        }
        Fact::Missing(Missing::Resend) => content("released", &Nothing {}),
        Fact::Held { detail } => content("held", &told(detail)),
        Fact::ActionUpdated { status } => {
            content("action_updated", &Status { status: status.word().to_owned() })
        }
        Fact::ActionEnded { status, device_error } => {
            let status = status.word().to_owned();
            content("action_ended", &Ended { status, device_error: *device_error })
        }
        Fact::CancelAsked => content("cancel_asked", &Nothing {}),
        Fact::CancelRefused { detail } => content("cancel_refused", &told(detail)),
        Fact::Skipped { reason } => content("skipped", &Why { reason: reason.word().to_owned() }),
        Fact::Requeued => content("requeued", &Nothing {}),
    }
}

/// What is stored of a batch's fact.
pub(super) fn of_batch_fact(fact: &BatchFact) -> Content {
    match fact {
        BatchFact::Created { machines, content: hash, filters } => {
            let counted = filters.iter().any(|filter| filter.left_out.is_some());
            let counted = filters.iter().filter(|_| counted);
            let left_out = counted.map(|filter| filter.left_out).collect();
            let filters = filters.iter().map(|filter| filter.condition.clone()).collect();
            let (machines, hash) = (*machines, hash.to_string());
            content("created", &Created { machines, content: hash, filters, left_out })
        }
        BatchFact::Started { command } => content("started", &Started { command: command.clone() }),
        BatchFact::OptionChanged { name, value } => {
            content("option_changed", &OptionChanged { name: name.clone(), value: value.clone() })
        }
        BatchFact::RolledBack { actions } => {
            content("rolled_back", &RolledBack { actions: *actions })
        }
        BatchFact::ListedLate { longest } => {
            let longest = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
            content("listed_late", &ListedLate { longest })
        }
        BatchFact::ListsDistrusted { why } => {
            content("lists_distrusted", &ListsDistrusted { why: why.clone() })
        }
        BatchFact::Forecast { last_send_at } => {
            content("forecast", &Forecast { last_send_at: last_send_at.as_micros() })
        }
        BatchFact::Ended { end } => content("ended", &RunEnded { end: end.word().to_owned() }),
    }
}

/// The machine's fact that is stored; none where it cannot be understood.
pub(super) fn to_fact(kind: &str, json: &str) -> Option<Fact> {
    Some(match kind {
        "sending" => Fact::Sending,
        "accepted" => {
            let stored: Accepted = read(json)?;
            Fact::Accepted {
                action: ActionId::parse(&stored.action).ok()?,
                status: ActionStatus::from_word(&stored.status),
                adopted: stored.adopted,
                found: stored.found,
                http_status: stored.http_status,
                created_at: stored.created_at.map(Timestamp::from_micros),
            }
        }
        "rejected" => {
            let stored: Rejected = read(json)?;
            Fact::Rejected { reason: to_reason(&stored.reason)?, detail: stored.detail.into() }
        }
        "retrying" => {
            let Retrying { not_before, counts, detail } = read(json)?;
            let not_before = Timestamp::from_micros(not_before);
            Fact::Retrying { not_before, counts, detail: detail.into() }
        }
        "uncertain" => {
            let stored: Uncertain = read(json)?;
            Fact::Uncertain {
                doubt: to_doubt(&stored.doubt, stored.machine.as_deref())?,
                detail: stored.detail.into(),
                look_at: Timestamp::from_micros(stored.look_at),
            }
        }
        "missing" => {
            let look_at = Timestamp::from_micros(read::<LookAgain>(json)?.look_at);
            Fact::Missing(Missing::Again { look_at })
        }
        "released" => Fact::Missing(Missing::Resend),
        "held" => Fact::Held { detail: read::<Told>(json)?.into() },
        "action_updated" => {
            let status = ActionStatus::from_word(&read::<Status>(json)?.status);
            Fact::ActionUpdated { status }
        }
        "action_ended" => {
            let Ended { status, device_error } = read(json)?;
            Fact::ActionEnded { status: ActionStatus::from_word(&status), device_error }
        }
        "cancel_asked" => Fact::CancelAsked,
        "cancel_refused" => Fact::CancelRefused { detail: read::<Told>(json)?.into() },
        "skipped" => Fact::Skipped { reason: to_reason(&read::<Why>(json)?.reason)? },
        "requeued" => Fact::Requeued,
        _ => return None,
    })
}

/// The batch's fact that is stored; none where it cannot be understood.
pub(super) fn to_batch_fact(kind: &str, json: &str) -> Option<BatchFact> {
    Some(match kind {
        "created" => {
            let Created { machines, content, filters, left_out } = read(json)?;
            let left_out = left_out.into_iter().chain(std::iter::repeat(None));
            let filter = |(condition, left_out)| Filter { condition, left_out };
            let filters = filters.into_iter().zip(left_out).map(filter).collect();
            BatchFact::Created { machines, content: to_hash(&content)?, filters }
        }
        "started" => BatchFact::Started { command: read::<Started>(json)?.command },
        "option_changed" => {
            let OptionChanged { name, value } = read(json)?;
            BatchFact::OptionChanged { name, value }
        }
        "rolled_back" => BatchFact::RolledBack { actions: read::<RolledBack>(json)?.actions },
        "listed_late" => {
            let longest = Duration::from_micros(read::<ListedLate>(json)?.longest);
            BatchFact::ListedLate { longest }
        }
        "lists_distrusted" => {
            BatchFact::ListsDistrusted { why: read::<ListsDistrusted>(json)?.why }
        }
        "forecast" => {
            let last_send_at = Timestamp::from_micros(read::<Forecast>(json)?.last_send_at);
            BatchFact::Forecast { last_send_at }
        }
        "ended" => BatchFact::Ended { end: to_end(&read::<RunEnded>(json)?.end)? },
        _ => return None,
    })
}

/// The reason that a word names.
pub(super) fn to_reason(word: &str) -> Option<Reason> {
    Reason::ALL.into_iter().find(|reason| reason.word() == word)
}

/// The end that a word names.
pub(super) fn to_end(word: &str) -> Option<End> {
    End::ALL.into_iter().find(|end| end.word() == word)
}

fn content(kind: &'static str, stored: &impl Serialize) -> Content {
    let json = serde_json::to_string(stored).expect("texts and numbers become JSON");
    Content { kind, json }
}

fn read<T: DeserializeOwned>(json: &str) -> Option<T> {
    serde_json::from_str(json).ok()
}

fn told(detail: &Detail) -> Told {
    let Detail { http_status, code, message } = detail.clone();
    Told { http_status, code, message }
}

impl From<Told> for Detail {
    fn from(Told { http_status, code, message }: Told) -> Self {
        Self { http_status, code, message }
    }
}

fn doubt_words(doubt: &Doubt) -> (String, Option<String>) {
    let word = match doubt {
        Doubt::NoAnswer => "no_answer",
        Doubt::WrongShape => "wrong_shape",
        Doubt::OtherAnswer => "other_answer",
        Doubt::Redirected => "redirected",
        Doubt::WrongMachine(machine) => {
            return ("wrong_machine".to_owned(), Some(machine.to_string()));
        }
        Doubt::ProcessEnded => "process_ended",
        Doubt::Busy => "busy",
    };
    (word.to_owned(), None)
}

fn to_doubt(word: &str, machine: Option<&str>) -> Option<Doubt> {
    Some(match word {
        "no_answer" => Doubt::NoAnswer,
        "wrong_shape" => Doubt::WrongShape,
        "other_answer" => Doubt::OtherAnswer,
        "redirected" => Doubt::Redirected,
        "wrong_machine" => Doubt::WrongMachine(MachineId::parse(machine?).ok()?),
        "process_ended" => Doubt::ProcessEnded,
        "busy" => Doubt::Busy,
        _ => return None,
    })
}

fn to_hash(text: &str) -> Option<ContentHash> {
    let mut hash = [0_u8; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(ContentHash(hash))
}
