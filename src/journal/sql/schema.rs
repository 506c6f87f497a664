//! The schema's versions: SQL files of `migrations/`, embedded, each applied once and in order.
//!
//! Before a file is changed by one that follows the first, it is copied.

use std::io;
use std::path::Path;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use rusqlite::Connection;
use rusqlite_migration::Migrations;

use crate::journal::JournalError;
use crate::journal::error::io_error;
use crate::journal::file::names::copies;
use crate::journal::file::private::make_file;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

static MIGRATIONS: LazyLock<Migrations<'static>> = LazyLock::new(|| {
    Migrations::from_directory(&FILES).expect("a test reads the embedded files as migrations")
});

/// `SQLite`'s `application_id` of our files: "MDEO". The first migration sets it.
pub(in crate::journal) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"MDEO");

/// The latest version that this program knows.
pub(in crate::journal) fn known() -> u32 {
    u32::try_from(FILES.dirs().count()).unwrap_or(u32::MAX)
}

/// The version that a connection's file has, what is still in the log included.
pub(in crate::journal) fn found(db: &Connection) -> Result<u32, JournalError> {
    Ok(db.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Brings the file to the latest version; one at a path that holds an older one is copied first.
pub(in crate::journal) fn migrate(
    db: &mut Connection,
    path: Option<&Path>,
) -> Result<(), JournalError> {
    migrate_by(&MIGRATIONS, known(), db, path)
}

/// Lets a reader read an older file as if it were of the latest version, without a write to it:
/// what is new is empty. A temporary view hides the table of its name.
pub(in crate::journal) fn bridge(db: &Connection) -> Result<(), JournalError> {
    let found = found(db)?;
    if found < 2 {
        db.execute_batch(
            "CREATE TEMP VIEW calls AS SELECT id, limit_group, sent_at, receipt_at,
                 NULL AS receipt_boot, NULL AS receipt_since_boot, 0 AS quota FROM main.calls;
             CREATE TEMP VIEW freezes AS SELECT limit_group, until, streak,
                 NULL AS until_boot, NULL AS until_since_boot, 0 AS quota FROM main.freezes;
             CREATE TEMP TABLE phantoms (limit_group, \"limit\", window_micros, calls,
                 until, until_boot, until_since_boot, quota);
             CREATE TEMP TABLE server_clock (id, date, wall);",
        )?;
    }
    if (2..7).contains(&found) {
        db.execute_batch(
            "CREATE TEMP VIEW calls AS SELECT *, 0 AS quota FROM main.calls;
             CREATE TEMP VIEW freezes AS SELECT *, 0 AS quota FROM main.freezes;
             CREATE TEMP VIEW phantoms AS SELECT *, 0 AS quota FROM main.phantoms;",
        )?;
    }
    if found < 7 {
        db.execute_batch("CREATE TEMP TABLE quotas (id, realm, tenant_id, app);")?;
    }
    if found < 3 {
        db.execute_batch(
            "CREATE TEMP TABLE filters (batch, position, condition);
             CREATE TEMP TABLE machine_devices (batch, number, os_platform, onboarding_status,
                 health_status, tags, device_group);",
        )?;
    }
    if found < 5 {
        db.execute_batch(
            "CREATE TEMP VIEW chain_forms AS
                 SELECT 1 AS id, COALESCE(MAX(id), 0) + 1 AS first_fact FROM main.facts;
             CREATE TEMP TABLE hand_over (id, role, token, other, by, host, at);",
        )?;
    }
    if found < 6 {
        db.execute_batch("CREATE TEMP TABLE canaries (batch, number);")?;
    }
    if found < 4 {
        // A reader only asks whether it was a rehearsal.
        db.execute_batch(
            "CREATE TEMP VIEW batches AS SELECT *,
                 CASE api WHEN 'simulator' THEN api ELSE 'public' END AS realm
             FROM main.batches;",
        )?;
    }
    Ok(())
}

fn migrate_by(
    migrations: &Migrations<'_>,
    known: u32,
    db: &mut Connection,
    path: Option<&Path>,
) -> Result<(), JournalError> {
    let found = found(db)?;
    if let Some(path) = path
        && (1..known).contains(&found)
    {
        copy(db, path, found)?;
    }
    Ok(migrations.to_latest(db)?)
}

/// Copies the file, with what is still in its log, to `journal.db.schema-1`. It gets that name once
/// it is whole; a copy from an earlier try is replaced.
fn copy(db: &Connection, path: &Path, version: u32) -> Result<(), JournalError> {
    let (whole, part) = copies(path, version);
    match std::fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(io_error(&part, error));
        }
        _ => {}
    }
    make_file(&part).map_err(|source| io_error(&part, source))?;
    db.backup("main", &part, None)?;
    std::fs::rename(&part, &whole).map_err(|source| io_error(&whole, source))
}

#[cfg(test)]
mod tests {
    use rusqlite_migration::M;

    use super::*;
    use crate::journal::Journal;

