//! All facts, one by one, as an outsider needs them to compute the chain again.
//!
//! Deliberately absent: their form in a file (`report`).

use std::ops::ControlFlow;

use rusqlite::{OptionalExtension, params};

use crate::domain::{BatchId, MachineId, MachineNumber, Timestamp};
use crate::journal::{ChainHead, Journal, JournalError};

use super::chain;
use super::chain_walk::{ChainStep, StoredLink, walk};

/// A fact with its hash, as both are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredFact<'row> {
    /// Its place in the chain, from 1.
    pub id: u64,
    pub batch: BatchId,
    /// None: about the batch as a whole.
    pub number: Option<MachineNumber>,
    pub machine: Option<MachineId>,
    pub at: Timestamp,
    pub kind: &'row str,
    /// JSON, in the very bytes that are hashed.
    pub content: &'row str,
    /// Which form its hash has: 1 or 2.
    pub form: u8,
    pub hash: [u8; 32],
}

impl Journal {
    /// Visits all facts in their order, and computes the chain on the way.
    ///
    /// # Errors
    /// [`JournalError::ChainBroken`] names the first one that does not fit; those before it were
    /// visited.
    pub fn each_fact(
        &self,
        mut visit: impl FnMut(&StoredFact<'_>) -> ControlFlow<()>,
    ) -> Result<ChainHead, JournalError> {
        self.end_staging()?;
        // One snapshot, beside a runner that continues.
        let snapshot = self.db().unchecked_transaction()?;
        let first_tagged = chain::first_tagged(&snapshot)?;
        let mut head = ChainHead { rows: 0, hash: [0; 32] };
        walk(&snapshot, |step| {
            let StoredLink { link, hash } = match step {
                ChainStep::Fits(stored) => stored,
                ChainStep::Breaks(found) => return Err(JournalError::ChainBroken { found }),
            };
            head = ChainHead { rows: link.id, hash: *hash };
            Ok(visit(&StoredFact {
                id: link.id,
                batch: link.batch,
                number: link.number,
                machine: match link.number {
                    Some(number) => self.machine_id(link.batch, number)?,
                    None => None,
                },
                at: link.at,
                kind: link.kind,
                content: link.json,
                form: if link.id < first_tagged.0 { 1 } else { 2 },
                hash: *hash,
            }))
        })?;
        Ok(head)
    }

    fn machine_id(
        &self,
        batch: BatchId,
        number: MachineNumber,
    ) -> Result<Option<MachineId>, JournalError> {
        let sql = "SELECT machine_id FROM machines WHERE batch = ?1 AND number = ?2";
        let mut statement = self.db().prepare_cached(sql)?;
        let found = statement.query_row(params![batch.0, number.0], |row| row.get(0));
        Ok(found.optional()?.map(MachineId::from_bytes))
    }
}
