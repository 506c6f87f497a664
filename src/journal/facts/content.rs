//! Facts as they are stored: a word for the kind, and JSON for what belongs to it.
//!
//! These shapes stay readable forever: the audit chain is computed over them. A field may be added
//! as an option, none is renamed. Times are microseconds since 1970-01-01T00:00:00Z.
//!
//! Each shape is that of an enum of `domain`, variant by variant, and the compiler holds both
//! together. To serde the kind is the name of the variant, `{"kind":content}`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{
    ActionId, ActionStatus, BatchFact, ContentHash, Detail, Doubt, End, Fact, MachineId, Missing,
    Reason, StoppedBy, Timestamp, WhereFilter, hex,
};
use crate::journal::sql::stored::{DurationShape, MaybeTimeShape, TimeShape, stored};

use super::tagged::{JsonReader, Tagged};

/// What is stored of a fact, beside whose it is and when it was.
pub(super) struct Content {
    pub(super) kind: String,
    pub(super) json: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Fact", rename_all = "snake_case")]
enum FactShape {
    Sending {},
    Accepted {
        #[serde(with = "ActionIdShape")]
        action: ActionId,
        #[serde(with = "StatusShape")]
        status: ActionStatus,
        adopted: bool,
        found: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        http_status: Option<u16>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "MaybeTimeShape")]
        created_at: Option<Timestamp>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        named_by: Option<String>,
    },
    Rejected {
        #[serde(with = "ReasonShape")]
        reason: Reason,
        #[serde(with = "DetailShape")]
        detail: Detail,
    },
    Retrying {
        #[serde(with = "TimeShape")]
        not_before: Timestamp,
        counts: bool,
        #[serde(with = "DetailShape")]
        detail: Detail,
    },
    Uncertain {
        #[serde(flatten, with = "DoubtShape")]
        doubt: Doubt,
        #[serde(with = "DetailShape")]
        detail: Detail,
        #[serde(with = "TimeShape")]
        look_at: Timestamp,
    },
    /// Two kinds: see [`MissingShape`].
    #[serde(skip)]
    Missing(Missing),
    Held {
        #[serde(flatten, with = "DetailShape")]
        detail: Detail,
    },
    ActionUpdated {
        #[serde(with = "StatusShape")]
        status: ActionStatus,
    },
    ActionEnded {
        #[serde(with = "StatusShape")]
        status: ActionStatus,
        #[serde(skip_serializing_if = "Option::is_none")]
        device_error: Option<i64>,
    },
    CancelAsked {},
    CancelRefused {
        #[serde(flatten, with = "DetailShape")]
        detail: Detail,
    },
    CancelFailed {
        #[serde(flatten, with = "DetailShape")]
        detail: Detail,
    },
    Skipped {
        #[serde(with = "ReasonShape")]
        reason: Reason,
    },
    Requeued {},
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Missing")]
enum MissingShape {
    #[serde(rename = "missing")]
    Again {
        #[serde(with = "TimeShape")]
        look_at: Timestamp,
    },
    #[serde(rename = "released")]
    Resend {},
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "BatchFact", rename_all = "snake_case")]
enum BatchFactShape {
    Created {
        machines: u64,
        #[serde(with = "HashShape")]
        content: ContentHash,
        #[serde(flatten, with = "FiltersShape")]
        filters: Vec<WhereFilter>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "MaybeHashShape")]
        made_of: Option<[u8; 32]>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        options: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "MaybeHashShape")]
        plan_hash: Option<[u8; 32]>,
    },
    OptionsRemembered {
        options: String,
    },
    RunBy {
        command: String,
        user: String,
        host: String,
        version: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        app: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        options: Option<String>,
    },
    HandedOver {
        to: String,
        user: String,
        host: String,
    },
    Started {
        command: String,
    },
    OptionChanged {
        name: String,
        value: String,
    },
    RolledBack {
        actions: u64,
    },
    ListedLate {
        #[serde(with = "DurationShape")]
        longest: Duration,
    },
    ListsDistrusted {
        why: String,
    },
    Forecast {
        #[serde(with = "TimeShape")]
        last_send_at: Timestamp,
    },
    CanaryChosen {
        machines: u64,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "MaybeHashShape")]
        chosen: Option<[u8; 32]>,
    },
    CanaryPassed {},
    Tripped {
        #[serde(with = "StoppedByShape")]
        guard: StoppedBy,
        why: String,
    },
    GuardLifted {
        #[serde(with = "StoppedByShape")]
        guard: StoppedBy,
        answered: u64,
        failed: u64,
    },
    Recounted {
        answered: u64,
        failed: u64,
    },
    Ended {
        #[serde(with = "EndShape")]
        end: End,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Detail")]
struct DetailShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    message: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Doubt", tag = "doubt", rename_all = "snake_case")]
enum DoubtShape {
    NoAnswer,
    WrongShape,
    OtherAnswer,
    Redirected,
    WrongMachine(#[serde(with = "MachineShape")] MachineId),
    ProcessEnded,
    Busy,
}

/// The machine that a wrong answer was about.
#[derive(Serialize, Deserialize)]
struct Wrong {
    machine: String,
}

/// Conditions, and how many rows each left out, where that was counted.
#[derive(Serialize, Deserialize)]
struct Filters {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    filters: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<Option<u64>>,
}

impl Filters {
    fn of(filters: &[WhereFilter]) -> Self {
        let counted = filters.iter().any(|filter| filter.left_out.is_some());
        let counted = filters.iter().filter(|_| counted);
        let left_out = counted.map(|filter| filter.left_out).collect();
        let filters = filters.iter().map(|filter| filter.condition.clone()).collect();
        Self { filters, left_out }
    }

    fn read(self) -> Vec<WhereFilter> {
        let left_out = self.left_out.into_iter().chain(std::iter::repeat(None));
        let filter = |(condition, left_out)| WhereFilter { condition, left_out };
        self.filters.into_iter().zip(left_out).map(filter).collect()
    }
}

stored!(FiltersShape: Vec<WhereFilter> as Filters, |filters| Filters::of(filters), |filters| {
    Some(filters.read())
});
stored!(
    MaybeHashShape: Option<[u8; 32]> as Option<String>,
    |hash| hash.as_ref().map(|hash| hex::encode(hash)),
    |digits| match digits {
        None => Some(None),
        Some(digits) => hex::decode(&digits).map(Some),
    }
);
stored!(ActionIdShape: ActionId as String, |id| id.as_str().to_owned(), |id| {
    ActionId::parse(&id).ok()
});
stored!(StatusShape: ActionStatus as String, |status| status.word().to_owned(), |word| {
    Some(ActionStatus::from_word(&word))
});
stored!(ReasonShape: Reason as String, |reason| reason.word().to_owned(), |word| {
    Reason::from_word(&word)
});
stored!(EndShape: End as String, |end| end.word().to_owned(), |word| End::from_word(&word));
stored!(StoppedByShape: StoppedBy as String, |guard| guard.word().to_owned(), |word| {
    StoppedBy::from_word(&word)
});
stored!(HashShape: ContentHash as String, ToString::to_string, |text| {
    hex::decode(&text).map(ContentHash)
});
stored!(MachineShape: MachineId as Wrong, |id| Wrong { machine: id.to_string() }, |wrong| {
    MachineId::parse(&wrong.machine).ok()
});

type Writer<'json> = serde_json::Serializer<&'json mut Vec<u8>>;

pub(super) fn of_fact(fact: &Fact) -> Content {
    match fact {
        Fact::Missing(missing) => content(|to| MissingShape::serialize(missing, to)),
        _ => content(|to| FactShape::serialize(fact, to)),
    }
}

pub(super) fn of_batch_fact(fact: &BatchFact) -> Content {
    content(|to| BatchFactShape::serialize(fact, to))
}

/// The machine's fact that is stored; none where it cannot be understood.
pub(super) fn to_fact(kind: &str, json: &str) -> Option<Fact> {
    let missing = || read(kind, json, |from| MissingShape::deserialize(from)).map(Fact::Missing);
    read(kind, json, |from| FactShape::deserialize(from)).or_else(missing)
}

/// The batch's fact that is stored; none where it cannot be understood.
pub(in crate::journal) fn to_batch_fact(kind: &str, json: &str) -> Option<BatchFact> {
    read(kind, json, |from| BatchFactShape::deserialize(from))
}

/// Takes `{"kind":content}` apart.
fn content(write: impl FnOnce(&mut Writer<'_>) -> serde_json::Result<()>) -> Content {
    let mut bytes = Vec::with_capacity(128);
    write(&mut Writer::new(&mut bytes)).expect("texts and numbers become JSON");
    let whole = String::from_utf8(bytes).expect("JSON is UTF-8");
    let inside = whole.strip_prefix("{\"").and_then(|rest| rest.strip_suffix('}'));
    let (kind, json) = inside
        .and_then(|inside| inside.split_once("\":"))
        .expect("a variant with fields becomes an object of one name");
    Content { kind: kind.to_owned(), json: json.to_owned() }
}

/// Reads what [`content`] took apart.
fn read<'json, F>(
    kind: &str,
    json: &'json str,
    read: impl FnOnce(Tagged<'_, 'json>) -> serde_json::Result<F>,
) -> Option<F> {
    let mut reader = JsonReader::from_str(json);
    let fact = read(Tagged { kind, content: &mut reader }).ok()?;
    reader.end().ok().map(|()| fact)
}
