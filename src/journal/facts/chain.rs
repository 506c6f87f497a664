//! The audit chain: each fact carries the hash of itself and of all facts before it.
//!
//! Who noted a head earlier can tell later whether anything up to it was changed. Without a head
//! from outside, a chain that was computed again cannot be told from the first.

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};

use crate::domain::{BatchId, MachineNumber, Timestamp};
use crate::journal::JournalError;
use crate::journal::sql::column::Fields;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    pub rows: u64,
    /// Hash over all of them; zeros where there are none.
    pub hash: [u8; 32],
}

/// A fact, as much as the chain covers: all of it.
pub(super) struct ChainLink<'fact> {
    pub(super) batch: BatchId,
    /// None: about the batch as a whole.
    pub(super) number: Option<MachineNumber>,
    pub(super) at: Timestamp,
    pub(super) kind: &'fact str,
    pub(super) json: &'fact str,
}

impl ChainLink<'_> {
    /// The hash of this fact after `previous`. Lengths come before texts, so that no two facts
    /// have the same bytes; 0 is no machine's number.
    pub(super) fn hash(&self, previous: &[u8; 32]) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(64 + self.kind.len() + self.json.len());
        bytes.extend_from_slice(previous);
        bytes.extend_from_slice(&self.batch.0.to_be_bytes());
        bytes.extend_from_slice(&self.number.map_or(0, |number| number.0).to_be_bytes());
        bytes.extend_from_slice(&self.at.as_micros().to_be_bytes());
        for text in [self.kind, self.json] {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        Sha256::digest(&bytes).into()
    }
}

pub(super) fn head(db: &Connection) -> Result<[u8; 32], JournalError> {
    let sql = "SELECT hash FROM facts ORDER BY id DESC LIMIT 1";
    let hash = db.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    Ok(hash.unwrap_or_default())
}

/// Computes the chain again, from the first fact to the last. An error names the first one that
/// does not fit.
pub(in crate::journal) fn verify(db: &Connection) -> Result<ChainHead, JournalError> {
    let sql = "SELECT id, batch, number, at, kind, content, hash FROM facts ORDER BY id";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut head = ChainHead { rows: 0, hash: [0; 32] };
    while let Some(row) = rows.next()? {
        let mut fields = Fields::of(row);
        let id: u64 = fields.whole()?;
        let (batch, number) = (fields.take()?, fields.take::<Option<u32>>()?);
        let (at, kind, json) = (fields.time()?, fields.take::<String>()?, fields.take::<String>()?);
        let (batch, number) = (BatchId(batch), number.map(MachineNumber));
        let link = ChainLink { batch, number, at, kind: &kind, json: &json };
        let expected = ChainHead { rows: head.rows + 1, hash: link.hash(&head.hash) };
        if (ChainHead { rows: id, hash: fields.take()? }) != expected {
            return Err(JournalError::ChainBroken { row: expected.rows });
        }
        head = expected;
    }
    Ok(head)
}
