//! Hashes over records: a tag that says what they are, and a length before each.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::domain::hex;

/// The hash of a whole plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanHash(pub [u8; 32]);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the hash of a plan is 64 hexadecimal digits, as `plan --output` prints it")]
pub struct PlanHashError;

impl PlanHash {
    /// Reads 64 hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`PlanHashError`] for anything else: a part of a hash proves little.
    pub fn parse(text: &str) -> Result<Self, PlanHashError> {
        hex::decode(text.trim()).map(Self).ok_or(PlanHashError)
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&hex::encode(&self.0))
    }
}

/// A hash on its way. Lengths come before texts, so that no two rows of records have the same
/// bytes.
pub(super) struct RecordHash(Sha256);

impl RecordHash {
    /// Of records of this kind: no plan can be taken for a machine.
    pub(super) fn of(kind: &str) -> Self {
        let mut hash = Self(Sha256::new());
        hash.add(kind.as_bytes());
        hash
    }

    pub(super) fn add(&mut self, record: &[u8]) {
        self.0.update((record.len() as u64).to_be_bytes());
        self.0.update(record);
    }

    pub(super) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}
