//! A journal goes on in a copy: at no time may both send, and one always can.
//!
//! Three steps, each durable before the next: the copy is written, and may not send yet; the
//! original says that it sends nothing any more; the copy is told that it may. A process that dies
//! in between leaves the original as the one that sends, before the second step, and the copy from
//! then on: the third step can be done again by anyone who sees both files.
//!
//! Called by `cli`, and by tests that end between two steps. Deliberately absent:
//! whether a copy may be put there, and who asks whether a journal may send (`may_send`).

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::domain::BatchFact;
use crate::journal::facts::writer::FactWriter;
use crate::journal::file::Location;
use crate::journal::hand_over::{self, HandOver, Role};
use crate::journal::sql::connection::{LogMode, checkpoint};
use crate::journal::{Copier, Journal, JournalError};

use super::copy::all_batches;
use super::may_send::allow;

/// A copy that is written, and may not send yet.
#[derive(Debug)]
pub struct PendingCopy {
    path: PathBuf,
    row: HandOver,
    fact: BatchFact,
}

impl Journal {
    /// Hands over to a copy in a file: from then on the copy sends, and this journal never does.
    ///
    /// # Errors
    /// [`JournalError`] where one of the files cannot be written. Which of the two sends then is
    /// said by what each answers.
    pub fn hand_over(&mut self, to: &Path, by: &Copier) -> Result<(), JournalError> {
        let pending = self.write_pending_copy(to, by)?;
        self.stop_sending_for(&pending)?;
        pending.allow()
    }

    /// The first step: a whole copy, which refuses to send.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written; this journal sends as before.
    pub fn write_pending_copy(
        &mut self,
        to: &Path,
        by: &Copier,
    ) -> Result<PendingCopy, JournalError> {
        self.check_writable()?;
        let row = self.row(Role::Pending, by)?;
        let path = Location::find(to)?.real().to_owned();
        let (user, host) = (by.user.clone(), by.host.clone());
        let fact = BatchFact::HandedOver { to: path.display().to_string(), user, host };
        self.write_copy(to, &row, |db, writer| note(db, writer, &row, &fact))?;
        Ok(PendingCopy { path, row, fact })
    }

    /// The second step: this journal sends nothing from now on. The same facts as in the copy say
    /// so, so that both have one chain.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written; it sends as before, and the copy does not.
    pub fn stop_sending_for(&mut self, pending: &PendingCopy) -> Result<(), JournalError> {
        let PendingCopy { path, row, fact } = pending;
        // It must not be in the log alone. Who reads may be in the way: told before it is too late.
        self.check_emptied()?;
        let transaction = self.begin()?;
        let mut writer = FactWriter::new(&transaction)?;
        note(&transaction, &mut writer, row, fact)?;
        writer.finish()?;
        let other = path.display().to_string();
        hand_over::write(&transaction, &HandOver { role: Role::HandedOver, other, ..row.clone() })?;
        transaction.commit()?;
        checkpoint(self.db(), LogMode::Emptied)?;
        Ok(())
    }

    fn check_emptied(&self) -> Result<(), JournalError> {
        if checkpoint(self.db(), LogMode::Emptied)? {
            return Ok(());
        }
        Err(JournalError::Busy { path: self.path().map(Path::to_owned), locker: None })
    }
}

impl PendingCopy {
    /// The third step: the copy may send.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written: neither sends, until this was done again.
    pub fn allow(self) -> Result<(), JournalError> {
        allow(&self.path)
    }
}

fn note(
    db: &Connection,
    writer: &mut FactWriter<'_>,
    row: &HandOver,
    fact: &BatchFact,
) -> Result<(), JournalError> {
    all_batches(db)?.into_iter().try_for_each(|batch| writer.add_batch_fact(batch, row.at, fact))
}
