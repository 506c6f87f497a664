-- The journal of mde-offboard. Times are microseconds since 1970-01-01T00:00:00Z.
-- Migrations are never edited, only followed by another.

-- "MDEO": by this number a file is known as ours.
PRAGMA application_id = 0x4D44454F;

CREATE TABLE batches (
    id            INTEGER PRIMARY KEY,
    created_at    INTEGER NOT NULL,
    tenant_id     TEXT    NOT NULL,
    api           TEXT    NOT NULL,
    comment       TEXT,
    options       TEXT    NOT NULL,
    seed          TEXT    NOT NULL UNIQUE CHECK (length(seed) = 8),
    content       BLOB    NOT NULL CHECK (length(content) = 32),
    total         INTEGER NOT NULL CHECK (total >= 0),
    -- From here on a projection of the facts.
    ended         TEXT,
    ended_at      INTEGER,
    first_sent_at INTEGER,
    last_sent_at  INTEGER,
    CHECK ((ended IS NULL) = (ended_at IS NULL))
) STRICT;

-- The input files of a batch, in the order in which they were given.
CREATE TABLE sources (
    batch    INTEGER NOT NULL REFERENCES batches (id),
    position INTEGER NOT NULL,
    name     TEXT    NOT NULL,
    PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;

-- A machine of a batch. What stands below `line` is a projection of the facts.
CREATE TABLE machines (
    batch            INTEGER NOT NULL REFERENCES batches (id),
    number           INTEGER NOT NULL CHECK (number > 0),
    machine_id       BLOB    NOT NULL CHECK (length(machine_id) = 20),
    name             TEXT,
    comment          TEXT,               -- its own; without one, the batch's counts
    source           INTEGER NOT NULL,
    line             INTEGER NOT NULL,
    state            TEXT    NOT NULL DEFAULT 'queued',
    attempts         INTEGER NOT NULL DEFAULT 0,
    attempts_counted INTEGER NOT NULL DEFAULT 0,
    absences         INTEGER NOT NULL DEFAULT 0,
    resends          INTEGER NOT NULL DEFAULT 0,
    misses           INTEGER NOT NULL DEFAULT 0,
    not_before       INTEGER,
    first_sent_at    INTEGER,
    sent_at          INTEGER,
    settled_at       INTEGER,
    action_id         TEXT,
    action_status     TEXT,
    action_created_at INTEGER,           -- by the server's clock
    adopted          INTEGER NOT NULL DEFAULT 0,
    cancel_asked     INTEGER NOT NULL DEFAULT 0,
    reason           TEXT,
    http_status      INTEGER,
    code             TEXT,
    message          TEXT,               -- none: nothing was seen that is worth telling
    PRIMARY KEY (batch, number),
    FOREIGN KEY (batch, source) REFERENCES sources (batch, position)
) STRICT, WITHOUT ROWID;

-- Where a machine ID stands. A table of its own, not an index of `machines`: so both can be filled
-- in the order of their keys, and a batch of a million machines is made without random writes.
CREATE TABLE places (
    machine_id BLOB    NOT NULL,
    batch      INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    PRIMARY KEY (machine_id, batch)
) STRICT, WITHOUT ROWID;

-- The next machines to send, in the order of the input.
CREATE INDEX machines_queued ON machines (batch, number)
    WHERE state = 'queued' AND not_before IS NULL;

-- What a scheduler holds in memory, and reads back after a restart.
CREATE INDEX machines_in_play ON machines (batch, number)
    WHERE state IN ('sending', 'uncertain') OR (state = 'queued' AND not_before IS NOT NULL);

-- Since when actions must be listed.
CREATE INDEX machines_pending ON machines (batch, COALESCE(action_created_at, sent_at))
    WHERE state = 'pending';

-- The table of errors that `status` shows.
CREATE INDEX machines_troubled ON machines (batch, code, state)
    WHERE code IS NOT NULL OR state IN ('held', 'failed', 'timed_out', 'cancelled', 'rejected');

-- Machines by state: counting a million rows would take 50 ms each time.
CREATE TABLE counts (
    batch    INTEGER NOT NULL REFERENCES batches (id),
    state    TEXT    NOT NULL,
    machines INTEGER NOT NULL CHECK (machines >= 0),
    PRIMARY KEY (batch, state)
) STRICT, WITHOUT ROWID;

-- For which machine an action was recorded, also before a retry.
CREATE TABLE actions (
    action_id TEXT    NOT NULL PRIMARY KEY,
    batch     INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    FOREIGN KEY (batch, number) REFERENCES machines (batch, number)
) STRICT, WITHOUT ROWID;

-- What happened, in order. Each row carries the hash of all before it.
CREATE TABLE facts (
    id      INTEGER PRIMARY KEY,
    batch   INTEGER NOT NULL REFERENCES batches (id),
    number  INTEGER,                     -- none: about the batch as a whole
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    content TEXT    NOT NULL,            -- JSON
    hash    BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX facts_of_machine ON facts (batch, number);

CREATE TRIGGER facts_are_not_changed BEFORE UPDATE ON facts
    BEGIN SELECT RAISE(ABORT, 'facts are only ever added'); END;

CREATE TRIGGER facts_are_not_deleted BEFORE DELETE ON facts
    BEGIN SELECT RAISE(ABORT, 'facts are only ever added'); END;

-- The limiter's history: purged once it lies behind the longest window.
CREATE TABLE calls (
    id          INTEGER PRIMARY KEY,
    limit_group TEXT    NOT NULL,
    sent_at     INTEGER NOT NULL,
    receipt_at  INTEGER
) STRICT;

CREATE TABLE freezes (
    limit_group TEXT    NOT NULL PRIMARY KEY,
    until       INTEGER NOT NULL,
    streak      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who has the journal, or had it last: one row.
CREATE TABLE runner (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    pid       INTEGER NOT NULL,
    host      TEXT    NOT NULL,
    user      TEXT    NOT NULL,
    command   TEXT    NOT NULL,
    since     INTEGER NOT NULL,
    heartbeat TEXT                       -- JSON
) STRICT;

-- The one thing that another process writes.
CREATE TABLE stop_requests (
    batch        INTEGER PRIMARY KEY REFERENCES batches (id),
    requested_by TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;
