//! One hash over all that a batch was made with, which its first fact holds; and one over its
//! canary, which the fact of its choice holds.
//!
//! Machines change only by facts, but what a list said of them, and whose batch it is, is in no
//! fact. Without this hash, a changed comment or tenant would not be found. Deliberately absent:
//! what facts project (`fold`, `batch_row`), and the options, which may change later.

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest, Sha256};

use crate::domain::BatchId;
use crate::journal::JournalError;

/// With this the hashed bytes begin, so that they are those of nothing else.
const TAG: &[u8] = b"mde-offboard.made-of/1\0";

/// What is covered, in this order and with these columns forever.
const COVERED: [&str; 5] = [
    "SELECT created_at, tenant_id, realm, api, comment, seed, content, total FROM batches
     WHERE id = ?1",
    "SELECT position, name FROM sources WHERE batch = ?1 ORDER BY position",
    "SELECT position, condition FROM filters WHERE batch = ?1 ORDER BY position",
    "SELECT number, os_platform, onboarding_status, health_status, tags, device_group FROM devices
     WHERE batch = ?1 ORDER BY number",
    "SELECT number, machine_id, name, comment, source, line, device FROM machines
     WHERE batch = ?1 ORDER BY number",
];

const CANARY_TAG: &[u8] = b"mde-offboard.canary/1\0";

const CANARY: &str = "SELECT c.number, m.machine_id FROM canaries AS c
    LEFT JOIN machines AS m ON m.batch = c.batch AND m.number = c.number
    WHERE c.batch = ?1 ORDER BY c.number";

/// The hash of a batch as it is in the tables now. Each table, row and value has its kind and its
/// length before it, so that no two batches have the same bytes.
pub(in crate::journal) fn hash(db: &Connection, batch: BatchId) -> Result<[u8; 32], JournalError> {
    hash_of(db, batch, TAG, &COVERED)
}

/// The same of the machines that go first, as the tables have them now.
pub(in crate::journal) fn canary(
    db: &Connection,
    batch: BatchId,
) -> Result<[u8; 32], JournalError> {
    hash_of(db, batch, CANARY_TAG, &[CANARY])
}

fn hash_of(
    db: &Connection,
    batch: BatchId,
    tag: &[u8],
    covered: &[&str],
) -> Result<[u8; 32], JournalError> {
    let mut hash = Sha256::new();
    hash.update(tag);
    for sql in covered {
        let mut statement = db.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query([batch.0])?;
        hash.update(b"T");
        while let Some(row) = rows.next()? {
            hash.update(b"R");
            for column in 0..columns {
                add(&mut hash, row.get_ref(column)?);
            }
        }
    }
    Ok(hash.finalize().into())
}

fn add(hash: &mut Sha256, value: ValueRef<'_>) {
    let (kind, bytes): (&[u8], &[u8]) = match value {
        ValueRef::Null => (b"0", &[]),
        ValueRef::Integer(number) => (b"i", &number.to_be_bytes()),
        ValueRef::Real(number) => (b"r", &number.to_be_bytes()),
        ValueRef::Text(text) => (b"t", text),
        ValueRef::Blob(blob) => (b"b", blob),
    };
    hash.update(kind);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}
