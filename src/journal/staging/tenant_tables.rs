//! The temporary tables for what the tenant says (`tenant`).

/// `reading` is the number of the reading that saw a row last: a row that one reading sees twice
/// shows that the set moved between its pages. `label` is the first part of the name, in lower
/// case, as is `name_key`. A verdict names the action that is adopted, or why a machine is left
/// alone; one with neither is sent.
///
/// The rows of machines are wide and their IDs come in any order. So the table grows at its end,
/// and only the narrow index on the IDs is written all over: of 100,000 it fits into the cache.
pub(in crate::journal) const TABLES: &str = "CREATE TEMPORARY TABLE tenant_machines (
    number            INTEGER PRIMARY KEY,
    machine_id        BLOB    NOT NULL UNIQUE,
    reading           INTEGER NOT NULL,
    name              TEXT,
    name_key          TEXT,
    label             TEXT,
    os_platform       TEXT,
    os_version        TEXT,
    onboarding_status TEXT,
    health_status     TEXT,
    first_seen        INTEGER,
    last_seen         INTEGER,
    merged_into       BLOB,
    tags              TEXT,
    device_group      TEXT,
    managed_by        TEXT,
    is_excluded       INTEGER NOT NULL
) STRICT;
CREATE TEMPORARY TABLE tenant_actions (
    action_id  TEXT    NOT NULL PRIMARY KEY,
    machine_id BLOB    NOT NULL,
    status     TEXT    NOT NULL,
    rank       INTEGER NOT NULL,
    created_at INTEGER,
    updated_at INTEGER,
    comment    TEXT
) STRICT, WITHOUT ROWID;
CREATE TEMPORARY TABLE verdicts (
    number    INTEGER PRIMARY KEY,
    action_id TEXT,
    skip      TEXT,
    last_seen INTEGER
) STRICT;";

/// Made once all pages are in: filling a table and then sorting is faster than keeping it sorted.
pub(in crate::journal) const INDEXES: &str =
    "CREATE INDEX IF NOT EXISTS temp.tenant_labels ON tenant_machines (label, last_seen);
     CREATE INDEX IF NOT EXISTS temp.tenant_actions_of ON tenant_actions (machine_id, rank);";
