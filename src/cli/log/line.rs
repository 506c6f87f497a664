//! One line of the log, as text for people or as JSON for programs.
//!
//! Text has the local time with its offset; JSON has UTC, as all documents, and plain ASCII.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Serialize;
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::{Level, Metadata};

use crate::domain::Timestamp;
use crate::domain::text::in_line;
use crate::reporter::{Zone, ascii_json};

/// A line for programs. The fields come after what every line has.
#[derive(Serialize)]
struct JsonLine<'a> {
    timestamp: String,
    level: &'static str,
    target: &'a str,
    message: &'a str,
    #[serde(flatten)]
    fields: BTreeMap<&'static str, &'a Value>,
}

/// What an event says.
#[derive(Debug, Default)]
pub(super) struct LogLine {
    message: String,
    fields: Vec<(&'static str, Value)>,
}

impl LogLine {
    /// `2026-11-27T13:14:15.123+01:00 DEBUG mde_offboard::http: GET /api/machines status=200`.
    pub(super) fn to_text(&self, of: &Metadata<'_>, at: Timestamp, zone: &Zone) -> String {
        let (at, level) = (zone.rfc3339_millis(at), level(*of.level()));
        let mut line = format!("{at} {level:<5} {}: {}", of.target(), in_line(&self.message));
        for (name, value) in &self.fields {
            let value = match value {
                Value::String(text) => quoted(text),
                other => other.to_string(),
            };
            write!(line, " {name}={value}").expect("a text takes every write");
        }
        line + "\n"
    }

    /// `{"timestamp":"...","level":"DEBUG","target":"...","message":"...","status":200}`.
    pub(super) fn to_json(&self, of: &Metadata<'_>, at: Timestamp) -> String {
        let fields = self.fields.iter();
        let object = JsonLine {
            timestamp: at.to_string(),
            level: level(*of.level()),
            target: of.target(),
            message: &self.message,
            fields: fields.map(|(name, value)| (*name, value)).collect(),
        };
        ascii_json(&object) + "\n"
    }

    fn add(&mut self, field: &Field, value: impl Into<Value>) {
        self.fields.push((field.name(), value.into()));
    }
}

/// In quotes where it would not be seen where it ends.
fn quoted(text: &str) -> String {
    let shown = in_line(text);
    let ends_unseen = |c: char| c == ' ' || c == '"' || c == '=';
    if shown.is_empty() || shown.contains(ends_unseen) {
        format!("\"{}\"", shown.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        shown.into_owned()
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => "WARN",
        Level::INFO => "INFO",
        Level::DEBUG => "DEBUG",
        Level::TRACE => "TRACE",
    }
}

impl Visit for LogLine {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        if field.name() == "message" {
            self.message = text;
        } else {
            self.add(field, text);
        }
    }
}
