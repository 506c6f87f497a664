//! The input on its way into a batch: rows in a temporary table, which only this connection sees
//! and which is gone with it.
//!
//! Deliberately absent: the acts of a journal on them (`batches`).

use std::collections::HashMap;

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::domain::{Comment, ContentHash, MachineId, Reason, RowTime};
use crate::journal::JournalError;
use crate::journal::sql::column::{Fields, to_signed};

use super::devices::{self, Devices};
use super::names::{self, NewName};
use super::new_machine::NewMachine;
use super::repeats::{self, Agreement, RepeatSummary};
use super::tenant_tables;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Added,
    /// Its ID stood there before; the newest row counts, or the first, where they say the same.
    Duplicate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// Machines, each ID once.
    pub machines: u64,
    /// Rows beside them whose ID stood there before.
    pub duplicates: u64,
    /// Machines to be left out, by reason, in the order of [`Reason::ALL`].
    pub skipped: Vec<(Reason, u64)>,
    /// Machines that have neither a comment of their own nor the batch's.
    pub without_comment: u64,
    /// SHA-256 over IDs and comments, in the order of the IDs: the same for any order of the rows.
    pub content: ContentHash,
    pub settled: RepeatSummary,
}

#[derive(Debug, Default)]
pub(in crate::journal) struct Staging {
    machines: u64,
    duplicates: u64,
    devices: Devices,
    /// Whether there are rows that are not wanted, or that another one contradicts.
    unsettled: bool,
    settled: RepeatSummary,
}

impl Staging {
    pub(in crate::journal) fn add(
        &mut self,
        db: &Connection,
        machine: &NewMachine,
    ) -> Result<Stage, JournalError> {
        begin(db)?;
        let NewMachine { id, name, comment, source, line, device, skip, at } = machine;
        let comment = comment.as_ref().map(Comment::as_str);
        let skip = skip.map(Reason::word);
        let number = self.machines + 1;
        let sql = "INSERT INTO temp.staged_ids (machine_id, number, comment, skip)
                   VALUES (?1, ?2, ?3, ?4) ON CONFLICT (machine_id) DO NOTHING";
        let row = params![id.as_bytes(), to_signed(number), comment, skip];
        if db.prepare_cached(sql)?.execute(row)? == 0 {
            self.duplicates += 1;
            let agreement = repeats::weigh(db, &mut self.devices, machine)?;
            self.unsettled |= agreement == Agreement::Open;
            return Ok(Stage::Duplicate);
        }
        let device = self.devices.number(db, device)?;
        let (month, day) = at.map(RowTime::readings).unzip();
        // Most texts have one reading: the second one is written where it is another.
        let day = day.filter(|_| day != month);
        let sql = "INSERT INTO temp.staged
                       (number, machine_id, name, comment, source, line, device, month_at, day_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let (number_signed, line) = (to_signed(number), to_signed(*line));
        let id = id.as_bytes();
        let row = params![number_signed, id, name, comment, source, line, device, month, day];
        db.prepare_cached(sql)?.execute(row)?;
        self.machines = number;
        Ok(Stage::Added)
    }

    /// Adds a row whose machine is known by name alone.
    pub(in crate::journal) fn add_name(
        &mut self,
        db: &Connection,
        row: &NewName,
    ) -> Result<(), JournalError> {
        begin(db)?;
        names::add(db, &mut self.devices, row)
    }

    /// Forgets the machines, but not the names.
    pub(in crate::journal) fn forget_machines(
        &mut self,
        db: &Connection,
    ) -> Result<(), JournalError> {
        db.execute_batch("DELETE FROM temp.staged; DELETE FROM temp.staged_ids")?;
        repeats::clear(db)?;
        let devices = std::mem::take(&mut self.devices);
        *self = Self { devices, ..Self::default() };
        Ok(())
    }

    pub(in crate::journal) fn note_unwanted(
        &mut self,
        db: &Connection,
        id: MachineId,
        place: (u16, u64),
        at: Option<RowTime>,
    ) -> Result<(), JournalError> {
        begin(db)?;
        self.unsettled = true;
        repeats::note_unwanted(db, id, place, at)
    }

    /// What is staged, if `comment` becomes the batch's.
    pub(in crate::journal) fn summary(
        &mut self,
        db: &Connection,
        comment: Option<&Comment>,
    ) -> Result<Staged, JournalError> {
        if self.unsettled {
            self.settled.add(repeats::settle(db)?);
            self.machines = renumber(db)?;
            self.unsettled = false;
        }
        end(db)?;
        let sql = "SELECT machine_id, COALESCE(comment, ?1), skip FROM temp.staged_ids
                   ORDER BY machine_id";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query([comment.map(Comment::as_str)])?;
        let mut content = Sha256::new();
        let mut without_comment = 0;
        let mut skips: HashMap<Reason, u64> = HashMap::new();
        while let Some(row) = rows.next()? {
            let mut fields = Fields::of(row);
            content.update(fields.take::<[u8; 20]>()?);
            let comment: Option<String> = fields.take()?;
            // The length tells where the comment ends; no comment is empty.
            let text = comment.as_deref().unwrap_or_default();
            content.update((text.len() as u64).to_be_bytes());
            content.update(text);
            without_comment += u64::from(comment.is_none());
            if let Some(reason) = fields.text_or_none(Reason::from_word)? {
                *skips.entry(reason).or_default() += 1;
            }
        }
        let count = |reason: Reason| skips.get(&reason).map(|count| (reason, *count));
        let skipped = Reason::ALL.into_iter().filter_map(count).collect();
        let content = ContentHash(content.finalize().into());
        let (machines, duplicates) = (self.machines, self.duplicates);
        let settled = self.settled.clone();
        Ok(Staged { machines, duplicates, skipped, without_comment, content, settled })
    }
}

/// One transaction for all rows: it touches the temporary database alone.
fn begin(db: &Connection) -> Result<(), JournalError> {
    if db.is_autocommit() {
        db.execute_batch("BEGIN")?;
    }
    Ok(())
}

/// Ends the transaction that [`Staging::add`] began.
pub(in crate::journal) fn end(db: &Connection) -> Result<(), JournalError> {
    if !db.is_autocommit() {
        db.execute_batch("COMMIT")?;
    }
    Ok(())
}

pub(in crate::journal) fn clear(db: &Connection) -> Result<(), JournalError> {
    let sql = "DELETE FROM temp.staged; DELETE FROM temp.staged_ids;
               DELETE FROM temp.staged_devices; DELETE FROM temp.verdicts";
    db.execute_batch(sql)?;
    names::clear(db)?;
    repeats::clear(db)
}

/// Closes the gaps that machines left which are not of the batch after all. How many there are.
fn renumber(db: &Connection) -> Result<u64, JournalError> {
    let sql = "SELECT COUNT(*), COALESCE(MAX(number), 0) FROM temp.staged";
    let (machines, last): (i64, i64) =
        db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if machines != last {
        // From the first on, so that each goes to a place that is free already.
        db.execute_batch(
            "CREATE TEMPORARY TABLE staged_moves (
                 old INTEGER PRIMARY KEY,
                 new INTEGER NOT NULL
             ) STRICT;
             INSERT INTO temp.staged_moves
                 SELECT number, ROW_NUMBER() OVER (ORDER BY number) FROM temp.staged;
             UPDATE temp.staged
                 SET number = (SELECT new FROM temp.staged_moves WHERE old = number);
             UPDATE temp.staged_ids
                 SET number = (SELECT new FROM temp.staged_moves WHERE old = number);
             DROP TABLE temp.staged_moves;",
        )?;
    }
    Ok(machines.unsigned_abs())
}

