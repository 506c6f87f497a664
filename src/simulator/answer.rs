//! An answer on its way to the wire, and the two shapes of Defender's bodies: an entity with its
//! context, and an error (Microsoft's page "Common REST API error codes").
//!
//! Called by every call of the tenant. Deliberately absent: HTTP itself.

use std::fmt;

use serde::Serialize;

use crate::domain::Timestamp;

/// Where contexts point, whatever host was asked: so seen in recorded answers.
const METADATA: &str = "https://api.securitycenter.microsoft.com/api/$metadata#";

/// A status, headers and a body, ready for any transport. The shell adds `Date`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// Always JSON.
    pub body: Vec<u8>,
}

#[derive(Serialize)]
struct Entity<'a, T> {
    #[serde(rename = "@odata.context")]
    context: String,
    #[serde(flatten)]
    entity: &'a T,
}

#[derive(Serialize)]
struct List<'a, T> {
    #[serde(rename = "@odata.context")]
    context: String,
    value: &'a [T],
    #[serde(rename = "@odata.nextLink", skip_serializing_if = "Option::is_none")]
    next_link: Option<String>,
}

#[derive(Serialize)]
struct Failure<'a> {
    error: FailureBody<'a>,
}

#[derive(Serialize)]
struct FailureBody<'a> {
    code: &'a str,
    message: &'a str,
    target: &'a str,
}

impl Response {
    pub(super) fn json(status: u16, body: &impl Serialize) -> Self {
        let kind = "application/json; charset=utf-8";
        Self {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: serde_json::to_vec(body).expect("wire types have text keys only"),
        }
    }

    fn odata(status: u16, body: &impl Serialize) -> Self {
        let kind = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8";
        let mut response = Self::json(status, body);
        response.headers = vec![
            ("content-type".to_owned(), kind.to_owned()),
            ("odata-version".to_owned(), "4.0".to_owned()),
        ];
        response
    }

    /// One entity of a set (`MachineActions`).
    pub(super) fn entity(status: u16, set: &str, entity: &impl Serialize) -> Self {
        Self::odata(status, &Entity { context: format!("{METADATA}{set}/$entity"), entity })
    }

    /// One page of a set.
    pub(super) fn list(set: &str, value: &[impl Serialize], next_link: Option<String>) -> Self {
        Self::odata(200, &List { context: format!("{METADATA}{set}"), value, next_link })
    }

    /// An error in Defender's own shape; `target` names the request for Microsoft's support.
    pub(super) fn error(status: u16, code: &str, message: &str, target: &str) -> Self {
        Self::json(status, &Failure { error: FailureBody { code, message, target } })
    }

    pub(super) fn with_header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }
}

/// A refusal that still lacks its `target`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }
}

/// A time as Defender writes it: with seven digits of a second.
pub(super) struct WireTime(pub(super) Timestamp);

impl fmt::Display for WireTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.7}", self.0.to_jiff())
    }
}

pub(super) fn wire_time(at: Timestamp) -> String {
    WireTime(at).to_string()
}

/// An HTTP date: whole seconds, rounded down.
pub(super) fn http_date(at: Timestamp) -> String {
    jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at.to_jiff())
        .expect("every time of jiff's years can be printed")
}