    #[test]
    fn the_migrations_validate() {
        MIGRATIONS.validate().unwrap();
        assert_eq!(known(), 7);
    }

    #[test]
    fn a_file_of_the_first_version_can_be_read_and_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        make_file(&path).unwrap();
        let mut db = Connection::open(&path).unwrap();
        two().to_version(&mut db, 1).unwrap();
        db.execute_batch(
            "INSERT INTO calls (id, limit_group, sent_at, receipt_at) VALUES (1, 'posts', 5, 6);
             INSERT INTO freezes (limit_group, until, streak) VALUES ('posts', 7, 1);",
        )
        .unwrap();
        drop(db);
        let before = std::fs::read(&path).unwrap();
        let journal = Journal::open_reader(&path).unwrap();
        let history = journal.history(10).unwrap();
        assert_eq!((history.calls.len(), history.freezes.len()), (1, 1));
        assert_eq!((history.phantoms.len(), history.server_clock), (0, None));
        drop(journal);
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }

    #[test]
    fn batches_of_before_belong_to_the_realm_of_their_address() {
        let realms = [
            ("simulator", "simulator"),
            ("http://127.0.0.1:8080", "loopback"),
            ("http://localhost:8080", "loopback"),
            ("https://[::1]:8443", "loopback"),
            ("https://127.0.0.1", "loopback"),
            ("https://api.security.microsoft.com", "public"),
            ("https://eu.api.security.microsoft.com", "public"),
            ("https://api.securitycenter.windows.com", "public"),
            ("https://localhost.example", "public"),
            ("https://api-gcc.securitycenter.microsoft.us", "gcc"),
            ("https://api-gov.securitycenter.microsoft.us", "government"),
        ];
        let mut db = Connection::open_in_memory().unwrap();
        MIGRATIONS.to_version(&mut db, 3).unwrap();
        for (number, (api, _)) in (10_000_000..).zip(realms) {
            db.execute(
                "INSERT INTO batches (created_at, tenant_id, api, options, seed, content, total)
                 VALUES (1, 't', ?1, '{}', ?2, zeroblob(32), 1)",
                (api, number.to_string()),
            )
            .unwrap();
        }
        migrate(&mut db, None).unwrap();
        for (api, expected) in realms {
            let sql = "SELECT realm FROM batches WHERE api = ?1";
            let realm: String = db.query_row(sql, [api], |row| row.get(0)).unwrap();
            assert_eq!(realm, expected, "{api}");
        }
    }

    /// The schema's first version and one that may come.
    fn two() -> Migrations<'static> {
        let first = FILES.get_file("01-journal/up.sql").unwrap().contents_utf8().unwrap();
        let next = "ALTER TABLE batches ADD COLUMN weather TEXT;";
        Migrations::new(vec![M::up(first), M::up(next)])
    }

    /// A file of the first version.
    fn made(path: &Path) -> Connection {
        make_file(path).unwrap();
        let mut db = Connection::open(path).unwrap();
        two().to_version(&mut db, 1).unwrap();
        db.pragma_update(None, "journal_mode", "WAL").unwrap();
        db.execute_batch(
            "INSERT INTO batches (created_at, tenant_id, api, options, seed, content, total)
             VALUES (1, 't', 'a', '{}', '12345678', zeroblob(32), 1)",
        )
        .unwrap();
        db
    }

    fn batches(db: &Connection) -> i64 {
        db.query_row("SELECT count(*) FROM batches", [], |row| row.get(0)).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let files = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn an_older_file_is_copied_with_its_log_and_then_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let mut db = made(&path);
        // A leftover of an earlier try is replaced.
        std::fs::write(folder.path().join("journal.db.schema-1.part"), "half").unwrap();
        migrate_by(&two(), 2, &mut db, Some(&path)).unwrap();
        assert_eq!((found(&db).unwrap(), batches(&db)), (2, 1));

        let copy = folder.path().join("journal.db.schema-1");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
        let copy = Connection::open(copy).unwrap();
        assert_eq!((found(&copy).unwrap(), batches(&copy)), (1, 1));
        assert!(copy.execute_batch("SELECT weather FROM batches").is_err(), "it was migrated too");
    }

    #[test]
    fn without_a_copy_nothing_is_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let mut db = made(&path);
        std::fs::create_dir(folder.path().join("journal.db.schema-1.part")).unwrap();
        let refused = migrate_by(&two(), 2, &mut db, Some(&path)).unwrap_err();
        assert!(matches!(refused, JournalError::Io { .. }), "{refused:?}");
        assert_eq!((found(&db).unwrap(), batches(&db)), (1, 1));
    }

    #[test]
    fn a_new_file_and_one_of_the_latest_version_are_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        make_file(&path).unwrap();
        let mut db = Connection::open(&path).unwrap();
        for _ in 0..2 {
            migrate(&mut db, Some(&path)).unwrap();
        }
        drop(db);
        assert_eq!(names(folder.path()), ["journal.db"]);
    }
}
