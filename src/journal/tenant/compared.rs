//! What is staged, each machine beside what tenant and journal know of it.

use rusqlite::params;

use crate::domain::{
    ActionId, ActionStatus, Comment, Device, MachineId, MachineNumber, Reason, Tenant, Timestamp,
};
use crate::guard::{KnownMachine, Offboarding};
use crate::journal::sql::column::{Fields, all_rows, to_signed};
use crate::journal::{Journal, JournalError};

use super::actions::OffboardAction;
use super::machines::record;
use super::namesake::newer_namesake;

/// A staged machine, and all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedMachine {
    pub number: MachineNumber,
    pub id: MachineId,
    /// Its own comment; without one the batch's counts.
    pub comment: Option<Comment>,
    pub source: u16,
    pub line: u64,
    /// Why its list alone keeps it from being sent.
    pub skip: Option<Reason>,
    /// Not protected, as far as this knows.
    pub known: KnownMachine,
    /// The Offboard action that says most of it: an active one, else the newest that succeeded.
    pub action: Option<OffboardAction>,
    /// The newer machine that has its name.
    pub namesake: Option<Namesake>,
}

/// Another machine of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Namesake {
    pub id: MachineId,
    pub first_seen: Option<Timestamp>,
}

/// An earlier batch of the same tenant, at every address, with the machine in some state.
macro_rules! earlier {
    ($what:literal, $states:literal) => {
        concat!(
            "(SELECT ",
            $what,
            " FROM places AS p
               CROSS JOIN machines AS m ON m.batch = p.batch AND m.number = p.number
               CROSS JOIN batches AS b ON b.id = p.batch
             WHERE p.machine_id = s.machine_id AND b.tenant_id = ?1 AND b.realm = ?2
               AND m.state IN (",
            $states,
            "))"
        )
    };
}

const SELECT: &str = concat!(
    "SELECT s.number, s.machine_id, s.comment, r.source, r.line, s.skip, r.name,
            NULLIF(d.os_platform, ''), NULLIF(d.onboarding_status, ''),
            NULLIF(d.health_status, ''), NULLIF(d.tags, ''), NULLIF(d.device_group, ''),
            a.action_id, a.status, a.created_at, a.updated_at, a.comment,
            n.machine_id, n.first_seen, ",
    earlier!("COUNT(*) > 0", "'queued', 'sending', 'uncertain', 'held', 'pending'"),
    ", ",
    earlier!("MAX(m.settled_at)", "'succeeded'"),
    ", t.machine_id, t.name, t.os_platform, t.os_version, t.onboarding_status, t.health_status,
            t.first_seen, t.last_seen, t.merged_into, t.tags, t.device_group, t.managed_by,
            t.is_excluded
     FROM temp.staged_ids AS s
     CROSS JOIN temp.staged AS r ON r.number = s.number
     LEFT JOIN temp.staged_devices AS d ON d.number = r.device
     LEFT JOIN temp.tenant_machines AS t ON t.machine_id = s.machine_id
     LEFT JOIN temp.tenant_actions AS a ON a.action_id =
         (SELECT action_id FROM temp.tenant_actions WHERE machine_id = s.machine_id
          ORDER BY rank, COALESCE(updated_at, created_at) DESC LIMIT 1)
     LEFT JOIN temp.tenant_machines AS n ON n.machine_id = ",
    newer_namesake!(),
    " ORDER BY s.number"
);

impl Journal {
    /// The first staged machines by ID that the tenant's inventory does not hold, at most this
    /// many.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn unknown_machines(&self, most: usize) -> Result<Vec<MachineId>, JournalError> {
        self.end_staging()?;
        let sql = "SELECT machine_id FROM temp.staged_ids AS s WHERE NOT EXISTS
                       (SELECT 1 FROM temp.tenant_machines WHERE machine_id = s.machine_id)
                   ORDER BY s.machine_id LIMIT ?1";
        let most = to_signed(most as u64);
        Ok(all_rows(self.db(), sql, [most], |fields| fields.take().map(MachineId::from_bytes))?)
    }

    /// Visits each staged machine, in the order of the input, after
    /// [`finish_tenant`](Self::finish_tenant).
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read; the visitor's own.
    pub fn each_compared<E: From<JournalError>>(
        &self,
        tenant: &Tenant,
        mut visit: impl FnMut(ComparedMachine) -> Result<(), E>,
    ) -> Result<(), E> {
        self.end_staging()?;
        // What the visitor keeps goes into one transaction of the temporary tables.
        let transaction = self.db().unchecked_transaction().map_err(JournalError::from)?;
        let mut statement = self.db().prepare_cached(SELECT).map_err(JournalError::from)?;
        let of_tenant = params![tenant.id, tenant.realm.word()];
        let mut rows = statement.query(of_tenant).map_err(JournalError::from)?;
        while let Some(row) = rows.next().map_err(JournalError::from)? {
            visit(read(&mut Fields::of(row)).map_err(JournalError::from)?)?;
        }
        drop(rows);
        Ok(transaction.commit().map_err(JournalError::from)?)
    }
}

fn read(fields: &mut Fields<'_, '_>) -> rusqlite::Result<ComparedMachine> {
    let number = MachineNumber(fields.whole()?);
    let id = MachineId::from_bytes(fields.take()?);
    let comment = fields.text_or_none(|text| Comment::parse(text).ok())?;
    let (source, line) = (fields.whole()?, fields.whole()?);
    let skip = fields.text_or_none(Reason::from_word)?;
    let name: Option<String> = fields.take()?;
    let listed = Device {
        os_platform: fields.take()?,
        onboarding_status: fields.take()?,
        health_status: fields.take()?,
        tags: fields.take()?,
        group: fields.take()?,
    };
    let action = action(fields)?;
    let namesake: Option<[u8; 20]> = fields.take()?;
    let first_seen = fields.time_or_none()?;
    let in_other_batch = fields.take()?;
    let succeeded_at = fields.time_or_none()?;
    let record = record(fields)?;
    let succeeded = |action: &&OffboardAction| action.status == ActionStatus::Succeeded;
    let ended_at = action.as_ref().filter(succeeded);
    let ended_at = ended_at.and_then(|action| action.updated_at.or(action.created_at));
    let offboarding = match (&action, ended_at.or(succeeded_at)) {
        (Some(action), _) if !action.status.is_final() => Offboarding::Active,
        (_, Some(ended)) => Offboarding::Ended(ended),
        (_, None) => Offboarding::None,
    };
    Ok(ComparedMachine {
        number,
        id,
        comment,
        source,
        line,
        skip,
        known: KnownMachine {
            listed,
            name,
            record,
            offboarding,
            in_other_batch,
            is_protected: false,
            has_newer_namesake: namesake.is_some(),
        },
        action,
        namesake: namesake.map(|id| Namesake { id: MachineId::from_bytes(id), first_seen }),
    })
}

fn action(fields: &mut Fields<'_, '_>) -> rusqlite::Result<Option<OffboardAction>> {
    let id = fields.text_or_none(|text| ActionId::parse(text).ok())?;
    let status = fields.text_or_none(|word| Some(ActionStatus::from_word(word)))?;
    let (created_at, updated_at) = (fields.time_or_none()?, fields.time_or_none()?);
    let comment = fields.take()?;
    Ok(id.zip(status).map(|(id, status)| OffboardAction {
        id,
        status,
        created_at,
        updated_at,
        comment,
    }))
}
