-- The leaf's ledger file. One process writes it (ledger.lock); rows are only ever added.

-- One row: whose ledger this is, and in which format.
CREATE TABLE ledger (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    format INTEGER NOT NULL CHECK (format = 1),
    venue  TEXT NOT NULL
) STRICT;

-- One row is one ledger entry: its canonical bytes as text, and its hash over them and the hash before.
CREATE TABLE entries (
    seq  INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    body TEXT NOT NULL
) STRICT;

-- One row is the first and final outcome of a command: the entry it became, or the refusal (JSON).
-- content is the SHA-256 of the command, to tell a repeated key from a reused one.
CREATE TABLE outcomes (
    device  TEXT NOT NULL,
    key     TEXT NOT NULL,
    content BLOB NOT NULL CHECK (length(content) = 32),
    seq     INTEGER REFERENCES entries (seq),
    refusal TEXT,
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (device, key),
    CHECK ((seq IS NULL) <> (refusal IS NULL))
) STRICT, WITHOUT ROWID;

-- One row is the signed head (JSON) of the last entry of a commit; the newest covers the newest entry.
CREATE TABLE heads (
    seq  INTEGER PRIMARY KEY REFERENCES entries (seq),
    head TEXT NOT NULL
) STRICT;

CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER ledger_kept BEFORE DELETE ON ledger BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entries_kept BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER outcomes_stay BEFORE UPDATE ON outcomes BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER outcomes_kept BEFORE DELETE ON outcomes BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER heads_stay BEFORE UPDATE ON heads BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER heads_kept BEFORE DELETE ON heads BEGIN SELECT raise(ABORT, 'the ledger is append-only'); END;
