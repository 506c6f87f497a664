//! The tenant's Offboard actions of lately, by anyone.

use rusqlite::params;

use crate::domain::{Action, ActionId, ActionStatus, Timestamp};
use crate::journal::{Journal, JournalError};

/// An Offboard action of a machine, by anyone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffboardAction {
    pub id: ActionId,
    pub status: ActionStatus,
    /// By the server's clock.
    pub created_at: Option<Timestamp>,
    /// When its status last changed, by the server's clock: of one that ended, its end.
    pub updated_at: Option<Timestamp>,
    pub comment: Option<String>,
}

/// Which of a machine's actions says most: an active one, then one that succeeded, then the rest.
pub(super) const fn rank(status: &ActionStatus) -> u8 {
    match status {
        ActionStatus::Succeeded => 1,
        status if status.is_final() => 2,
        _ => 0,
    }
}

impl Journal {
    /// Forgets the actions: their list is read once more.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be written.
    pub fn clear_tenant_actions(&mut self) -> Result<(), JournalError> {
        self.end_staging()?;
        Ok(self.db().execute_batch("DELETE FROM temp.tenant_actions")?)
    }

    /// Keeps a page of actions; those that name no machine are left out. How many were kept before.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be written.
    pub fn keep_actions(&mut self, page: &[Action]) -> Result<u64, JournalError> {
        self.end_staging()?;
        let transaction = self.db().unchecked_transaction()?;
        let mut repeated = 0;
        for action in page {
            let Some(machine) = action.machine else { continue };
            let sql = "SELECT 1 FROM temp.tenant_actions WHERE action_id = ?1";
            repeated += u64::from(transaction.prepare_cached(sql)?.exists([action.id.as_str()])?);
            let sql = "INSERT OR REPLACE INTO temp.tenant_actions (action_id, machine_id, status,
                           rank, created_at, updated_at, comment)
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            transaction.prepare_cached(sql)?.execute(params![
                action.id.as_str(),
                machine.as_bytes(),
                action.status.word(),
                rank(&action.status),
                action.created_at.map(Timestamp::as_micros),
                action.updated_at.map(Timestamp::as_micros),
                action.comment,
            ])?;
        }
        transaction.commit()?;
        Ok(repeated)
    }
}
