//! What the journal says, read without the program.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, Params};

pub(crate) struct Truth(Connection);

impl Truth {
    pub(crate) fn of(journal: &Path) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        Self(Connection::open_with_flags(journal, flags).expect("a journal"))
    }

    /// Machines of batch 1 by state, in the words of the pages: `timed out`.
    pub(crate) fn states(&self) -> BTreeMap<String, u64> {
        let sql = "SELECT REPLACE(state, '_', ' '), COUNT(*) FROM machines WHERE batch = 1
                   GROUP BY state";
        let states = self.pairs(sql, []).into_iter();
        states.map(|(state, machines): (_, i64)| (state, machines.unsigned_abs())).collect()
    }

    /// State of each machine of batch 1, by its ID.
    pub(crate) fn machines(&self) -> BTreeMap<String, String> {
        let sql = "SELECT LOWER(HEX(machine_id)), REPLACE(state, '_', ' ') FROM machines
                   WHERE batch = 1";
        self.pairs(sql, [])
    }

    pub(crate) fn number(&self, sql: &str, parameters: impl Params) -> u64 {
        let number: i64 = self.0.query_row(sql, parameters, |row| row.get(0)).expect(sql);
        number.unsigned_abs()
    }

    pub(crate) fn texts(&self, sql: &str, parameters: impl Params) -> Vec<String> {
        let mut statement = self.0.prepare(sql).expect(sql);
        let rows = statement.query_map(parameters, |row| row.get(0)).expect(sql);
        rows.map(|row| row.expect(sql)).collect()
    }

    fn pairs<T: rusqlite::types::FromSql>(
        &self,
        sql: &str,
        parameters: impl Params,
    ) -> BTreeMap<String, T> {
        let mut statement = self.0.prepare(sql).expect(sql);
        let pair = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let rows = statement.query_map(parameters, pair).expect(sql);
        rows.map(|row| row.expect(sql)).collect()
    }
}

/// A number as people write it: `89,996`.
#[track_caller]
pub(crate) fn number_in(text: &str) -> u64 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}
