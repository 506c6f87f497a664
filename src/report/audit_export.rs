//! The facts as lines of JSON, from which an outsider can compute the audit chain again.
//!
//! The guide says how. Deliberately absent: checking it (`journal`).

use std::io::Write;
use std::ops::ControlFlow;

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::hex;
use crate::journal::{ChainHead, Journal, StoredFact};
use crate::reporter::ascii_json;

use super::ReportError;

/// One line. `content` is a text that holds JSON: its bytes are what is hashed.
#[derive(JsonSchema, Serialize)]
pub(super) struct ExportedFact<'a> {
    fact: u64,
    batch: i64,
    number: Option<u32>,
    machine_id: Option<String>,
    at: String,
    at_micros: i64,
    kind: &'a str,
    content: &'a str,
    form: u8,
    hash: String,
}

impl<'a> From<&StoredFact<'a>> for ExportedFact<'a> {
    fn from(fact: &StoredFact<'a>) -> Self {
        Self {
            fact: fact.id,
            batch: fact.batch.0,
            number: fact.number.map(|number| number.0),
            machine_id: fact.machine.map(|id| id.to_string()),
            at: fact.at.to_string(),
            at_micros: fact.at.as_micros(),
            kind: fact.kind,
            content: fact.content,
            form: fact.form,
            hash: hex::encode(&fact.hash),
        }
    }
}

/// Writes all facts, oldest first, and returns the head that they lead to.
///
/// # Errors
/// Where the journal cannot be read, its chain does not hold, or `out` cannot be written.
pub fn write_facts(journal: &Journal, out: &mut dyn Write) -> Result<ChainHead, ReportError> {
    let mut trouble = None;
    let head = journal.each_fact(|fact| {
        match writeln!(out, "{}", ascii_json(&ExportedFact::from(fact))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                trouble = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match trouble {
        None => Ok(head),
        Some(error) => Err(ReportError::Write(error)),
    }
}

/// Whether a file that begins like this is such an export.
pub fn is_export(text: &str) -> bool {
    text.starts_with("{\"fact\":1,\"batch\":")
}
