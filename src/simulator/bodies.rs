//! What a request for an action says, and how an action is written in an answer.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

use super::action::TenantAction;
use super::answer::{Refusal, wire_time};

/// The body of a request for an action: names are case-sensitive.
#[derive(Deserialize)]
pub(super) struct RequestBody {
    #[serde(rename = "Comment")]
    comment: Option<String>,
}

impl RequestBody {
    /// The comment of a request's body; none where it has none.
    pub(super) fn comment(body: &[u8]) -> Result<Option<String>, Refusal> {
        let parsed: Result<Self, _> = serde_json::from_slice(body);
        parsed
            .map(|body| body.comment)
            .map_err(|_| Refusal::new(400, "InvalidRequestBody", "Request body is incorrect"))
    }
}

/// `MachineAction`, with the fields of recorded answers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionEntity<'a> {
    id: String,
    #[serde(rename = "type")]
    kind: &'a str,
    title: Option<&'a str>,
    requestor: &'a str,
    requestor_comment: &'a str,
    status: &'a str,
    machine_id: String,
    computer_dns_name: &'a str,
    creation_date_time_utc: String,
    last_update_date_time_utc: String,
    cancellation_requestor: Option<&'a str>,
    cancellation_comment: Option<&'a str>,
    cancellation_date_time_utc: Option<String>,
    #[serde(rename = "errorHResult")]
    error_h_result: i64,
    scope: Option<&'a str>,
    external_id: Option<&'a str>,
    request_source: &'a str,
    related_file_info: Option<&'a str>,
    commands: [&'a str; 0],
    troubleshoot_info: Option<&'a str>,
}

impl<'a> ActionEntity<'a> {
    pub(super) fn new(action: &'a TenantAction, now: Timestamp) -> Self {
        let (status, since) = action.course.at(now);
        let cancellation = action.cancellation.as_ref();
        Self {
            id: action.id.to_string(),
            kind: action.kind,
            title: None,
            requestor: &action.requestor,
            requestor_comment: &action.comment,
            status: status.word(),
            machine_id: action.machine.to_string(),
            computer_dns_name: &action.computer,
            creation_date_time_utc: wire_time(action.created_at),
            last_update_date_time_utc: wire_time(since),
            cancellation_requestor: cancellation.map(|cancel| cancel.requestor.as_str()),
            cancellation_comment: cancellation.and_then(|cancel| cancel.comment.as_deref()),
            cancellation_date_time_utc: cancellation.map(|cancel| wire_time(cancel.at)),
            error_h_result: status.device_error(),
            scope: None,
            external_id: None,
            request_source: "PublicApi",
            related_file_info: None,
            commands: [],
            troubleshoot_info: None,
        }
    }
}
