//! Whose action an action of Defender's is, as far as the journal knows.

use rusqlite::{OptionalExtension, params};

use crate::domain::{ActionId, ActionStatus, BatchId, MachineId, MachineNumber};
use crate::journal::{Journal, JournalError};

/// The machine for which the journal has an action: the last one, where several had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionOwner {
    pub batch: BatchId,
    pub number: MachineNumber,
    pub machine: MachineId,
    /// Whether it is the machine's action of today, and its own request made it: then it must come
    /// back with the machine's marker.
    pub is_own: bool,
    /// Whether the machine is pending with this action, and the status would change it.
    pub has_news: bool,
}

impl Journal {
    /// Who has an action; none: the journal does not know it. `status` is its present one: of
    /// the thousands of actions in a list few have changed.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn owner_of(
        &self,
        action: &ActionId,
        status: &ActionStatus,
    ) -> Result<Option<ActionOwner>, JournalError> {
        let sql = "SELECT a.batch, a.number, m.machine_id,
                       m.action_id IS a.action_id AND NOT m.adopted,
                       m.state = 'pending' AND m.action_id IS a.action_id
                           AND m.action_status IS NOT ?2
                   FROM actions AS a JOIN machines AS m USING (batch, number)
                   WHERE a.action_id = ?1";
        let row = [action.as_str(), status.word()];
        let owner = self.db().prepare_cached(sql)?.query_row(row, |row| {
            Ok(ActionOwner {
                batch: BatchId(row.get(0)?),
                number: MachineNumber(row.get(1)?),
                machine: MachineId::from_bytes(row.get(2)?),
                is_own: row.get(3)?,
                has_news: row.get(4)?,
            })
        });
        Ok(owner.optional()?)
    }

    /// The place of a machine in a batch; none: it is not in it.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn place_in(
        &self,
        batch: BatchId,
        machine: MachineId,
    ) -> Result<Option<MachineNumber>, JournalError> {
        let sql = "SELECT number FROM places WHERE machine_id = ?1 AND batch = ?2";
        let mut statement = self.db().prepare_cached(sql)?;
        let number = statement
            .query_row(params![machine.as_bytes(), batch.0], |row| row.get(0).map(MachineNumber));
        Ok(number.optional()?)
    }
}
