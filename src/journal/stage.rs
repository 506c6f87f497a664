//! The input on its way into a batch: rows in a temporary table, which only this connection sees
//! and which is gone with it.

use std::collections::HashMap;

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

use crate::domain::{Comment, ContentHash, MachineNumber, Reason, RowTime};

use super::column::{Fields, to_signed};
use super::content::to_reason;
use super::new_machine::NewMachine;
use super::repeats::{self, Agreement, Settled};
use super::staged_devices::{self, Devices};
use super::{Journal, JournalError};

/// What became of a staged row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is a machine of the batch.
    Added,
    /// Its ID stood there before; the newest row counts, or the first, where they say the same.
    Duplicate,
}

/// What is staged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// Machines, each ID once.
    pub machines: u64,
    /// Rows beside them whose ID stood there before.
    pub duplicates: u64,
    /// Machines to be left alone, by reason, in the order of [`Reason::ALL`].
    pub skipped: Vec<(Reason, u64)>,
    /// Machines that have neither a comment of their own nor the batch's.
    pub without_comment: u64,
    /// SHA-256 over IDs and comments, in the order of the IDs: the same for any order of the rows.
    pub content: ContentHash,
    /// What became of machines whose rows do not say the same.
    pub settled: Settled,
}

/// How much is staged.
#[derive(Debug, Default)]
pub(super) struct Staging {
    machines: u64,
    duplicates: u64,
    devices: Devices,
    /// Whether there are rows that are not wanted, or that another one contradicts.
    pub(super) unsettled: bool,
    settled: Settled,
}

impl Journal {
    /// Adds one row of the input to what is staged.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written; no batch can be made of the rest then.
    pub fn stage(&mut self, machine: &NewMachine) -> Result<Stage, JournalError> {
        self.begin_staging()?;
        let NewMachine { id, name, comment, source, line, device, skip, at } = machine;
        let comment = comment.as_ref().map(Comment::as_str);
        let skip = skip.map(Reason::word);
        let number = self.staging.machines + 1;
        let sql = "INSERT INTO temp.staged_ids (machine_id, number, comment, skip)
                   VALUES (?1, ?2, ?3, ?4) ON CONFLICT (machine_id) DO NOTHING";
        let row = params![id.as_bytes(), to_signed(number), comment, skip];
        if self.db.prepare_cached(sql)?.execute(row)? == 0 {
            self.staging.duplicates += 1;
            let agreement = repeats::weigh(&self.db, &mut self.staging.devices, machine)?;
            self.staging.unsettled |= agreement == Agreement::Open;
            return Ok(Stage::Duplicate);
        }
        let device = self.staging.devices.number(&self.db, device)?;
        let (month, day) = at.map(RowTime::readings).unzip();
        let sql = "INSERT INTO temp.staged
                       (number, machine_id, name, comment, source, line, device, month_at, day_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let (number_signed, line) = (to_signed(number), to_signed(*line));
        let id = id.as_bytes();
        let row = params![number_signed, id, name, comment, source, line, device, month, day];
        self.db.prepare_cached(sql)?.execute(row)?;
        self.staging.machines = number;
        Ok(Stage::Added)
    }

    /// What is staged, if `comment` becomes the batch's.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn staged(&mut self, comment: Option<&Comment>) -> Result<Staged, JournalError> {
        if self.staging.unsettled {
            self.staging.settled.add(repeats::settle(&self.db)?);
            self.staging.machines = renumber(&self.db)?;
            self.staging.unsettled = false;
        }
        self.end_staging()?;
        let Staging { machines, duplicates, .. } = self.staging;
        let settled = self.staging.settled.clone();
        let sql = "SELECT machine_id, COALESCE(comment, ?1), skip FROM temp.staged_ids
                   ORDER BY machine_id";
        let mut statement = self.db.prepare_cached(sql)?;
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
            if let Some(reason) = fields.text_or_none(to_reason)? {
                *skips.entry(reason).or_default() += 1;
            }
        }
        let count = |reason: Reason| skips.get(&reason).map(|count| (reason, *count));
        let skipped = Reason::ALL.into_iter().filter_map(count).collect();
        let content = ContentHash(content.finalize().into());
        Ok(Staged { machines, duplicates, skipped, without_comment, content, settled })
    }

    /// Forgets what is staged.
    ///
    /// # Errors
    /// [`JournalError`] where that fails.
    pub fn discard_staged(&mut self) -> Result<(), JournalError> {
        self.end_staging()?;
        clear(&self.db)?;
        self.staging = Staging::default();
        Ok(())
    }

    /// One transaction for all rows: it touches the temporary database alone.
    pub(super) fn begin_staging(&self) -> Result<(), JournalError> {
        self.check_writable()?;
        if self.db.is_autocommit() {
            self.db.execute_batch("BEGIN")?;
        }
        Ok(())
    }

    /// Ends the transaction that [`stage`](Self::stage) began.
    pub(super) fn end_staging(&self) -> Result<(), JournalError> {
        if !self.db.is_autocommit() {
            self.db.execute_batch("COMMIT")?;
        }
        Ok(())
    }
}

