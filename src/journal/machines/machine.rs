//! Machines, read back one by one.

use rusqlite::{OptionalExtension, Params, params};

use crate::domain::{
    BatchId, Comment, Device, MachineId, MachineNumber, MarkerSeed, Standing, Timestamp,
};
use crate::journal::facts::standing::{self, columns};
use crate::journal::sql::column::{Fields, all_rows};
use crate::journal::{Journal, JournalError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    pub batch: BatchId,
    pub number: MachineNumber,
    pub id: MachineId,
    pub name: Option<String>,
    /// Its own comment, or the batch's.
    pub comment: Comment,
    /// The input file it stood in.
    pub source: String,
    pub line: u64,
    /// What its facts add up to.
    pub standing: Standing,
}

impl Machine {
    /// What is sent as its comment: the words and the marker.
    pub fn marked_comment(&self, seed: MarkerSeed) -> String {
        self.comment.marked(&seed.marker(self.number))
    }
}

/// A query over machines `m` (reached as `$from` says), their batches `b` and sources `s`, in the
/// columns of [`read`].
macro_rules! select_machines {
    ($rest:literal) => {
        select_machines!("machines AS m", $rest)
    };
    ($from:literal, $rest:literal) => {
        concat!(
            "SELECT m.batch, m.number, m.machine_id, m.name, COALESCE(m.comment, b.comment),
                    s.name, m.line, ",
            columns!(),
            " FROM ",
            $from,
            " CROSS JOIN batches AS b ON b.id = m.batch
              CROSS JOIN sources AS s ON s.batch = m.batch AND s.position = m.source ",
            $rest
        )
    };
}
pub(super) use select_machines;

/// Reads the columns of `select_machines!`.
pub(super) fn read(fields: &mut Fields<'_, '_>) -> rusqlite::Result<Machine> {
    Ok(Machine {
        batch: BatchId(fields.take()?),
        number: MachineNumber(fields.whole()?),
        id: MachineId::from_bytes(fields.take()?),
        name: fields.take()?,
        comment: fields.text(|text| Comment::restored(text).ok())?,
        source: fields.take()?,
        line: fields.whole()?,
        standing: standing::read(fields)?,
    })
}

/// The machines that can be sent now, in the order of the input. The index is named: by the primary
/// key alone, which looks as good to the planner, all settled machines would be read past.
const QUEUED: &str = select_machines!(
    "machines AS m INDEXED BY machines_queued",
    "WHERE m.batch = ?1 AND m.number > ?2 AND m.state = 'queued' AND m.not_before IS NULL
     ORDER BY m.number LIMIT ?3"
);

/// The machines that something is under way for. The condition is written as in its index: only
/// then `SQLite` knows that the index has them all.
const IN_PLAY: &str = select_machines!(
    "machines AS m INDEXED BY machines_in_play",
    "WHERE m.batch = ?1 AND (m.state IN ('sending', 'uncertain')
         OR (m.state = 'queued' AND m.not_before IS NOT NULL))
     ORDER BY m.number"
);

/// All places of a machine ID.
const PLACES: &str = select_machines!(
    "places AS p CROSS JOIN machines AS m ON m.batch = p.batch AND m.number = p.number",
    "WHERE p.machine_id = ?1 ORDER BY p.batch"
);

/// The machines that were accepted last, by requests of their own.
const NEWEST_PENDING: &str = "SELECT m.number, m.sent_at FROM machines AS m
     WHERE m.batch = ?1 AND m.state = 'pending' AND NOT m.adopted
     ORDER BY COALESCE(m.action_created_at, m.sent_at) DESC LIMIT ?2";

/// The creation (or else the send) of the oldest action that is still open.
const OLDEST_PENDING: &str = "SELECT COALESCE(m.action_created_at, m.sent_at)
     FROM machines AS m WHERE m.batch = ?1 AND m.state = 'pending'
     ORDER BY COALESCE(m.action_created_at, m.sent_at) LIMIT 1";

