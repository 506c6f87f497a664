//! One event as data: the line of `--events`, and what the log says of it.

use schemars::{JsonSchema, Schema};
use serde::Serialize;
use serde_json::json;

use crate::domain::{ActionId, ClockGap, Detail, GapCause, State, Timestamp};
use crate::event::{Event, Happening};

use super::shapes::{CountsShape, WaitShape};

/// The fields that each event has, beside those that all have.
const FIELDS: [(&str, &[&str]); Happening::NAMES.len()] = [
    ("batch_started", &["command", "total"]),
    ("submitted", &["machine_id", "action_id", "adopted"]),
    ("rejected", &["machine_id", "error_message"]),
    ("retrying", &["machine_id", "not_before", "error_message"]),
    ("uncertain", &["machine_id", "look_at", "error_message"]),
    ("reconciled", &["machine_id"]),
    ("held", &["machine_id", "error_message"]),
    ("skipped", &["machine_id", "reason"]),
    ("action_updated", &["machine_id", "action_id", "action_status", "state"]),
    ("lists_distrusted", &["why"]),
    ("rate_limited", &["until", "error_message"]),
    ("waiting", &["waiting"]),
    ("clock_gap", &["from", "until", "cause"]),
    ("guard_tripped", &["guard", "why"]),
    ("stopping", &["why", "in_flight"]),
    ("batch_ended", &["end", "counts"]),
];

/// Says of each event which of the fields it always has.
fn add_fields_of_events(schema: &mut Schema) {
    let rule = |(name, fields): (&str, &[&str])| {
        json!({
            "if": {"properties": {"event": {"const": name}}},
            "then": {"required": fields},
        })
    };
    schema.insert("allOf".to_owned(), FIELDS.map(rule).to_vec().into());
}

/// One event as it is in the file, in this order. What an event does not have is left out.
#[derive(JsonSchema, Serialize, Default)]
#[schemars(transform = add_fields_of_events)]
pub(super) struct EventLine<'a> {
    pub(super) at: String,
    #[schemars(extend("enum" = Happening::NAMES))]
    pub(super) event: &'static str,
    pub(super) batch: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) machine_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) device_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) command: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = State::ALL.map(State::word)))]
    pub(super) state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) action_status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) adopted: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) look_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = GapCause::ALL.map(GapCause::word)))]
    pub(super) cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) http_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) guard: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) why: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) in_flight: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) waiting: Option<WaitShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) counts: Option<CountsShape>,
}

impl<'a> From<&'a Event> for EventLine<'a> {
    fn from(event: &'a Event) -> Self {
        let mut line = Self {
            at: event.at.to_string(),
            event: event.what.name(),
            batch: event.batch.0,
            machine_id: event.machine.map(|machine| machine.to_string()),
            device_name: event.name.as_deref(),
            ..Self::default()
        };
        line.fill(&event.what);
        line
    }
}

impl<'a> EventLine<'a> {
    fn fill(&mut self, what: &'a Happening) {
        let text = |at: &Timestamp| Some(at.to_string());
        match what {
            Happening::BatchStarted { command, total } => {
                self.command = Some(command);
                self.total = Some(*total);
            }
            Happening::Submitted { action, adopted } => {
                self.action_id = Some(action.as_str());
                self.adopted = Some(*adopted);
            }
            Happening::Rejected { detail } | Happening::Held { detail } => self.tell(detail),
            Happening::Skipped { reason } => self.reason = Some(reason.word()),
            Happening::Retrying { not_before, detail } => {
                self.not_before = text(not_before);
                self.tell(detail);
            }
            Happening::Uncertain { look_at, detail } => {
                self.look_at = text(look_at);
                self.tell(detail);
            }
            Happening::Reconciled { action } => {
                self.action_id = action.as_ref().map(ActionId::as_str);
            }
            Happening::ActionUpdated { action, status, state } => {
                self.action_id = Some(action.as_str());
                self.action_status = Some(status.word());
                self.state = Some(state.word());
            }
            Happening::RateLimited { until, detail } => {
                self.until = text(until);
                self.tell(detail);
            }
            Happening::Waiting { wait, said } => {
                self.waiting = Some(wait.into());
                self.error_message = said.as_deref();
            }
            Happening::ClockGap(ClockGap { from, until, cause }) => {
                (self.from, self.until) = (text(from), text(until));
                self.cause = Some(cause.word());
            }
            Happening::GuardTripped { guard, why } => {
                self.guard = Some(guard.word());
                self.why = Some(why);
            }
            Happening::ListsDistrusted { why } => self.why = Some(why),
            Happening::Stopping { why, in_flight } => {
                self.why = Some(why);
                self.in_flight = Some(*in_flight);
            }
            Happening::BatchEnded { end, counts } => {
                self.end = Some(end.word());
                self.counts = Some(CountsShape(*counts));
            }
        }
    }

    fn tell(&mut self, detail: &'a Detail) {
        self.http_status = detail.http_status;
        self.error_code = detail.code.as_deref();
        self.error_message = Some(&detail.message);
    }
}
