//! What the inventory says of one machine of a batch.

use rusqlite::OptionalExtension;

use crate::domain::{InventoryMachine, MachineId};
use crate::journal::sql::column::Fields;
use crate::journal::{Journal, JournalError};

use super::namesake::newer_namesake;

/// A machine as the newest readings of the inventory have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenAgain {
    pub record: InventoryMachine,
    /// Whether a newer machine of the tenant has its name.
    pub has_newer_namesake: bool,
}

impl Journal {
    /// What the temporary tables have of a machine; none where no reading held it.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn seen_again(&self, id: MachineId) -> Result<Option<SeenAgain>, JournalError> {
        let Some(record) = self.tenant_machine(id)? else { return Ok(None) };
        let sql = concat!(
            "SELECT 1 FROM temp.tenant_machines AS t WHERE t.machine_id = ?1 AND ",
            newer_namesake!(),
            " IS NOT NULL"
        );
        let mut statement = self.db().prepare_cached(sql)?;
        let found = statement.query_row([id.as_bytes()], |_| Ok(())).optional()?;
        Ok(Some(SeenAgain { record, has_newer_namesake: found.is_some() }))
    }

    /// The number of the next reading of the inventory.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be read.
    pub fn next_reading(&self) -> Result<u32, JournalError> {
        self.end_staging()?;
        let sql = "SELECT COALESCE(MAX(reading), 0) + 1 FROM temp.tenant_machines";
        Ok(self.db().query_row(sql, [], |row| Fields::of(row).whole())?)
    }
}
