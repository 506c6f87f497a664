//! What this file is beside another one: a copy of it, or the journal that goes on in a copy.
//!
//! One row. It is written by `opening`, which also says what follows from it. Deliberately absent:
//! making a copy.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::Timestamp;

use super::JournalError;
use super::sql::column::Fields;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A copy that no runner has opened yet.
    Copy,
    /// A copy whose original may still send: it may not.
    Pending,
    /// The original, which sends nothing any more.
    HandedOver,
}

impl Role {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Copy, "copy"), (Self::Pending, "pending"), (Self::HandedOver, "handed_over")];

    fn word(self) -> &'static str {
        Self::ALL.into_iter().find(|(role, _)| *role == self).map_or("", |(_, word)| word)
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(role, _)| role)
    }
}

/// The row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HandOver {
    pub(super) role: Role,
    /// Drawn with the copy; the same in both files.
    pub(super) token: [u8; 16],
    /// Where the other file is, or was.
    pub(super) other: String,
    pub(super) by: String,
    pub(super) host: String,
    pub(super) at: Timestamp,
}

impl HandOver {
    /// Why nothing is sent from the journal at this path.
    pub(super) fn refusal(self, path: PathBuf) -> JournalError {
        let Self { role, other, by, host, at, .. } = self;
        match role {
            Role::HandedOver => JournalError::HandedOver { path, to: other.into(), by, host, at },
            _ => JournalError::HandOverOpen { path, from: other.into() },
        }
    }
}

/// None: a journal like any other, or one of a version that knew no hand-over.
pub(super) fn read(db: &Connection) -> Result<Option<HandOver>, JournalError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM main.sqlite_master WHERE name = 'hand_over')";
    if !db.query_row(sql, [], |row| row.get::<_, bool>(0))? {
        return Ok(None);
    }
    let sql = "SELECT role, token, other, by, host, at FROM main.hand_over";
    let row = db.query_row(sql, [], |row| {
        let mut fields = Fields::of(row);
        Ok(HandOver {
            role: fields.text(Role::from_word)?,
            token: fields.take()?,
            other: fields.take()?,
            by: fields.take()?,
            host: fields.take()?,
            at: fields.time()?,
        })
    });
    Ok(row.optional()?)
}

/// Puts a row in the place of the one that is there.
pub(super) fn write(db: &Connection, row: &HandOver) -> Result<(), JournalError> {
    let HandOver { role, token, other, by, host, at } = row;
    db.execute(
        "INSERT OR REPLACE INTO hand_over (id, role, token, other, by, host, at)
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
        params![role.word(), token, other, by, host, at.as_micros()],
    )?;
    Ok(())
}

/// From now on this is a journal like any other. In the file itself: it must not depend on a log,
/// which can get lost.
pub(super) fn clear(db: &Connection) -> Result<(), JournalError> {
    db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.execute("DELETE FROM hand_over WHERE role <> 'handed_over'", [])?;
    Ok(())
}