impl Journal {
    /// Machines that can be sent now, after a number, in the order of the input.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn queued(
        &self,
        id: BatchId,
        after: MachineNumber,
        most: usize,
    ) -> Result<Vec<Machine>, JournalError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.select(QUEUED, params![id.0, after.0, most])
    }

    /// Machines that are being sent, uncertain, or queued for a later instant: what a scheduler
    /// holds in memory, and reads back after a restart.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn in_play(&self, id: BatchId) -> Result<Vec<Machine>, JournalError> {
        self.select(IN_PLAY, [id.0])
    }

    /// The next machines whose action is open, after a number, in order; at most `most`.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn pending(
        &self,
        id: BatchId,
        after: MachineNumber,
        most: usize,
    ) -> Result<Vec<Machine>, JournalError> {
        let sql = select_machines!(
            "WHERE m.batch = ?1 AND m.number > ?2 AND m.state = 'pending'
             ORDER BY m.number LIMIT ?3"
        );
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.select(sql, params![id.0, after.0, most])
    }

    /// One machine by its place.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn machine(
        &self,
        id: BatchId,
        number: MachineNumber,
    ) -> Result<Option<Machine>, JournalError> {
        let sql = select_machines!("WHERE m.batch = ?1 AND m.number = ?2");
        Ok(self.select(sql, params![id.0, number.0])?.pop())
    }

    /// A machine in all batches that name it, oldest first.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn machines_of(&self, id: MachineId) -> Result<Vec<Machine>, JournalError> {
        self.select(PLACES, [id.as_bytes()])
    }

    /// Visits the machines of a batch, or of all, that have a name.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn each_name(
        &self,
        batch: Option<BatchId>,
        mut visit: impl FnMut(MachineId, &str),
    ) -> Result<(), JournalError> {
        let sql = "SELECT machine_id, name FROM machines
                   WHERE name IS NOT NULL AND (?1 IS NULL OR batch = ?1)";
        let mut statement = self.db().prepare_cached(sql)?;
        let mut rows = statement.query([batch.map(|id| id.0)])?;
        while let Some(row) = rows.next()? {
            let mut fields = Fields::of(row);
            let id = MachineId::from_bytes(fields.take()?);
            visit(id, &fields.take::<String>()?);
        }
        Ok(())
    }

    /// What the list says of a machine of a batch, apart from its name.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn device(&self, batch: BatchId, number: MachineNumber) -> Result<Device, JournalError> {
        let sql = "SELECT os_platform, onboarding_status, health_status, tags, device_group
                   FROM machine_devices WHERE batch = ?1 AND number = ?2";
        let mut statement = self.db().prepare_cached(sql)?;
        let device = statement.query_row(params![batch.0, number.0], |row| {
            let mut fields = Fields::of(row);
            Ok(Device {
                os_platform: fields.take()?,
                onboarding_status: fields.take()?,
                health_status: fields.take()?,
                tags: fields.take()?,
                group: fields.take()?,
            })
        });
        Ok(device.optional()?.unwrap_or_default())
    }

    /// Since when actions have to be listed so that all open ones of a batch are among them: the
    /// creation, by the server's clock, of the oldest one; where the server did not say, when it
    /// was sent; where it never was, when the batch was made. None: no action is open.
    ///
    /// # Errors
    /// [`JournalError`] where it cannot be read.
    pub fn oldest_pending(&self, id: BatchId) -> Result<Option<Timestamp>, JournalError> {
        let mut statement = self.db().prepare_cached(OLDEST_PENDING)?;
        let oldest =
            statement.query_row([id.0], |row| Fields::of(row).time_or_none()).optional()?;
        match oldest {
            // No time comes before all times.
            Some(None) => Ok(self.batch(id)?.map(|batch| batch.created_at)),
            Some(time) => Ok(time),
            None => Ok(None),
        }
    }

    /// The machines with an open action that were accepted last, by requests of their own, with the
    /// instants of those; at most `most`.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn newest_pending(
        &self,
        id: BatchId,
        most: usize,
    ) -> Result<Vec<(MachineNumber, Option<Timestamp>)>, JournalError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        Ok(all_rows(self.db(), NEWEST_PENDING, params![id.0, most], |fields| {
            Ok((MachineNumber(fields.whole()?), fields.time_or_none()?))
        })?)
    }

    pub(super) fn select(
        &self,
        sql: &str,
        parameters: impl Params,
    ) -> Result<Vec<Machine>, JournalError> {
        Ok(all_rows(self.db(), sql, parameters, read)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_asks_for_is_read_from_an_index() {
        let journal = Journal::in_memory().unwrap();
        for (sql, index) in [
            (QUEUED, "machines_queued"),
            (IN_PLAY, "machines_in_play"),
            (PLACES, "PRIMARY KEY"),
            (OLDEST_PENDING, "machines_pending"),
            (NEWEST_PENDING, "machines_pending"),
        ] {
            let mut statement = journal.db().prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let count = statement.parameter_count();
            let parameters = rusqlite::params_from_iter(vec![1_i64; count]);
            let rows = statement.query_map(parameters, |row| row.get::<_, String>(3)).unwrap();
            let plan: Vec<String> = rows.collect::<Result<_, _>>().unwrap();
            assert!(plan[0].starts_with("SEARCH") && plan[0].contains(index), "{plan:?}");
            assert!(!plan.iter().any(|step| step.contains("SCAN")), "{plan:?}");
            assert!(!plan.iter().any(|step| step.contains("B-TREE")), "{plan:?}");
        }
    }
}
