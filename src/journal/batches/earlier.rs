//! What earlier batches say about the machines that are staged.

use rusqlite::{Connection, params};

use crate::domain::{MachineNumber, Reason, Tenant};
use crate::journal::staging::rows;
use crate::journal::{Journal, JournalError};

/// What earlier batches of the same tenant say about the staged machines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EarlierCounts {
    /// Nothing that would keep them from being sent.
    pub to_send: u64,
    /// Another batch holds them, or their action there may still be running.
    pub in_other_batch: u64,
    pub already_succeeded: u64,
}

impl Journal {
    /// Compares what is staged with the other batches of the same tenant, at every address.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn judge(&self, tenant: &Tenant) -> Result<EarlierCounts, JournalError> {
        self.end_staging()?;
        let to_send = rows::to_send(self.db())?;
        let mut judged = EarlierCounts { to_send, ..EarlierCounts::default() };
        each_known(self.db(), tenant, |_, reason| {
            judged.to_send -= 1;
            match reason {
                Reason::InOtherBatch => judged.in_other_batch += 1,
                _ => judged.already_succeeded += 1,
            }
            Ok(())
        })?;
        Ok(judged)
    }
}

/// Visits each staged machine that is not to be skipped anyway and that another batch of the tenant
/// keeps from being sent: by a place that is not settled, or else by a success.
pub(super) fn each_known(
    db: &Connection,
    tenant: &Tenant,
    mut visit: impl FnMut(MachineNumber, Reason) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    // The planner may not change the order of the joins: both ends are read by their keys.
    let sql = "SELECT s.number, MIN(m.state = 'succeeded')
               FROM temp.staged_ids AS s
               CROSS JOIN places AS p ON p.machine_id = s.machine_id
               CROSS JOIN machines AS m ON m.batch = p.batch AND m.number = p.number
               CROSS JOIN batches AS b ON b.id = p.batch
               WHERE s.skip IS NULL AND b.tenant_id = ?1 AND b.realm = ?2
                 AND m.state IN
                     ('queued', 'sending', 'uncertain', 'held', 'pending', 'succeeded')
               GROUP BY s.machine_id";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.id, tenant.realm.word()])?;
    while let Some(row) = rows.next()? {
        let succeeded: bool = row.get(1)?;
        let reason = if succeeded { Reason::AlreadySucceeded } else { Reason::InOtherBatch };
        visit(MachineNumber(row.get(0)?), reason)?;
    }
    Ok(())
}
