-- What became of each print job: one row per job. A row is written before the printer hears a word of it;
-- whatever is `printing` when the leaf starts was cut off, and a person has to say what is on the paper.
CREATE TABLE IF NOT EXISTS print_job (
  device     TEXT NOT NULL,     -- who asked, and its own name for it: asked again, it is the same job
  key        TEXT NOT NULL,
  seq        INTEGER NOT NULL,  -- the ledger entry whose receipt it is
  copy       INTEGER NOT NULL CHECK (copy IN (0, 1)),
  printer    TEXT NOT NULL,
  person     TEXT NOT NULL,
  asked_ms   INTEGER NOT NULL,  -- Unix milliseconds
  state      TEXT NOT NULL CHECK (state IN ('printing', 'printed', 'failed', 'unsure')),
  why        TEXT NOT NULL DEFAULT '',
  settled_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (device, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS print_job_seq ON print_job (seq);
CREATE INDEX IF NOT EXISTS print_job_time ON print_job (asked_ms);
CREATE INDEX IF NOT EXISTS print_job_open ON print_job (state) WHERE state IN ('printing', 'unsure');
