-- Documents of the venue at the leaf. Forward only; `leaf_server/documents/doc_store.py` owns these tables.

-- One row per batch and document, numbered over all documents without gaps; numbers never come again.
-- An append writes this table alone: what the rows beyond a document's `covered` say is not yet in the tables
-- below, and `load` adds it. A row goes only when it is covered, its changes are told, and the core has it.
CREATE TABLE update_log (
  n        INTEGER PRIMARY KEY AUTOINCREMENT CHECK (n > 0),
  document TEXT NOT NULL,
  epoch    INTEGER NOT NULL CHECK (epoch >= 0),
  body     BLOB NOT NULL,     -- Yjs v1 update as applied; may be empty, and is for rows of earlier epochs
  told     BLOB NOT NULL,     -- JSON: what else the row says, by the names of `LogRow`, without what is empty;
                              -- after a line break its history, packed by zlib where it is long
  hash     BLOB NOT NULL,     -- first 16 bytes of SHA-256 of all else but n and edits
  origin   TEXT NOT NULL CHECK (origin IN ('device', 'core', 'leaf')),
  edits    INTEGER NOT NULL   -- how many changes are told
) STRICT;
CREATE INDEX update_log_document ON update_log (document, n);

-- One row per document that has an accepted edit. `covered`: snapshot, `edits`, `decided`, `bound` and
-- `refused` hold what the rows up to this n say.
CREATE TABLE document (
  name     TEXT PRIMARY KEY,
  epoch    INTEGER NOT NULL CHECK (epoch >= 0),
  snapshot BLOB NOT NULL,     -- Yjs v1 update, with its graves packed behind it: `crdt_models/graves.py`
  hash     BLOB NOT NULL,     -- its seal: `seal.py`
  covered  INTEGER NOT NULL CHECK (covered >= 0),
  edits    INTEGER NOT NULL CHECK (edits >= 0)
) STRICT, WITHOUT ROWID;

-- The accepted-once vector, over all epochs of a document: ours, and the leaf's where a row told it.
-- Counters only rise.
CREATE TABLE decided (
  document TEXT NOT NULL,
  by       TEXT NOT NULL CHECK (by IN ('own', 'leaf')),
  replica  TEXT NOT NULL,
  counter  INTEGER NOT NULL,
  PRIMARY KEY (document, by, replica)
) STRICT, WITHOUT ROWID;

-- Whose client id is whose, in every epoch; '' is a server's. Never changes.
CREATE TABLE bound (
  document TEXT NOT NULL,
  epoch    INTEGER NOT NULL,
  client   INTEGER NOT NULL,
  device   TEXT NOT NULL,
  PRIMARY KEY (document, epoch, client)
) STRICT, WITHOUT ROWID;

-- What refused edits named, for pruning. Never changes.
CREATE TABLE refused (
  document TEXT NOT NULL,
  stamp    TEXT NOT NULL,
  named    TEXT NOT NULL,     -- JSON list of stamps
  PRIMARY KEY (document, stamp)
) STRICT, WITHOUT ROWID;

-- Edits of any writer that were taken by their stamps, ahead of the vector. Never changes.
CREATE TABLE handed (
  document TEXT NOT NULL,
  stamp    TEXT NOT NULL,
  PRIMARY KEY (document, stamp)
) STRICT, WITHOUT ROWID;

-- History: one row per accepted edit; kept when the document forgets. Written once, from the rows of the
-- update log: before a question, and before they go; the cursor 'change' says up to which n.
-- `id` is n of its row × 2^20 + its place in that row, so it rises with time.
CREATE TABLE change (
  id       INTEGER PRIMARY KEY,
  document TEXT NOT NULL,
  stamp    TEXT NOT NULL,
  name     TEXT NOT NULL,
  before   TEXT,              -- JSON
  after    TEXT,              -- JSON
  replica  TEXT NOT NULL,
  person   TEXT NOT NULL,
  at_ms    INTEGER NOT NULL,
  via      TEXT NOT NULL,
  claimed  INTEGER NOT NULL CHECK (claimed IN (0, 1)),
  act      TEXT NOT NULL      -- edits of one replica with the same act stand together; '' on its own
) STRICT;
CREATE INDEX change_document ON change (document, id, name);

-- Terms of the documents, `leaf_server/documents/terms.py`. One row per unbroken run of one box; the greatest is the
-- current one. A row changes when the core was asked, and when a person closes its window for handing in.
CREATE TABLE term (
  number     INTEGER PRIMARY KEY CHECK (number > 0),
  opened_ms  INTEGER NOT NULL,  -- Unix milliseconds
  why        TEXT NOT NULL,
  after_n    INTEGER NOT NULL,  -- rows of the update log up to there are of earlier terms
  hand_in    INTEGER NOT NULL CHECK (hand_in IN (0, 1)),
  core_asked INTEGER NOT NULL CHECK (core_asked IN (0, 1)),
  closed_by  TEXT,              -- who closed the window
  closed_ms  INTEGER
) STRICT;
INSERT INTO term VALUES (1, 0, 'founded', 0, 0, 1, NULL, NULL);

-- Players whose names are erased, for ever; `done` once nothing of them is left in this file.
-- Written by `leaf_server/documents/erasure.py`.
CREATE TABLE erased (
  player TEXT PRIMARY KEY,
  at_ms  INTEGER NOT NULL,  -- Unix milliseconds
  by     TEXT NOT NULL,     -- who asked for it
  done   INTEGER NOT NULL CHECK (done IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Where a follower of the log stands ('core': what the core holds of ours; 'from_core': what we hold of its).
CREATE TABLE cursor (
  key TEXT PRIMARY KEY,
  n   INTEGER NOT NULL CHECK (n >= 0)
) STRICT, WITHOUT ROWID;

-- Leaf time as last written down, and how far it then was ahead of the wall clock. One row.
CREATE TABLE leaf_time (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  ms       INTEGER NOT NULL,
  ahead_ms INTEGER NOT NULL
) STRICT;
