//! Staging: rows of the input are taken in, one by one, until they become a batch.

use crate::domain::{Comment, MachineId, Reason, RowTime};
use crate::journal::staging::repeats;
use crate::journal::staging::rows::{self, Staging};
use crate::journal::{Journal, JournalError, NewMachine, NewName, Stage, Staged, StagedRow};

impl Journal {
    /// Adds one row of the input to what is staged.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written; no batch can be made of the rest then.
    pub fn stage(&mut self, machine: &NewMachine) -> Result<Stage, JournalError> {
        self.check_stages()?;
        let (db, staging) = self.staging();
        staging.add(db, machine)
    }

    /// Adds one row whose machine is known by its name alone. It is no machine yet:
    /// [`resolve_names`](Self::resolve_names) finds out which it is.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written; no batch can be made of the rest then.
    pub fn stage_name(&mut self, row: &NewName) -> Result<(), JournalError> {
        self.check_stages()?;
        let (db, staging) = self.staging();
        staging.add_name(db, row)
    }

    /// What is staged, if `comment` becomes the batch's.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn staged(&mut self, comment: Option<&Comment>) -> Result<Staged, JournalError> {
        let (db, staging) = self.staging();
        staging.summary(db, comment)
    }

    /// Notes a row that is not wanted: it may be newer than one of the same machine that is.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be written; no batch can be made of the rest then.
    pub fn stage_unwanted(
        &mut self,
        id: MachineId,
        place: (u16, u64),
        at: Option<RowTime>,
    ) -> Result<(), JournalError> {
        self.check_stages()?;
        let (db, staging) = self.staging();
        staging.note_unwanted(db, id, place, at)
    }

    /// The first staged machine that is to be left out for a reason.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn first_staged(&self, reason: Reason) -> Result<Option<StagedRow>, JournalError> {
        repeats::first_staged(self.db(), reason)
    }

    /// Forgets what is staged.
    ///
    /// # Errors
    /// [`JournalError`] where that fails.
    pub fn discard_staged(&mut self) -> Result<(), JournalError> {
        self.end_staging()?;
        let (db, staging) = self.staging();
        rows::clear(db)?;
        *staging = Staging::default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{Device, MachineNumber, MarkerSeed, Realm, Tenant, Timestamp};
    use crate::journal::{NewBatch, PlanVerdict};

    use super::*;

    #[test]
    fn nothing_of_what_was_staged_is_left_in_memory_once_it_is_a_batch() {
        let mut journal = Journal::in_memory().unwrap();
        let pages = |journal: &Journal| -> i64 {
            journal.db().pragma_query_value(Some("temp"), "page_count", |row| row.get(0)).unwrap()
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
                canary: 0,
                plan_hash: None,
            };
            for number in 1..=1_000 {
                let number = MachineNumber(number);
                journal.keep_verdict(number, &PlanVerdict::Send, None).unwrap();
            }
            journal.create_batch(&new, Timestamp::from_micros(0)).unwrap();
            assert_eq!(pages(&journal), before);
        }
    }
}
