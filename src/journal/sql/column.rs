//! Values between Rust and `SQLite`, both ways.

use std::fmt;
use std::time::Duration;

use rusqlite::types::{FromSql, Type};
use rusqlite::{Connection, Params, Row};

use crate::domain::{BootId, BootTime, Stamp, Timestamp};

/// A count as `SQLite` keeps it: signed. None of ours comes near the end of `i64`.
pub(in crate::journal) fn to_signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// The columns of a row, taken one by one in the order in which the query names them.
pub(in crate::journal) struct Fields<'row, 'statement> {
    row: &'row Row<'statement>,
    next: usize,
}

impl<'row, 'statement> Fields<'row, 'statement> {
    pub(in crate::journal) const fn of(row: &'row Row<'statement>) -> Self {
        Self { row, next: 0 }
    }

    pub(in crate::journal) fn take<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let index = self.advance();
        self.row.get(index)
    }

    /// The next column, a whole number; one that does not fit is damage.
    pub(in crate::journal) fn whole<T: TryFrom<i64>>(&mut self) -> rusqlite::Result<T> {
        let value: i64 = self.take()?;
        T::try_from(value).map_err(|_| self.strange(value))
    }

    pub(in crate::journal) fn time(&mut self) -> rusqlite::Result<Timestamp> {
        self.take().map(Timestamp::from_micros)
    }

    pub(in crate::journal) fn time_or_none(&mut self) -> rusqlite::Result<Option<Timestamp>> {
        let micros: Option<i64> = self.take()?;
        Ok(micros.map(Timestamp::from_micros))
    }

    /// The next three columns, an instant: wall time, which start of the computer, time since then.
    pub(in crate::journal) fn stamp(&mut self) -> rusqlite::Result<Stamp> {
        let wall = self.time()?;
        let boot: Option<[u8; 16]> = self.take()?;
        let since: Option<i64> = self.take()?;
        let boot = boot.zip(since).map(|(boot, micros)| BootTime {
            boot: BootId::from_bytes(boot),
            since: Duration::from_micros(u64::try_from(micros).unwrap_or(0)),
        });
        Ok(Stamp { wall, boot })
    }

    /// The same, or nothing.
    pub(in crate::journal) fn stamp_or_none(&mut self) -> rusqlite::Result<Option<Stamp>> {
        let absent = self.row.get_ref(self.next)?.data_type() == Type::Null;
        if absent { Ok(None) } else { self.stamp().map(Some) }
    }

    /// The next column, a text that has to be understood; one that cannot be is damage.
    pub(in crate::journal) fn text<T>(
        &mut self,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> rusqlite::Result<T> {
        let index = self.advance();
        let text = self.row.get_ref(index)?.as_str()?;
        parse(text).ok_or_else(|| self.strange(text))
    }

    /// The next column, a text that has to be understood, or nothing.
    pub(in crate::journal) fn text_or_none<T>(
        &mut self,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> rusqlite::Result<Option<T>> {
        let index = self.advance();
        let Some(text) = self.row.get_ref(index)?.as_str_or_null()? else { return Ok(None) };
        parse(text).ok_or_else(|| self.strange(text)).map(Some)
    }

    fn advance(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// What the last column holds is damage.
    pub(in crate::journal) fn strange(&self, value: impl fmt::Debug) -> rusqlite::Error {
        let index = self.next - 1;
        let name = self.row.as_ref().column_name(index).unwrap_or("?");
        let what = format!("`{name}` holds {value:?}");
        rusqlite::Error::FromSqlConversionFailure(index, Type::Null, what.into())
    }
}

/// All rows of a query, each by its columns.
pub(in crate::journal) fn all_rows<T>(
    db: &Connection,
    sql: &str,
    parameters: impl Params,
    mut read: impl FnMut(&mut Fields<'_, '_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    let mut statement = db.prepare_cached(sql)?;
    statement.query_map(parameters, |row| read(&mut Fields::of(row)))?.collect()
}
