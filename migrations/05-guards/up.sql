-- What guards of a running batch need to go on after the process died.

-- The machines that go first, and that all others wait for (`--canary`).
CREATE TABLE canaries (
    batch  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (batch, number),
    FOREIGN KEY (batch, number) REFERENCES machines (batch, number)
) STRICT, WITHOUT ROWID;

-- Machines whose action somebody else had asked for: few, and no answers to the batch's requests.
CREATE INDEX machines_adopted ON machines (batch, state) WHERE adopted = 1;
