//! What the tenant says of a machine of a batch, days later.

use rusqlite::{OptionalExtension, params};

use crate::domain::{ActionStatus, State, Timestamp};
use crate::journal::sql::column::Fields;
use crate::journal::{Journal, JournalError, Machine};

/// A machine's record and its action, as the tenant has them now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Afterwards {
    /// When its action ended with success: the tenant's word, else the journal's.
    pub offboarded_at: Option<Timestamp>,
    /// When its action was created that has not ended.
    pub pending_since: Option<Timestamp>,
    /// Whether the inventory holds it.
    pub is_listed: bool,
    pub last_seen: Option<Timestamp>,
    /// When another, newer record of its name was seen last.
    pub namesake_seen: Option<Timestamp>,
}

/// By the name in the inventory, else by that in the list; a label is the first part of a name.
const NAMESAKE: &str = "SELECT MAX(o.last_seen) FROM temp.tenant_machines AS o
     LEFT JOIN temp.tenant_machines AS t ON t.machine_id = ?1
     WHERE o.label = COALESCE(t.label, ?3) AND o.machine_id <> ?1
       AND o.merged_into IS NULL AND o.onboarding_status = 'Onboarded'
       AND (o.name_key = COALESCE(t.name_key, ?2) OR o.name_key = o.label
            OR COALESCE(t.name_key, ?2) = COALESCE(t.label, ?3))
       AND COALESCE(o.first_seen > t.first_seen, TRUE)";

impl Journal {
    /// What the last reading of the tenant says of a machine, after
    /// [`finish_tenant`](Self::finish_tenant).
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn afterwards(&self, machine: &Machine) -> Result<Afterwards, JournalError> {
        let standing = &machine.standing;
        let mut status = standing.action_status.clone();
        let mut at = standing.settled_at;
        let mut since = standing.action_created_at.or(standing.sent_at);
        if let Some((now, created_at, updated_at)) = self.last_status(machine)? {
            status = Some(now);
            at = updated_at.or(at);
            since = created_at.or(since);
        }
        let succeeded = match &status {
            Some(status) => *status == ActionStatus::Succeeded,
            None => standing.state == State::Succeeded,
        };
        let active = status.as_ref().is_some_and(|status| !status.is_final());
        let (is_listed, last_seen) = self.last_report(machine)?;
        Ok(Afterwards {
            offboarded_at: at.filter(|_| succeeded),
            pending_since: since.filter(|_| active),
            is_listed,
            last_seen,
            namesake_seen: self.namesake_seen(machine)?,
        })
    }

    /// The status of the machine's own action, when it was created, and when that changed.
    fn last_status(&self, machine: &Machine) -> Result<Option<LastStatus>, JournalError> {
        let Some(action) = &machine.standing.action else { return Ok(None) };
        let sql = "SELECT status, created_at, updated_at FROM temp.tenant_actions
                   WHERE action_id = ?1 AND machine_id = ?2";
        let mut statement = self.db().prepare_cached(sql)?;
        let of_action = params![action.as_str(), machine.id.as_bytes()];
        let found = statement.query_row(of_action, |row| {
            let mut fields = Fields::of(row);
            let status = fields.text(|word| Some(ActionStatus::from_word(word)))?;
            Ok((status, fields.time_or_none()?, fields.time_or_none()?))
        });
        Ok(found.optional()?)
    }

    fn last_report(&self, machine: &Machine) -> Result<(bool, Option<Timestamp>), JournalError> {
        let sql = "SELECT last_seen FROM temp.tenant_machines WHERE machine_id = ?1";
        let mut statement = self.db().prepare_cached(sql)?;
        let found = statement
            .query_row([machine.id.as_bytes()], |row| Fields::of(row).time_or_none())
            .optional()?;
        Ok((found.is_some(), found.flatten()))
    }

    fn namesake_seen(&self, machine: &Machine) -> Result<Option<Timestamp>, JournalError> {
        let key = machine.name.as_deref().map(|name| name.trim().to_lowercase());
        let label = key.as_deref().and_then(|key| key.split('.').next());
        let mut statement = self.db().prepare_cached(NAMESAKE)?;
        let of_machine = params![machine.id.as_bytes(), key, label];
        Ok(statement.query_row(of_machine, |row| Fields::of(row).time_or_none())?)
    }
}

type LastStatus = (ActionStatus, Option<Timestamp>, Option<Timestamp>);
