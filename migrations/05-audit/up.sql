-- What the audit needs: which form the hash of a fact has, and whether this journal may send.

-- The first fact whose hash has the second form, with a tag and with this very number in it. All
-- facts before it have the first form. One row; to change it breaks the chain.
CREATE TABLE chain_forms (
    id         INTEGER PRIMARY KEY CHECK (id = 1),
    first_fact INTEGER NOT NULL CHECK (first_fact > 0)
) STRICT;

INSERT INTO chain_forms (id, first_fact) SELECT 1, COALESCE(MAX(id), 0) + 1 FROM facts;

-- What this file is beside another one: a copy that nobody has used yet, one whose hand-over is not
-- finished, or the journal that was handed over. No row: a journal like any other.
CREATE TABLE hand_over (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    role  TEXT    NOT NULL CHECK (role IN ('copy', 'pending', 'handed_over')),
    token BLOB    NOT NULL CHECK (length(token) = 16),  -- the same in both files
    other TEXT    NOT NULL,                             -- where the other file is, or was
    by    TEXT    NOT NULL,
    host  TEXT    NOT NULL,
    at    INTEGER NOT NULL
) STRICT;
