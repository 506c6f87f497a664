//! What came of one machine, in the columns of `report`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::text::in_line;
use crate::domain::{ActionId, ActionStatus, Reason, State, Timestamp};
use crate::journal::{Batch, Machine};

/// One machine's outcome. The fields are the columns, in their order.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub(super) struct Outcome<'a> {
    machine_id: String,
    device_name: Option<&'a str>,
    #[schemars(extend("enum" = State::ALL.map(State::word)))]
    state: &'static str,
    reason: Option<&'static str>,
    action_id: Option<&'a str>,
    action_status: Option<&'a str>,
    attempts: u32,
    http_status: Option<u16>,
    error_code: Option<&'a str>,
    error_message: Option<&'a str>,
    comment: &'a str,
    first_sent_at: Option<String>,
    settled_at: Option<String>,
    source: &'a str,
    line: u64,
    batch: i64,
    tenant_id: &'a str,
    /// What the tenant's inventory says days later; empty until it was asked.
    verdict: Option<&'a str>,
    /// When the machine reported last; empty until the inventory was asked.
    last_seen: Option<String>,
}

/// What the tenant said of a machine days later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    pub verdict: Option<&'static str>,
    pub last_seen: Option<Timestamp>,
}

impl<'a> Outcome<'a> {
    /// The columns, as the contract names them.
    pub(super) const COLUMNS: [&'static str; 19] = [
        "machine_id",
        "device_name",
        "state",
        "reason",
        "action_id",
        "action_status",
        "attempts",
        "http_status",
        "error_code",
        "error_message",
        "comment",
        "first_sent_at",
        "settled_at",
        "source",
        "line",
        "batch",
        "tenant_id",
        "verdict",
        "last_seen",
    ];

    pub(super) fn new(machine: &'a Machine, batch: &'a Batch, verified: Verified) -> Self {
        let standing = &machine.standing;
        let detail = standing.error();
        let message = detail.map(|detail| detail.message.as_str());
        Self {
            machine_id: machine.id.to_string(),
            device_name: machine.name.as_deref(),
            state: standing.state.word(),
            reason: standing.reason.map(Reason::word),
            action_id: standing.action.as_ref().map(ActionId::as_str),
            action_status: standing.action_status.as_ref().map(ActionStatus::word),
            attempts: standing.attempts,
            http_status: detail.and_then(|detail| detail.http_status),
            error_code: detail.and_then(|detail| detail.code.as_deref()),
            error_message: message.filter(|message| !message.is_empty()),
            comment: machine.comment.as_str(),
            first_sent_at: standing.first_sent_at.map(|at| at.to_string()),
            settled_at: standing.settled_at.map(|at| at.to_string()),
            source: &machine.source,
            line: machine.line,
            batch: batch.id.0,
            tenant_id: &batch.tenant.id,
            verdict: verified.verdict,
            last_seen: verified.last_seen.map(|at| at.to_string()),
        }
    }

    /// The values in the order of [`Self::COLUMNS`].
    pub(super) fn values(&self) -> [OutcomeValue; 19] {
        use OutcomeValue::{Empty, Number, Text, Time};
        // Texts are fit to be shown since they came in; those of older journals perhaps not.
        let text = |text: Option<&str>| text.map_or(Empty, |text| Text(in_line(text).into_owned()));
        let time = |time: Option<&str>| time.map_or(Empty, |time| Time(time.to_owned()));
        [
            Text(self.machine_id.clone()),
            text(self.device_name),
            text(Some(self.state)),
            text(self.reason),
            text(self.action_id),
            text(self.action_status),
            Number(self.attempts.into()),
            self.http_status.map_or(Empty, |status| Number(status.into())),
            text(self.error_code),
            text(self.error_message),
            text(Some(self.comment)),
            time(self.first_sent_at.as_deref()),
            time(self.settled_at.as_deref()),
            text(Some(self.source)),
            Number(self.line),
            // Numbers of batches count up from 1.
            Number(self.batch.unsigned_abs()),
            text(Some(self.tenant_id)),
            text(self.verdict),
            time(self.last_seen.as_deref()),
        ]
    }

    /// The cells of a CSV row, in the order of [`Self::COLUMNS`].
    pub(super) fn cells(&self) -> [String; 19] {
        self.values().map(|value| match value {
            OutcomeValue::Empty => String::new(),
            OutcomeValue::Text(text) | OutcomeValue::Time(text) => defanged(&text),
            OutcomeValue::Number(number) => number.to_string(),
        })
    }
}

/// What one column says of a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OutcomeValue {
    Empty,
    /// On one line, fit to be shown.
    Text(String),
    /// RFC 3339, UTC.
    Time(String),
    Number(u64),
}

/// A cell that a spreadsheet would run as a formula gets a leading apostrophe: names and comments
/// come from files that others wrote.
pub(super) fn defanged(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
