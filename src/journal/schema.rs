//! The schema's versions: SQL files of `migrations/`, embedded, each applied once and in order.
//!
//! There is one so far. The first that follows it has to copy the file before it is applied.

use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use rusqlite::Connection;
use rusqlite_migration::Migrations;

use super::JournalError;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::from_directory(&FILES).expect("a test reads the embedded files as migrations")
});

/// `SQLite`'s `application_id` of our files: "MDEO". The first migration sets it.
pub(super) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"MDEO");

/// The latest version that this program knows.
pub(super) fn known() -> u32 {
    u32::try_from(FILES.dirs().count()).unwrap_or(u32::MAX)
}

/// The version that a connection's file has, what is still in the log included.
pub(super) fn found(db: &Connection) -> Result<u32, JournalError> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Brings the file to the latest version.
pub(super) fn migrate(db: &mut Connection) -> Result<(), JournalError> {
    Ok(MIGRATIONS.to_latest(db)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_migrations_validate() {
        MIGRATIONS.validate().unwrap();
        assert_eq!(known(), 1);
    }
}
