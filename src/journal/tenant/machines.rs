//! The tenant's machines: pages go in, counts and records come out.

use rusqlite::{CachedStatement, Connection, OptionalExtension, params};

use crate::domain::{InventoryMachine, MachineId, Timestamp};
use crate::journal::sql::column::Fields;
use crate::journal::staging::tenant_tables::INDEXES;
use crate::journal::{Journal, JournalError};

/// How many machines a whole reading of the inventory found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct InventoryCounts {
    pub machines: u64,
    /// `onboardingStatus` is `Onboarded`, and the record is not merged into another.
    pub onboarded: u64,
}

/// Between the tags of one machine: what comes from the server has no line breaks left.
const BETWEEN_TAGS: &str = "\n";

impl Journal {
    /// Forgets what the tenant said before. From here on the temporary tables take 3 MiB of memory
    /// at most: a page of the inventory takes some ten while it is read.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be written.
    pub fn clear_tenant(&mut self) -> Result<(), JournalError> {
        self.end_staging()?;
        let sql = "DROP INDEX IF EXISTS temp.tenant_labels;
                   DROP INDEX IF EXISTS temp.tenant_actions_of;
                   DELETE FROM temp.tenant_machines; DELETE FROM temp.tenant_actions;
                   PRAGMA temp.cache_size = -3072;";
        Ok(self.db().execute_batch(sql)?)
    }

    /// Keeps a page of machines that the given reading brought, counted from 1; the newest record
    /// of a machine counts. How many of them the same reading had brought before.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be written.
    pub fn keep_machines(
        &mut self,
        page: &[InventoryMachine],
        reading: u32,
    ) -> Result<u64, JournalError> {
        self.end_staging()?;
        let transaction = self.db().unchecked_transaction()?;
        let mut keeper = Keeper::new(&transaction, reading)?;
        // In their order the index on IDs is filled from one end to the other, and of two records
        // of one machine the later one stays the later one.
        let mut sorted: Vec<&InventoryMachine> = page.iter().collect();
        sorted.sort_by_key(|machine| machine.id);
        let mut repeated = 0;
        for machine in sorted {
            repeated += u64::from(keeper.keep(machine)?);
        }
        drop(keeper);
        transaction.commit()?;
        Ok(repeated)
    }

    /// All pages are in: makes the tables ready to be compared, and counts.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be used.
    pub fn finish_tenant(&mut self) -> Result<InventoryCounts, JournalError> {
        self.end_staging()?;
        self.db().execute_batch(INDEXES)?;
        let sql = "SELECT COUNT(*), COUNT(*) FILTER
                       (WHERE onboarding_status = 'Onboarded' AND merged_into IS NULL)
                   FROM temp.tenant_machines";
        let mut statement = self.db().prepare_cached(sql)?;
        Ok(statement.query_row([], |row| {
            let mut fields = Fields::of(row);
            Ok(InventoryCounts { machines: fields.whole()?, onboarded: fields.whole()? })
        })?)
    }

    /// What the last reading said of a machine.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be read.
    pub fn tenant_machine(&self, id: MachineId) -> Result<Option<InventoryMachine>, JournalError> {
        let sql = concat!(
            "SELECT t.machine_id, ",
            "t.name, t.os_platform, t.os_version, t.onboarding_status, t.health_status, ",
            "t.first_seen, t.last_seen, t.merged_into, t.tags, t.device_group, t.managed_by, ",
            "t.is_excluded FROM temp.tenant_machines AS t WHERE machine_id = ?1"
        );
        let mut statement = self.db().prepare_cached(sql)?;
        let found = statement.query_row([id.as_bytes()], |row| record(&mut Fields::of(row)));
        Ok(found.optional()?.flatten())
    }
}

/// A row of `tenant_machines`, with what is done where its machine has one.
macro_rules! insert {
    ($or:literal) => {
        concat!(
            "INSERT OR ",
            $or,
            " INTO temp.tenant_machines (machine_id, reading, name, name_key,
                  label, os_platform, os_version, onboarding_status, health_status, first_seen,
                  last_seen, merged_into, tags, device_group, managed_by, is_excluded)
              VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
        )
    };
}

/// Keeps the machines of one page.
struct Keeper<'a> {
    reading: u32,
    /// All that a machine costs that was not seen before.
    insert: CachedStatement<'a>,
    is_repeated: CachedStatement<'a>,
    replace: CachedStatement<'a>,
}

impl<'a> Keeper<'a> {
    fn new(db: &'a Connection, reading: u32) -> Result<Self, JournalError> {
        let sql = "SELECT 1 FROM temp.tenant_machines WHERE machine_id = ?1 AND reading = ?2";
        Ok(Self {
            reading,
            insert: db.prepare_cached(insert!("IGNORE"))?,
            is_repeated: db.prepare_cached(sql)?,
            replace: db.prepare_cached(insert!("REPLACE"))?,
        })
    }

    /// Whether the same reading had brought it before.
    fn keep(&mut self, machine: &InventoryMachine) -> Result<bool, JournalError> {
        let id = machine.id.as_bytes();
        let key = machine.name.as_deref().map(|name| name.trim().to_lowercase());
        let label = key.as_deref().and_then(|key| key.split('.').next());
        let tags = (!machine.tags.is_empty()).then(|| machine.tags.join(BETWEEN_TAGS));
        let row = params![
            id,
            self.reading,
            machine.name,
            key,
            label,
            machine.os_platform,
            machine.os_version,
            machine.onboarding_status,
            machine.health_status,
            machine.first_seen.map(Timestamp::as_micros),
            machine.last_seen.map(Timestamp::as_micros),
            machine.merged_into.as_ref().map(MachineId::as_bytes),
            tags,
            machine.group,
            machine.managed_by,
            machine.is_excluded,
        ];
        if self.insert.execute(row)? == 1 {
            return Ok(false);
        }
        let repeated = self.is_repeated.exists(params![id, self.reading])?;
        self.replace.execute(row)?;
        Ok(repeated)
    }
}

/// A record, from thirteen columns that begin with its ID; none where a join found none.
pub(super) fn record(fields: &mut Fields<'_, '_>) -> rusqlite::Result<Option<InventoryMachine>> {
    let id: Option<[u8; 20]> = fields.take()?;
    let (name, os_platform, os_version) = (fields.take()?, fields.take()?, fields.take()?);
    let (onboarding_status, health_status) = (fields.take()?, fields.take()?);
    let (first_seen, last_seen) = (fields.time_or_none()?, fields.time_or_none()?);
    let merged_into: Option<[u8; 20]> = fields.take()?;
    let tags: Option<String> = fields.take()?;
    let (group, managed_by) = (fields.take()?, fields.take()?);
    let is_excluded: Option<bool> = fields.take()?;
    let tags = tags.iter().flat_map(|tags| tags.split(BETWEEN_TAGS)).map(str::to_owned).collect();
    Ok(id.map(|id| InventoryMachine {
        id: MachineId::from_bytes(id),
        name,
        os_platform,
        os_version,
        onboarding_status,
        health_status,
        first_seen,
        last_seen,
        merged_into: merged_into.map(MachineId::from_bytes),
        tags,
        group,
        managed_by,
        is_excluded: is_excluded.unwrap_or_default(),
    }))
}
