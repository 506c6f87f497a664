-- What the limiter's history needs so that a clock that is set cannot make calls look older than
-- they are: time since the computer was started, beside wall time, and the server's own clock.

ALTER TABLE calls ADD COLUMN receipt_boot BLOB;         -- which start of the computer
ALTER TABLE calls ADD COLUMN receipt_since_boot INTEGER;

ALTER TABLE freezes ADD COLUMN until_boot BLOB;
ALTER TABLE freezes ADD COLUMN until_since_boot INTEGER;

-- Slots of one limit that somebody else takes, after a 429 that our own calls do not explain.
CREATE TABLE phantoms (
    limit_group      TEXT    NOT NULL,
    "limit"          INTEGER NOT NULL CHECK ("limit" > 0),
    window_micros    INTEGER NOT NULL CHECK (window_micros > 0),
    calls            INTEGER NOT NULL CHECK (calls > 0),
    until            INTEGER NOT NULL,
    until_boot       BLOB,
    until_since_boot INTEGER,
    PRIMARY KEY (limit_group, window_micros)
) STRICT, WITHOUT ROWID;

-- The server's clock and ours at the last answer: one row.
CREATE TABLE server_clock (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    date INTEGER NOT NULL,
    wall INTEGER NOT NULL
) STRICT;
