//! What the lists say of the staged devices: each combination once.
//!
//! A combination is looked for in memory first. What is kept there is bounded: beyond that the
//! temporary table knows.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::domain::{BatchId, Device};
use crate::journal::JournalError;

/// Most combinations in memory, about half a megabyte: a fleet has some hundreds.
const KNOWN_MAX: usize = 4096;

/// Combinations that were met lately, and their numbers.
#[derive(Debug, Default)]
pub(super) struct Devices(HashMap<Device, i64>);

impl Devices {
    /// The number of a combination; a new one is added. None for a device of which nothing is said.
    pub(super) fn number(
        &mut self,
        db: &Connection,
        device: &Device,
    ) -> Result<Option<i64>, JournalError> {
        if device.is_blank() {
            return Ok(None);
        }
        if let Some(number) = self.0.get(device) {
            return Ok(Some(*number));
        }
        let number = stored(db, device)?;
        if self.0.len() >= KNOWN_MAX {
            self.0.clear();
        }
        self.0.insert(device.clone(), number);
        Ok(Some(number))
    }
}

fn stored(db: &Connection, device: &Device) -> Result<i64, JournalError> {
    // NULL is never equal to NULL: an empty text means that nothing is said.
    let parts = device.parts().map(|(_, part)| part.unwrap_or_default());
    let sql = "INSERT INTO temp.staged_devices
                   (os_platform, onboarding_status, health_status, tags, device_group)
               VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING";
    if db.prepare_cached(sql)?.execute(parts)? == 1 {
        return Ok(db.last_insert_rowid());
    }
    let sql = "SELECT number FROM temp.staged_devices
               WHERE os_platform = ?1 AND onboarding_status = ?2 AND health_status = ?3
                   AND tags = ?4 AND device_group = ?5";
    Ok(db.prepare_cached(sql)?.query_row(parts, |row| row.get(0))?)
}

pub(super) const TABLE: &str = "CREATE TEMPORARY TABLE staged_devices (
    number            INTEGER PRIMARY KEY,
    os_platform       TEXT NOT NULL,
    onboarding_status TEXT NOT NULL,
    health_status     TEXT NOT NULL,
    tags              TEXT NOT NULL,
    device_group      TEXT NOT NULL,
    UNIQUE (os_platform, onboarding_status, health_status, tags, device_group)
) STRICT;";

pub(in crate::journal) fn keep(db: &Connection, batch: BatchId) -> Result<(), JournalError> {
    let sql = "INSERT INTO devices (batch, number, os_platform, onboarding_status, health_status,
                   tags, device_group)
               SELECT ?1, number, NULLIF(os_platform, ''), NULLIF(onboarding_status, ''),
                   NULLIF(health_status, ''), NULLIF(tags, ''), NULLIF(device_group, '')
               FROM temp.staged_devices ORDER BY number";
    db.execute(sql, [batch.0])?;
    Ok(())
}
