-- What a list says of its devices beside their names, and which of its rows were wanted.

-- Each combination stands once a batch: a fleet has few of them.
CREATE TABLE devices (
    batch             INTEGER NOT NULL REFERENCES batches (id),
    number            INTEGER NOT NULL,
    os_platform       TEXT,
    onboarding_status TEXT,
    health_status     TEXT,
    tags              TEXT,
    device_group      TEXT,
    PRIMARY KEY (batch, number)
) STRICT, WITHOUT ROWID;

ALTER TABLE machines ADD COLUMN device INTEGER;  -- none: the list says nothing

CREATE VIEW machine_devices AS
    SELECT m.batch, m.number, d.os_platform, d.onboarding_status, d.health_status, d.tags,
           d.device_group
    FROM machines AS m JOIN devices AS d ON d.batch = m.batch AND d.number = m.device;

-- The conditions on the rows (`--where`), as they were given.
CREATE TABLE filters (
    batch     INTEGER NOT NULL REFERENCES batches (id),
    position  INTEGER NOT NULL,
    condition TEXT    NOT NULL,
    PRIMARY KEY (batch, position)
) STRICT, WITHOUT ROWID;
