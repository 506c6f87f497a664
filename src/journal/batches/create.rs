//! From what is staged to a batch, in one transaction.

use rusqlite::{Connection, params};

use crate::domain::{
    BatchFact, BatchId, Comment, MarkerSeed, State, Tenant, Timestamp, WhereFilter,
};
use crate::journal::facts::writer::FactWriter;
use crate::journal::facts::{counts, made_of};
use crate::journal::sql::column::to_signed;
use crate::journal::sql::connection::{LogMode, checkpoint};
use crate::journal::staging::devices;
use crate::journal::staging::rows::{self, Staging};
use crate::journal::tenant::verdicts;
use crate::journal::{Entry, Journal, JournalError, Staged};

use super::canaries;

/// What a batch is made with, beside the staged machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBatch {
    pub tenant: Tenant,
    /// Base address of the API: what `resume` goes to.
    pub api: String,
    /// The comment of machines that have none of their own.
    pub comment: Option<Comment>,
    pub sources: Vec<String>,
    /// Which of their rows were wanted (`--where`); all, where there is none.
    pub filters: Vec<WhereFilter>,
    /// The options that the batch remembers; the journal does not look into them.
    pub options: String,
    /// What its markers share. Unique in a journal.
    pub seed: MarkerSeed,
    /// Of the saved plan that it was made by, where there was one.
    pub plan_hash: Option<[u8; 32]>,
    /// How many machines go first (`--canary`); 0: none of them.
    pub canary: u32,
}

impl Journal {
    /// Makes a batch of what is staged: machines in the order of the input, numbered from 1, all
    /// queued but those that the plan leaves alone or adopts
    /// ([`keep_verdict`](Self::keep_verdict)). Nothing is staged afterwards; after an error
    /// everything still is.
    ///
    /// # Errors
    /// [`JournalError::NoComment`] where a machine would be sent without one; where the plan has no
    /// verdict on a machine; otherwise what kept it from being written.
    pub fn create_batch(&mut self, new: &NewBatch, at: Timestamp) -> Result<BatchId, JournalError> {
        let staged = self.staged(new.comment.as_ref())?;
        if staged.without_comment > 0 {
            return Err(JournalError::NoComment { machines: staged.without_comment });
        }
        if verdicts::count(self.db())? != staged.machines {
            return Err(JournalError::damaged("a staged machine has no verdict of a plan"));
        }
        let transaction = self.begin()?;
        // Before the batch's own machines are there to be found.
        let first_facts = verdicts::facts(&transaction)?;
        let batch = insert_batch(&transaction, new, &staged, at)?;
        insert_machines(&transaction, batch, &staged)?;
        let created = created(&transaction, batch, new, &staged)?;
        let mut writer = FactWriter::new(&transaction)?;
        writer.add_batch_fact(batch, at, &created)?;
        for (number, fact) in first_facts {
            writer.add(&Entry { batch, number, at, fact })?;
        }
        if new.canary > 0 {
            let chosen = canaries::choose(&transaction, batch, new.canary)?;
            writer.add_batch_fact(batch, at, &chosen)?;
        }
        writer.finish()?;
        rows::clear(&transaction)?;
        transaction.commit()?;
        let (db, staged) = self.staging();
        *staged = Staging::default();
        rows::release(db)?;
        // From the first request on the batch does not hang on the log. Where a reader is in the
        // way, it gets into the file later.
        checkpoint(self.db(), LogMode::Reused)?;
        Ok(batch)
    }
}

/// What the batch was made with, so that a change of it is found later.
fn created(
    db: &Connection,
    batch: BatchId,
    new: &NewBatch,
    staged: &Staged,
) -> Result<BatchFact, JournalError> {
    Ok(BatchFact::Created {
        machines: staged.machines,
        content: staged.content,
        filters: new.filters.clone(),
        made_of: Some(made_of::hash(db, batch)?),
        options: Some(new.options.clone()),
        plan_hash: new.plan_hash,
    })
}

fn insert_batch(
    db: &Connection,
    new: &NewBatch,
    staged: &Staged,
    at: Timestamp,
) -> Result<BatchId, JournalError> {
    db.execute(
        "INSERT INTO batches
             (created_at, tenant_id, realm, api, comment, options, seed, content, total)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            at.as_micros(),
            new.tenant.id,
            new.tenant.realm.word(),
            new.api,
            new.comment.as_ref().map(Comment::as_str),
            new.options,
            new.seed.to_string(),
            staged.content.0,
            to_signed(staged.machines),
        ],
    )?;
    let batch = BatchId(db.last_insert_rowid());
    for (position, name) in (0_u32..).zip(&new.sources) {
        let sql = "INSERT INTO sources (batch, position, name) VALUES (?1, ?2, ?3)";
        db.prepare_cached(sql)?.execute(params![batch.0, position, name])?;
    }
    for (position, filter) in (0_u32..).zip(&new.filters) {
        let sql = "INSERT INTO filters (batch, position, condition) VALUES (?1, ?2, ?3)";
        db.prepare_cached(sql)?.execute(params![batch.0, position, filter.condition])?;
    }
    Ok(batch)
}

/// Fills both tables in the order of their keys: with a million machines that is the difference
/// between appending and writing all over the file.
fn insert_machines(db: &Connection, batch: BatchId, staged: &Staged) -> Result<(), JournalError> {
    let machines = db.execute(
        "INSERT INTO machines (batch, number, machine_id, name, comment, source, line, device)
         SELECT ?1, number, machine_id, name, comment, source, line, device
         FROM temp.staged ORDER BY number",
        [batch.0],
    )?;
    devices::keep(db, batch)?;
    let places = db.execute(
        "INSERT INTO places (machine_id, batch, number)
         SELECT machine_id, ?1, number FROM temp.staged_ids ORDER BY machine_id",
        [batch.0],
    )?;
    if machines != places || machines as u64 != staged.machines {
        return Err(JournalError::damaged("what was staged is not whole"));
    }
    counts::shift(db, batch, State::Queued, to_signed(staged.machines))
}
