//! Machines of a batch in bulk: streamed for reports, counted for the table of errors.

use std::collections::HashSet;

use rusqlite::params;

use crate::domain::{BatchId, MachineId, Reason, State};
use crate::journal::facts::standing::columns;
use crate::journal::sql::column::{Fields, all_rows};
use crate::journal::{Journal, JournalError};

use super::machine::{self, Machine, select_machines};

/// Which machines of a batch; the default is all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only in these states; empty: in any.
    pub states: Vec<State>,
    pub machines: Option<HashSet<MachineId>>,
    /// Only those whose last trouble had this code.
    pub code: Option<String>,
}

impl Filter {
    fn admits(&self, machine: &Machine) -> bool {
        let standing = &machine.standing;
        let code = standing.error().map_or("", |detail| detail.code());
        (self.states.is_empty() || self.states.contains(&standing.state))
            && self.machines.as_ref().is_none_or(|machines| machines.contains(&machine.id))
            && self.code.as_ref().is_none_or(|wanted| wanted == code)
    }
}

/// How many machines in one state have one error code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeCount {
    /// The code; empty where there was none.
    pub code: String,
    pub state: State,
    pub machines: u64,
    /// What was said to the first of them, as an example.
    pub message: String,
}

impl Journal {
    /// Visits machines of a batch in the order of the input.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn each_machine(
        &self,
        id: BatchId,
        filter: &Filter,
        mut visit: impl FnMut(Machine),
    ) -> Result<(), JournalError> {
        self.try_each_machine(id, filter, |machine| {
            visit(machine);
            Ok(())
        })
    }

    /// The same, until the visitor fails.
    ///
    /// # Errors
    /// Those of the visitor, and where machines cannot be read.
    pub fn try_each_machine<E: From<JournalError>>(
        &self,
        id: BatchId,
        filter: &Filter,
        mut visit: impl FnMut(Machine) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = select_machines!("WHERE m.batch = ?1 ORDER BY m.number");
        let mut statement = self.db().prepare_cached(sql).map_err(JournalError::from)?;
        let mut rows = statement.query([id.0]).map_err(JournalError::from)?;
        while let Some(row) = rows.next().map_err(JournalError::from)? {
            let machine = machine::read(&mut Fields::of(row)).map_err(JournalError::from)?;
            if filter.admits(&machine) {
                visit(machine)?;
            }
        }
        Ok(())
    }

    /// How many machines were rejected for this reason.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn rejected_for(&self, id: BatchId, reason: Reason) -> Result<u64, JournalError> {
        // The middle condition is that of the index `machines_troubled`.
        let sql = "SELECT COUNT(*) FROM machines
                   WHERE batch = ?1 AND (code IS NOT NULL
                       OR state IN ('held', 'failed', 'timed_out', 'cancelled', 'rejected'))
                   AND state = 'rejected' AND reason = ?2";
        let mut statement = self.db().prepare_cached(sql)?;
        Ok(statement.query_row(params![id.0, reason.word()], |row| Fields::of(row).whole())?)
    }

    /// Machines by error code and state: those that have a code, and those that ended badly or are
    /// held without one. What was said to a cancel of what is cancelled by now is no error. In the
    /// order of code and state.
    ///
    /// # Errors
    /// [`JournalError`] where they cannot be read.
    pub fn codes(&self, id: BatchId) -> Result<Vec<CodeCount>, JournalError> {
        let sql = "
            SELECT COALESCE(g.code, ''), g.state, g.machines, COALESCE(m.message, '')
            FROM (SELECT state, COUNT(*) AS machines, MIN(number) AS first,
                      CASE WHEN state = 'cancelled' AND code NOT GLOB '0x*' THEN NULL
                          ELSE code END AS code
                  FROM machines
                  WHERE batch = ?1 AND (code IS NOT NULL
                      OR state IN ('held', 'failed', 'timed_out', 'cancelled', 'rejected'))
                  GROUP BY 4, state) AS g
            JOIN machines AS m ON m.batch = ?1 AND m.number = g.first
            ORDER BY g.code, g.state";
        Ok(all_rows(self.db(), sql, [id.0], |fields| {
            Ok(CodeCount {
                code: fields.take()?,
                state: fields.text(State::from_word)?,
                machines: fields.whole()?,
                message: fields.take()?,
            })
        })?)
    }
}
