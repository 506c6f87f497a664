//! The batch as it is in every JSON document.

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{Comment, hex};
use crate::journal::{Batch, ChainHead};

/// `"batch": {"id": 1, "source": "fleet.csv", ...}`.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub(super) struct BatchShape<'a> {
    id: i64,
    source: String,
    comment: Option<&'a str>,
    created_at: String,
    tenant_id: &'a str,
    simulated: bool,
    /// Which rows of its files were wanted; all, where there is none.
    #[serde(rename = "where")]
    filters: Vec<&'a str>,
    /// How many rows each of them left out; null where that was not counted.
    #[serde(rename = "where_left_out", skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<Option<u64>>,
}

impl<'a> From<&'a Batch> for BatchShape<'a> {
    fn from(batch: &'a Batch) -> Self {
        Self {
            id: batch.id.0,
            source: batch.sources.join(", "),
            comment: batch.comment.as_ref().map(Comment::as_str),
            created_at: batch.created_at.to_string(),
            tenant_id: &batch.tenant.id,
            simulated: batch.tenant.is_simulated(),
            filters: batch.filters.iter().map(|filter| filter.condition.as_str()).collect(),
            left_out: batch.filters.iter().map(|filter| filter.left_out).collect(),
        }
    }
}

/// `"audit": {"facts": 1234, "head": "9c41..."}`: of the whole journal.
#[derive(Debug, Clone, PartialEq, Eq, JsonSchema, Serialize)]
pub(super) struct AuditShape {
    facts: u64,
    head: String,
}

impl From<ChainHead> for AuditShape {
    fn from(ChainHead { rows, hash }: ChainHead) -> Self {
        Self { facts: rows, head: hex::encode(&hash) }
    }
}
