//! A copy of a journal, taken at one instant, also beside the runner that writes it.
//!
//! In a file it appears whole, and says that it is one: what was written after it is not in it, so
//! it continues as an older journal does that was put back. Deliberately absent: whether a copy may
//! be put there (`cli`), and handing over (`hand_over`).

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, TransactionBehavior};

use crate::domain::{BatchFact, BatchId, Timestamp, hex};
use crate::journal::error::io_error;
use crate::journal::facts::writer::FactWriter;
use crate::journal::file::{Location, private};
use crate::journal::hand_over::{self, HandOver, Role};
use crate::journal::log_mark::leave;
use crate::journal::sql::connection::{connect_to_file_alone, keep_statements};
use crate::journal::sql::schema;
use crate::journal::{Journal, JournalError};

use super::loss;
use super::open::set_up;

/// Who makes a copy, where and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copier {
    pub user: String,
    pub host: String,
    pub at: Timestamp,
}

impl Journal {
    /// All that is durable now, in a journal that ends with the process. What is staged is not in
    /// it.
    ///
    /// # Errors
    /// [`JournalError`] where this one cannot be read.
    pub fn copy_to_memory(&self) -> Result<Self, JournalError> {
        self.end_staging()?;
        let mut db = Connection::open_in_memory()?;
        copy_pages(self.db(), &mut db)?;
        set_up(&mut db, None)?;
        Ok(Self::of_memory(db))
    }

    /// All that is durable now, in a file of its own, in the place of what is there. Each batch
    /// that is not over notes that a part of it may be missing.
    ///
    /// # Errors
    /// [`JournalError`] where this one cannot be read, or the other cannot be written; then nothing
    /// is there that was not there before.
    pub fn copy_to_file(&self, to: &Path, by: &Copier) -> Result<(), JournalError> {
        let row = self.row(Role::Copy, by)?;
        self.write_copy(to, &row, |db, writer| {
            for batch in loss::unfinished(db)? {
                writer.add_batch_fact(batch, by.at, &BatchFact::RolledBack { actions: 0 })?;
            }
            Ok(())
        })
    }

    /// The row of a copy of this journal, with a new token.
    pub(super) fn row(&self, role: Role, by: &Copier) -> Result<HandOver, JournalError> {
        let other = self.file().map(|file| file.display().to_string());
        Ok(HandOver {
            role,
            token: self.db().query_row("SELECT randomblob(16)", [], |row| row.get(0))?,
            other: other.unwrap_or_default(),
            by: by.user.clone(),
            host: by.host.clone(),
            at: by.at,
        })
    }

    /// Writes a copy with this row and what `note` adds, durably, and then gives it its name.
    pub(super) fn write_copy(
        &self,
        to: &Path,
        row: &HandOver,
        note: impl FnOnce(&Connection, &mut FactWriter<'_>) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        self.check_copied()?;
        self.end_staging()?;
        let to = Location::find(to)?;
        refuse_foreign_log(&to)?;
        let part = to.folder().join(format!(".mde-offboard-{}.part", hex::encode(&row.token)));
        private::make_file(&part).map_err(|source| io_error(&part, source))?;
        let written = self.write_part(&part, row, note).and_then(|()| {
            // Windows flushes only what may be written.
            let named = OpenOptions::new().write(true).open(&part);
            let named = named.and_then(|file| file.sync_all());
            let named = named.and_then(|()| std::fs::rename(&part, to.real()));
            named.and_then(|()| sync_folder(to.folder())).map_err(|e| io_error(to.real(), e))
        });
        if written.is_err() {
            // What cannot be removed is a file too many, and no reason to say anything else.
            drop(std::fs::remove_file(&part));
        }
        written
    }

    fn write_part(
        &self,
        part: &Path,
        row: &HandOver,
        note: impl FnOnce(&Connection, &mut FactWriter<'_>) -> Result<(), JournalError>,
    ) -> Result<(), JournalError> {
        let mut db = Connection::open(part)?;
        copy_pages(self.db(), &mut db)?;
        keep_statements(&db);
        // The file alone is the copy.
        db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        schema::migrate(&mut db, None)?;
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut writer = FactWriter::new(&transaction)?;
        note(&transaction, &mut writer)?;
        writer.finish()?;
        hand_over::write(&transaction, row)?;
        leave::write_whole(&transaction)?;
        transaction.commit()?;
        Ok(db.close().map_err(|(_, error)| error)?)
    }

    /// Without its log a journal is not all that there is, and a copy of one that may not send must
    /// not send either.
    fn check_copied(&self) -> Result<(), JournalError> {
        let path = || self.path().unwrap_or(Path::new("")).to_owned();
        match hand_over::read(self.db())? {
            Some(row) if row.role != Role::Copy => return Err(row.refusal(path())),
            _ => {}
        }
        match self.lost_log() {
            Some(_) => Err(JournalError::LogLost { journal: path() }),
            None => Ok(()),
        }
    }
}

/// Whether a file is a copy of this journal that no runner has opened: it can be made again.
pub fn is_unused_copy(file: &Path, journal: &Path) -> bool {
    let Ok((file, journal)) = Location::find(file).and_then(|f| Ok((f, Location::find(journal)?)))
    else {
        return false;
    };
    let row = connect_to_file_alone(&file).and_then(|db| hand_over::read(&db));
    !file.beside(Location::LOG).exists()
        && row.is_ok_and(|row| {
            row.is_some_and(|row| {
                row.role != Role::HandedOver && row.other == journal.real().display().to_string()
            })
        })
}

/// In one step: another process that writes meanwhile would make it begin again.
fn copy_pages(from: &Connection, to: &mut Connection) -> Result<(), JournalError> {
    /// All that are left.
    const PAGES: std::ffi::c_int = -1;
    match Backup::new(from, to)?.step(PAGES)? {
        StepResult::Done => Ok(()),
        _ => Err(JournalError::Busy { path: None, locker: None }),
    }
}

/// A log that lies beside the name would be taken for the copy's own.
fn refuse_foreign_log(to: &Location) -> Result<(), JournalError> {
    for ending in [Location::LOG, Location::SHARED_MEMORY, Location::CHANGE_LOG] {
        let path = to.beside(ending);
        if path.exists() {
            return Err(io_error(&path, io::ErrorKind::AlreadyExists.into()));
        }
    }
    Ok(())
}

/// So that the name survives a power cut, too.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Every batch of a journal.
pub(super) fn all_batches(db: &Connection) -> Result<Vec<BatchId>, JournalError> {
    let mut statement = db.prepare("SELECT id FROM batches ORDER BY id")?;
    let ids = statement.query_map([], |row| row.get(0).map(BatchId))?;
    Ok(ids.collect::<Result<_, _>>()?)
}
