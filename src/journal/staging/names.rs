//! Rows whose machines are known by name alone, until the tenant's inventory says which they are.
//!
//! All rows are kept, also those that are not wanted and those whose name stood there before: which
//! of them are of one machine is known only then, and the newest counts (`repeats`).

use rusqlite::{Connection, params};

use crate::domain::{Comment, Device, Reason, RowTime};
use crate::journal::JournalError;
use crate::journal::sql::column::to_signed;

use super::devices::Devices;

/// One row of the input that names a machine by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewName {
    /// Not empty.
    pub name: String,
    /// Its own comment; without one the batch's counts.
    pub comment: Option<Comment>,
    /// Which input file it is in: an index into
    /// [`NewBatch::sources`](crate::journal::NewBatch::sources).
    pub source: u16,
    /// In which line of it, counted from 1.
    pub line: u64,
    pub device: Device,
    /// Why it is to be left out.
    pub skip: Option<Reason>,
    /// When that was so; of several rows of a machine the newest counts.
    pub at: Option<RowTime>,
    /// Whether the filters want it.
    pub wanted: bool,
}

/// The names, and which machine has each: `fits` counts the onboarded machines that may have it,
/// `first` is the first row of it that is wanted.
pub(super) const TABLES: &str = "
    CREATE TEMPORARY TABLE staged_names (
        number   INTEGER PRIMARY KEY,
        name_key TEXT    NOT NULL,
        label    TEXT    NOT NULL,
        name     TEXT    NOT NULL,
        comment  TEXT,
        source   INTEGER NOT NULL,
        line     INTEGER NOT NULL,
        device   INTEGER,
        skip     TEXT,
        month_at INTEGER,
        day_at   INTEGER,
        wanted   INTEGER NOT NULL
    ) STRICT;
    CREATE TEMPORARY TABLE resolved_names (
        name_key   TEXT    NOT NULL PRIMARY KEY,
        label      TEXT    NOT NULL,
        fits       INTEGER NOT NULL,
        machine_id BLOB,
        first      INTEGER
    ) STRICT, WITHOUT ROWID;";

pub(super) fn add(
    db: &Connection,
    devices: &mut Devices,
    row: &NewName,
) -> Result<(), JournalError> {
    let key = row.name.trim().to_lowercase();
    let label = key.split('.').next().unwrap_or_default();
    let device = devices.number(db, &row.device)?;
    let (month, day) = row.at.map(RowTime::readings).unzip();
    let sql = "INSERT INTO temp.staged_names (name_key, label, name, comment, source, line, device,
                   skip, month_at, day_at, wanted)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    db.prepare_cached(sql)?.execute(params![
        key,
        label,
        row.name,
        row.comment.as_ref().map(Comment::as_str),
        row.source,
        to_signed(row.line),
        device,
        row.skip.map(Reason::word),
        month,
        day,
        row.wanted,
    ])?;
    Ok(())
}

pub(super) fn clear(db: &Connection) -> Result<(), JournalError> {
    Ok(db.execute_batch("DELETE FROM temp.staged_names; DELETE FROM temp.resolved_names")?)
}
