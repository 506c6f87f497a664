//! Reads outside of a batch's run: each takes its slot in the journal, where all processes see it.
//!
//! A runner numbers its calls in memory, so a plan beside it numbers its own from -1 downward. What
//! shares the windows between the two is the engine's.

use rusqlite::params;

use crate::domain::{Call, CallId, History, LimitGroup, Timestamp};
use crate::journal::{Journal, JournalError};

use super::changes::Changes;
use super::ledger;

/// Who makes reads by the same journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Company {
    /// Nobody who would not see these.
    Alone,
    /// A runner, which reads by a count of its own.
    BesideRunner,
}

impl Journal {
    /// What counts against a further read: all that was left of these groups, but beside a runner
    /// only the calls of plans. Of each group the last `most`.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn reads(
        &self,
        most: u32,
        groups: &[LimitGroup],
    ) -> Result<(Company, History), JournalError> {
        let mut history = self.history_of(most, groups, self.quota())?;
        if !self.is_beside_runner() {
            return Ok((Company::Alone, history));
        }
        history.calls.retain(|call| call.id.0 < 0);
        Ok((Company::BesideRunner, history))
    }

    /// Notes what became of earlier reads and as many reads that are about to go out as `admits`
    /// then says: all in one transaction, so that no two processes take the same slot.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written; what `admits` says.
    pub fn take_reads<E: From<JournalError>>(
        &mut self,
        at: Timestamp,
        earlier: &Changes,
        admits: impl FnOnce(&Self) -> Result<usize, E>,
    ) -> Result<Vec<CallId>, E> {
        let transaction = self.begin_calls()?;
        ledger::write(&transaction, self.quota(), earlier)?;
        let (CallId(first), step) =
            if self.is_planner() { (self.next_plan_call()?, -1) } else { (self.next_call()?, 1) };
        let numbers = (0..).take(admits(self)?);
        let ids: Vec<CallId> = numbers.map(|number| CallId(first + number * step)).collect();
        let group = LimitGroup::Reads;
        let call = |id: &CallId| Call { id: *id, group, sent_at: at, receipt: None };
        let changes = Changes { calls: ids.iter().map(call).collect(), ..Changes::default() };
        ledger::write(&transaction, self.quota(), &changes)?;
        transaction.commit().map_err(JournalError::from)?;
        self.mark_written()?;
        Ok(ids)
    }

    /// Notes what became of reads: receipts, pauses.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written.
    pub fn note_reads(&mut self, changes: &Changes) -> Result<(), JournalError> {
        let transaction = self.begin_calls()?;
        ledger::write(&transaction, self.quota(), changes)?;
        transaction.commit()?;
        self.mark_written()
    }

    /// Whether a read that began after one instant was answered until another, as far as calls are
    /// kept.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn has_read_in(&self, after: Timestamp, until: Timestamp) -> Result<bool, JournalError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM calls WHERE limit_group = ?1
                       AND sent_at > ?2 AND receipt_at <= ?3)";
        let row = params![LimitGroup::Reads.word(), after.as_micros(), until.as_micros()];
        Ok(self.db().prepare_cached(sql)?.query_row(row, |row| row.get(0))?)
    }

    /// The options of the batch that the runner works on, or may begin with: of each that is not
    /// over, where it has not said which.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn options_at_work(&self) -> Result<Vec<String>, JournalError> {
        let at = self.runner()?.and_then(|view| view.heartbeat).map(|beat| beat.batch);
        if let Some(id) = at {
            return Ok(self.batch(id)?.map(|batch| batch.options).into_iter().collect());
        }
        let open = self.batches()?.into_iter().filter(|it| it.counts.settled() < it.total);
        Ok(open.map(|batch| batch.options).collect())
    }

    fn next_plan_call(&self) -> Result<CallId, JournalError> {
        let sql = "SELECT MIN(COALESCE(MIN(id), 0), 0) - 1 FROM calls";
        Ok(self.db().prepare_cached(sql)?.query_row([], |row| row.get(0).map(CallId))?)
    }
}
