//! Parts of JSON documents that several of them share.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::domain::{Counts, State};
use crate::event::{Usage, Wait, WaitReason};

/// `{"queued": 9800, ...}`: every state, in the order in which states are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountsShape(pub Counts);

impl JsonSchema for CountsShape {
    fn schema_name() -> Cow<'static, str> {
        "CountsShape".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let states = State::ALL.map(State::word);
        let number = serde_json::json!({"type": "integer", "minimum": 0});
        let each: serde_json::Map<_, _> =
            states.map(|word| (word.to_owned(), number.clone())).into_iter().collect();
        schemars::json_schema!({
            "description": "How many machines are in each state.",
            "type": "object",
            "properties": each,
            "required": states,
        })
    }
}

impl Serialize for CountsShape {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(State::ALL.len()))?;
        for state in State::ALL {
            map.serialize_entry(state.word(), &self.0.of(state))?;
        }
        map.end()
    }
}

/// `{"reason": "window", "window": "100/1m", "until": "2026-11-23T17:41:00Z"}`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub struct WaitShape {
    pub(super) reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<String>,
    pub(super) until: String,
    /// When the run ends, where it is cut off until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    gives_up_at: Option<String>,
    #[serde(skip_serializing_if = "is_zero")]
    machines: u64,
    /// The hours in which requests may be sent, with their zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    between: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    canary: Option<CanaryShape>,
}

/// `{"machines": 20, "succeeded": 14}`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
struct CanaryShape {
    machines: u64,
    succeeded: u64,
}

impl From<&Wait> for WaitShape {
    fn from(wait: &Wait) -> Self {
        let window = match &wait.reason {
            WaitReason::Window(window) => Some(window.to_string()),
            _ => None,
        };
        let between = match &wait.reason {
            WaitReason::Between { hours } => hours.clone(),
            _ => None,
        };
        let canary = match wait.reason {
            WaitReason::Canary { succeeded, of: machines } => {
                Some(CanaryShape { machines, succeeded })
            }
            _ => None,
        };
        Self {
            between,
            canary,
            reason: wait.reason.word(),
            window,
            until: wait.until.to_string(),
            gives_up_at: wait.reason.gives_up_at().map(|at| at.to_string()),
            machines: wait.machines,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// `{"limit": 100, "seconds": 60, "used": 100}`.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
pub struct UsageShape {
    limit: u32,
    seconds: Seconds,
    used: u32,
}

/// A whole number where it is one: only windows of tests and rehearsals have fractions.
#[derive(Debug, Clone, PartialEq, JsonSchema, Serialize)]
#[serde(untagged)]
enum Seconds {
    Whole(u64),
    Broken(f64),
}

impl From<&Usage> for UsageShape {
    fn from(usage: &Usage) -> Self {
        let duration = usage.window.duration();
        let seconds = match duration.subsec_nanos() {
            0 => Seconds::Whole(duration.as_secs()),
            _ => Seconds::Broken(duration.as_secs_f64()),
        };
        Self { limit: usage.window.limit(), seconds, used: usage.used }
    }
}
