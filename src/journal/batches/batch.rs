//! Batches, read back.

use rusqlite::{OptionalExtension, Params, Row, params};

use crate::domain::{
    BatchFact, BatchId, Comment, ContentHash, Counts, End, MarkerSeed, Realm, Tenant, Timestamp,
    WhereFilter,
};
use crate::journal::facts::content::to_batch_fact;
use crate::journal::facts::counts;
use crate::journal::facts::writer::FactWriter;
use crate::journal::sql::column::Fields;
use crate::journal::{Journal, JournalError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub id: BatchId,
    pub created_at: Timestamp,
    pub tenant: Tenant,
    /// Base address of the API when it was made, without a trailing slash; `simulator` for the
    /// embedded one, whose port changes from run to run.
    pub api: String,
    /// The comment of machines that have none of their own.
    pub comment: Option<Comment>,
    /// Names of the input files, in order.
    pub sources: Vec<String>,
    /// Which of their rows were wanted (`--where`); all, where there is none.
    pub filters: Vec<WhereFilter>,
    /// The options that it remembers, as they were given.
    pub options: String,
    /// What its markers share.
    pub seed: MarkerSeed,
    pub content: ContentHash,
    pub total: u64,
    pub counts: Counts,
    /// How its last run ended; none while one runs, after a crash, and before the first.
    pub end: Option<End>,
    /// When its last run ended; none where `end` is none.
    pub ended_at: Option<Timestamp>,
    pub last_sent_at: Option<Timestamp>,
    pub first_sent_at: Option<Timestamp>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, created_at, tenant_id, realm, api, comment, options, seed, content, total,
                    ended, ended_at, last_sent_at, first_sent_at FROM batches ",
            $rest
        )
    };
}

impl Journal {
    /// A batch, if there is one of that number.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn batch(&self, id: BatchId) -> Result<Option<Batch>, JournalError> {
        Ok(self.select_batches(select!("WHERE id = ?1"), [id.0])?.pop())
    }

    /// All batches, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn batches(&self) -> Result<Vec<Batch>, JournalError> {
        self.select_batches(select!("ORDER BY id"), [])
    }

    /// The newest batch of a tenant that is made of the same.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn batch_of_content(
        &self,
        tenant: &Tenant,
        content: &ContentHash,
    ) -> Result<Option<Batch>, JournalError> {
        let sql = select!(
            "WHERE tenant_id = ?1 AND realm = ?2 AND content = ?3 ORDER BY id DESC LIMIT 1"
        );
        Ok(self.select_batches(sql, params![tenant.id, tenant.realm.word(), content.0])?.pop())
    }

    /// Machines of a batch by state; it takes no longer for more machines.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn counts(&self, id: BatchId) -> Result<Counts, JournalError> {
        counts::of(self.db(), id)
    }

    /// Puts other options in the place of those that the batch remembers, which is a fact.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be written.
    pub fn set_options(
        &mut self,
        id: BatchId,
        options: &str,
        at: Timestamp,
    ) -> Result<(), JournalError> {
        let transaction = self.begin()?;
        let sql = "UPDATE batches SET options = ?2 WHERE id = ?1";
        if transaction.prepare_cached(sql)?.execute(params![id.0, options])? > 0 {
            let fact = BatchFact::OptionsRemembered { options: options.to_owned() };
            let mut writer = FactWriter::new(&transaction)?;
            writer.add_batch_fact(id, at, &fact)?;
            writer.finish()?;
        }
        Ok(transaction.commit()?)
    }

    fn select_batches(
        &self,
        sql: &str,
        parameters: impl Params,
    ) -> Result<Vec<Batch>, JournalError> {
        let mut statement = self.db().prepare_cached(sql)?;
        let mut rows = statement.query(parameters)?;
        let mut batches = Vec::new();
        while let Some(row) = rows.next()? {
            let mut batch = read(&mut Fields::of(row))?;
            batch.sources = self.sources(batch.id)?;
            batch.filters = self.filters(batch.id)?;
            batch.counts = self.counts(batch.id)?;
            batches.push(batch);
        }
        Ok(batches)
    }

    fn sources(&self, id: BatchId) -> Result<Vec<String>, JournalError> {
        let sql = "SELECT name FROM sources WHERE batch = ?1 ORDER BY position";
        let mut statement = self.db().prepare_cached(sql)?;
        let names = statement.query_map([id.0], |row| row.get(0))?;
        Ok(names.collect::<Result<_, _>>()?)
    }

    /// Only the fact says what they left out.
    fn filters(&self, id: BatchId) -> Result<Vec<WhereFilter>, JournalError> {
        let sql = "SELECT condition FROM filters WHERE batch = ?1 ORDER BY position";
        let mut statement = self.db().prepare_cached(sql)?;
        let condition = |row: &Row<'_>| Ok(WhereFilter { condition: row.get(0)?, left_out: None });
        let filters: Vec<_> = statement.query_map([id.0], condition)?.collect::<Result<_, _>>()?;
        if filters.is_empty() {
            return Ok(filters);
        }
        let sql = "SELECT content FROM facts
                   WHERE batch = ?1 AND number IS NULL AND kind = 'created' ORDER BY id LIMIT 1";
        let mut statement = self.db().prepare_cached(sql)?;
        let created: Option<String> = statement.query_row([id.0], |row| row.get(0)).optional()?;
        match created.and_then(|content| to_batch_fact("created", &content)) {
            Some(BatchFact::Created { filters: counted, .. }) if counted.len() == filters.len() => {
                Ok(counted)
            }
            _ => Ok(filters),
        }
    }
}

/// Reads the columns of `select!`; sources, filters and counts have tables of their own.
fn read(fields: &mut Fields<'_, '_>) -> rusqlite::Result<Batch> {
    Ok(Batch {
        id: BatchId(fields.take()?),
        created_at: fields.time()?,
        tenant: Tenant { id: fields.take()?, realm: fields.text(Realm::from_word)? },
        api: fields.take()?,
        comment: fields.text_or_none(|text| Comment::restored(text).ok())?,
        options: fields.take()?,
        seed: fields.text(MarkerSeed::parse)?,
        content: ContentHash(fields.take()?),
        total: fields.whole()?,
        end: fields.text_or_none(End::from_word)?,
        ended_at: fields.time_or_none()?,
        last_sent_at: fields.time_or_none()?,
        first_sent_at: fields.time_or_none()?,
        sources: Vec::new(),
        filters: Vec::new(),
        counts: Counts::default(),
    })
}