/// Begins the temporary database again. Emptied tables keep their pages in the cache, 16 MiB for a
/// hundred thousand machines, and each later commit would walk through all that were ever written.
pub(in crate::journal) fn release(db: &Connection) -> Result<(), JournalError> {
    // To change where it is stored is the one way to be rid of a temporary database.
    db.execute_batch("PRAGMA temp_store = MEMORY")?;
    prepare(db)
}

/// Makes the temporary tables: in a file, since nothing in memory may grow with the input. Two, so
/// that what is asked in the order of the IDs is read from one end to the other; what is asked only
/// of a machine that is there twice is in the first, which grows at its end alone. A row's number
/// is its place among those that were added, from 1.
///
/// They have no rollback journal: it would double what is written, and a command that fails to fill
/// them ends and leaves nothing of them.
pub(in crate::journal) fn prepare(db: &Connection) -> Result<(), JournalError> {
    db.execute_batch(
        "PRAGMA temp_store = FILE;
         PRAGMA temp.journal_mode = OFF;
         CREATE TEMPORARY TABLE staged (
             number     INTEGER PRIMARY KEY,
             machine_id BLOB    NOT NULL,
             name       TEXT,
             comment    TEXT,
             source     INTEGER NOT NULL,
             line       INTEGER NOT NULL,
             device     INTEGER,
             month_at   INTEGER,
             day_at     INTEGER
         ) STRICT;
         CREATE TEMPORARY TABLE staged_ids (
             machine_id BLOB    NOT NULL PRIMARY KEY,
             number     INTEGER NOT NULL,
             comment    TEXT,
             skip       TEXT
         ) STRICT, WITHOUT ROWID;
         PRAGMA temp.cache_size = -16384;",
    )?;
    db.execute_batch(devices::TABLE)?;
    db.execute_batch(names::TABLES)?;
    db.execute_batch(tenant_tables::TABLES)?;
    Ok(db.execute_batch(repeats::TABLES)?)
}
