//! What the plan decided about each staged machine.

use rusqlite::{Connection, params};

use crate::domain::{ActionId, ActionStatus, Fact, MachineNumber, Reason, Timestamp};
use crate::journal::sql::column::{Fields, all_rows};
use crate::journal::{Journal, JournalError};

/// What is done with one machine, once there is a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlanVerdict {
    Send,
    Skip(Reason),
    /// The action of somebody else's counts as ours; it is one that the tenant's list holds.
    Adopt(ActionId),
}

impl Journal {
    /// Keeps what the plan decided about a machine, and when that was seen last.
    ///
    /// # Errors
    /// [`JournalError`] where the temporary tables cannot be written.
    pub fn keep_verdict(
        &self,
        number: MachineNumber,
        verdict: &PlanVerdict,
        last_seen: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        let (action, skip) = match verdict {
            PlanVerdict::Send => (None, None),
            PlanVerdict::Skip(reason) => (None, Some(reason.word())),
            PlanVerdict::Adopt(action) => (Some(action.as_str()), None),
        };
        let sql = "INSERT OR REPLACE INTO temp.verdicts (number, action_id, skip, last_seen)
                   VALUES (?1, ?2, ?3, ?4)";
        let last_seen = last_seen.map(Timestamp::as_micros);
        self.db().prepare_cached(sql)?.execute(params![number.0, action, skip, last_seen])?;
        Ok(())
    }
}

/// On how many staged machines the plan decided.
pub(in crate::journal) fn count(db: &Connection) -> Result<u64, JournalError> {
    let sql = "SELECT COUNT(*) FROM temp.verdicts";
    Ok(db.prepare_cached(sql)?.query_row([], |row| Fields::of(row).whole())?)
}

/// The first facts of machines that are not sent, in the order of their numbers.
pub(in crate::journal) fn facts(
    db: &Connection,
) -> Result<Vec<(MachineNumber, Fact)>, JournalError> {
    let sql = "SELECT v.number, v.skip, a.action_id, a.status, a.created_at
               FROM temp.verdicts AS v
               LEFT JOIN temp.tenant_actions AS a ON a.action_id = v.action_id
               WHERE v.skip IS NOT NULL OR v.action_id IS NOT NULL ORDER BY v.number";
    let facts = all_rows(db, sql, [], |fields| {
        let number = MachineNumber(fields.whole()?);
        let reason = fields.text_or_none(Reason::from_word)?;
        if let Some(reason) = reason {
            return Ok(vec![(number, Fact::Skipped { reason })]);
        }
        Ok(adopted(fields)?.into_iter().map(|fact| (number, fact)).collect())
    })?;
    Ok(facts.into_iter().flatten().collect())
}

fn adopted(fields: &mut Fields<'_, '_>) -> rusqlite::Result<Vec<Fact>> {
    let action = fields.text(|text| ActionId::parse(text).ok())?;
    let status = fields.text(|word| Some(ActionStatus::from_word(word)))?;
    let created_at = fields.time_or_none()?;
    let is_final = status.is_final();
    let accepted = Fact::Accepted {
        action,
        status: status.clone(),
        adopted: true,
        found: true,
        http_status: None,
        created_at,
        named_by: None,
    };
    let ended = is_final.then_some(Fact::ActionEnded { status, device_error: None });
    Ok(std::iter::once(accepted).chain(ended).collect())
}
