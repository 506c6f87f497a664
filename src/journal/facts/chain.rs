//! The audit chain: each fact carries the hash of itself and of all facts before it.
//!
//! Who noted a head earlier can tell later whether anything up to it was changed. Without a head
//! from outside, a chain that was computed again cannot be told from the first.
//!
//! There are two forms of the hash. Facts of journals from before the second one keep the first;
//! the number of the first fact of the second form is in each hash of that form, so that it cannot
//! be moved. Deliberately absent: walking the chain (`chain_walk`).

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

/// The number of the first fact whose hash has the second form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FirstTagged(pub(super) u64);

/// A fact, as much as the chain covers: all of it.
pub(super) struct ChainLink<'fact> {
    /// Its place in the chain, from 1.
    pub(super) id: u64,
    pub(super) batch: BatchId,
    /// None: about the batch as a whole.
    pub(super) number: Option<MachineNumber>,
    pub(super) at: Timestamp,
    pub(super) kind: &'fact str,
    pub(super) json: &'fact str,
}

/// With this the bytes of a hash of the second form begin, so that they are those of nothing else.
const TAG: &[u8] = b"mde-offboard.fact/2\0";

impl ChainLink<'_> {
    /// The hash of this fact after `previous`. Lengths come before texts, so that no two facts
    /// have the same bytes.
    pub(super) fn hash(&self, previous: &[u8; 32], first_tagged: FirstTagged) -> [u8; 32] {
        let mut bytes = Vec::with_capacity(128 + self.kind.len() + self.json.len());
        let tagged = self.id >= first_tagged.0;
        if tagged {
            bytes.extend_from_slice(TAG);
            bytes.extend_from_slice(&first_tagged.0.to_be_bytes());
            bytes.extend_from_slice(&self.id.to_be_bytes());
        }
        bytes.extend_from_slice(previous);
        bytes.extend_from_slice(&self.batch.0.to_be_bytes());
        // 0 is no machine's number.
        bytes.extend_from_slice(&self.number.map_or(0, |number| number.0).to_be_bytes());
        bytes.extend_from_slice(&self.at.as_micros().to_be_bytes());
        for text in [self.kind, self.json] {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        Sha256::digest(&bytes).into()
    }
}

/// The head as it is stored, without computing the chain.
pub(in crate::journal) fn head(db: &Connection) -> Result<ChainHead, JournalError> {
    let sql = "SELECT id, hash FROM facts ORDER BY id DESC LIMIT 1";
    let head = db.prepare_cached(sql)?.query_row([], |row| {
        let mut fields = Fields::of(row);
        Ok(ChainHead { rows: fields.whole()?, hash: fields.take()? })
    });
    Ok(head.optional()?.unwrap_or(ChainHead { rows: 0, hash: [0; 32] }))
}

/// From which fact on the second form holds.
pub(super) fn first_tagged(db: &Connection) -> Result<FirstTagged, JournalError> {
    let sql = "SELECT first_fact FROM chain_forms";
    let first = db.prepare_cached(sql)?.query_row([], |row| Fields::of(row).whole());
    let missing = || JournalError::damaged("it does not say which form the audit chain has");
    first.optional()?.map(FirstTagged).ok_or_else(missing)
}