/// Empties the temporary tables.
pub(super) fn clear(db: &Connection) -> Result<(), JournalError> {
    let sql = "DELETE FROM temp.staged; DELETE FROM temp.staged_ids;
               DELETE FROM temp.staged_devices";
    db.execute_batch(sql)?;
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

/// Machines that are to be skipped, with the reason: eight bytes each.
pub(super) fn to_skip(db: &Connection) -> Result<Vec<(MachineNumber, Reason)>, JournalError> {
    let sql = "SELECT number, skip FROM temp.staged_ids WHERE skip IS NOT NULL";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| {
        let mut fields = Fields::of(row);
        Ok((MachineNumber(fields.whole()?), fields.text(to_reason)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Machines that are not to be skipped.
pub(super) fn to_send(db: &Connection) -> Result<u64, JournalError> {
    let sql = "SELECT COUNT(*) FROM temp.staged_ids WHERE skip IS NULL";
    Ok(db.prepare_cached(sql)?.query_row([], |row| Fields::of(row).whole())?)
}

/// Begins the temporary database anew. Emptied tables keep their pages in the cache, 16 MiB for a
/// hundred thousand machines, and each later commit would walk through all that were ever written.
pub(super) fn release(db: &Connection) -> Result<(), JournalError> {
    // To change where it is stored is the one way to be rid of a temporary database.
    db.execute_batch("PRAGMA temp_store = MEMORY")?;
    prepare(db)
}

/// Makes the temporary tables: in a file, since nothing in memory may grow with the input. Two, so
/// that what is asked in the order of the IDs is read from one end to the other; what is asked only
/// of a machine that stands twice is in the first, which grows at its end alone. A row's number is
/// its place among those that were added, from 1.
pub(super) fn prepare(db: &Connection) -> Result<(), JournalError> {
    db.execute_batch(
        "PRAGMA temp_store = FILE;
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
    db.execute_batch(staged_devices::TABLE)?;
    Ok(db.execute_batch(repeats::TABLES)?)
}

#[cfg(test)]
mod tests {
    use crate::domain::{Device, MachineId, MarkerSeed, Realm, Tenant, Timestamp};
    use crate::journal::{NewBatch, Succeeded};

    use super::*;

    #[test]
    fn nothing_of_what_was_staged_is_left_in_memory_once_it_is_a_batch() {
        let mut journal = Journal::in_memory().unwrap();
        let pages = |journal: &Journal| -> i64 {
            journal.db.pragma_query_value(Some("temp"), "page_count", |row| row.get(0)).unwrap()
        };
        let text = |text: &str| text.to_owned();
        let before = pages(&journal);
        for batch in 1..=2 {
            for number in 1..=1_000 {
                let id = MachineId::parse(&format!("{:040x}", batch * 10_000 + number)).unwrap();
                let line = number + 1;
                let device = Device::default();
                let (name, comment, skip, at) = (None, None, None, None);
                let row = NewMachine { id, name, comment, source: 0, line, device, skip, at };
                journal.stage(&row).unwrap();
            }
            assert!(pages(&journal) > before + 10);
            let new = NewBatch {
                tenant: Tenant { id: text("t"), realm: Realm::Public },
                api: text("https://api"),
                comment: Some(Comment::parse("gone").unwrap()),
                sources: vec![text("fleet.csv")],
                filters: Vec::new(),
                options: text("{}"),
                seed: MarkerSeed::from_random(batch),
                succeeded: Succeeded::Skip,
            };
            journal.create_batch(&new, Timestamp::from_micros(0)).unwrap();
            assert_eq!(pages(&journal), before);
        }
    }
}
