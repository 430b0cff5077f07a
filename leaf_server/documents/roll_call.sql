-- Devices that came while a term's window for handing in was open, document by document, and how many edits that
-- nobody else had brought. Written by `leaf_server/documents/roll_call.py`.
CREATE TABLE came (
  term     INTEGER NOT NULL,
  device   TEXT NOT NULL,
  document TEXT NOT NULL,
  at_ms    INTEGER NOT NULL,  -- Unix milliseconds, of the last time
  edits    INTEGER NOT NULL,
  PRIMARY KEY (term, device, document)
) STRICT, WITHOUT ROWID;
