-- Whose windows a call counts in: Defender counts for each app of each tenant, and one journal may
-- hold batches of several tenants.

CREATE TABLE quotas (
    id        INTEGER PRIMARY KEY CHECK (id > 0),
    realm     TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    app       TEXT NOT NULL,             -- empty: it is not known, and so counts for each
    UNIQUE (realm, tenant_id, app)
) STRICT;

-- 0: it is not known whose, and so counts for all. All that is older than this.
ALTER TABLE calls ADD COLUMN quota INTEGER NOT NULL DEFAULT 0;

CREATE TABLE freezes_of_quotas (
    quota            INTEGER NOT NULL,
    limit_group      TEXT    NOT NULL,
    until            INTEGER NOT NULL,
    streak           INTEGER NOT NULL,
    until_boot       BLOB,
    until_since_boot INTEGER,
    PRIMARY KEY (quota, limit_group)
) STRICT, WITHOUT ROWID;

INSERT INTO freezes_of_quotas
    SELECT 0, limit_group, until, streak, until_boot, until_since_boot FROM freezes;
DROP TABLE freezes;
ALTER TABLE freezes_of_quotas RENAME TO freezes;

CREATE TABLE phantoms_of_quotas (
    quota            INTEGER NOT NULL,
    limit_group      TEXT    NOT NULL,
    "limit"          INTEGER NOT NULL CHECK ("limit" > 0),
    window_micros    INTEGER NOT NULL CHECK (window_micros > 0),
    calls            INTEGER NOT NULL CHECK (calls > 0),
    until            INTEGER NOT NULL,
    until_boot       BLOB,
    until_since_boot INTEGER,
    PRIMARY KEY (quota, limit_group, window_micros)
) STRICT, WITHOUT ROWID;

INSERT INTO phantoms_of_quotas
    SELECT 0, limit_group, "limit", window_micros, calls, until, until_boot, until_since_boot
    FROM phantoms;
DROP TABLE phantoms;
ALTER TABLE phantoms_of_quotas RENAME TO phantoms;
