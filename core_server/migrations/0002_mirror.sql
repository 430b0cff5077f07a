-- One row is one ledger entry of a venue's leaf, byte for byte. Written by `core_server.ledger_mirror` in
-- order and without holes; never changed, never deleted.
CREATE TABLE mirror_entries (
  venue_id    text NOT NULL REFERENCES venues,
  seq         bigint NOT NULL CHECK (seq > 0),
  term        bigint NOT NULL CHECK (term > 0),
  hash        bytea NOT NULL CHECK (length(hash) = 32),
  at_ms       bigint NOT NULL,
  kind        text NOT NULL,
  body        bytea NOT NULL,  -- canonical JSON, what the hash is over
  fence       bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (venue_id, seq)
);
CALL make_tenant('mirror_entries');
GRANT SELECT, INSERT ON mirror_entries TO felt_app;
CREATE TRIGGER never_change BEFORE UPDATE OR DELETE ON mirror_entries
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER never_truncate BEFORE TRUNCATE ON mirror_entries
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One row is how far a venue's mirror reaches: the last entry of `mirror_entries` and the leaf's signed head
-- there. Moved by the transaction that adds entries; `stopped` says why nothing more is taken until a person
-- has looked (a fork), NULL while all is well.
CREATE TABLE mirror_tips (
  venue_id text PRIMARY KEY REFERENCES venues,
  term     bigint NOT NULL,
  seq      bigint NOT NULL,
  hash     bytea NOT NULL CHECK (length(hash) = 32),
  at_ms    bigint NOT NULL,
  head     jsonb,
  stopped  text
);
CALL make_tenant('mirror_tips');
GRANT SELECT, INSERT, UPDATE ON mirror_tips TO felt_app;

-- One row is a batch that contradicts what the mirror holds (the same number, another content), kept as the
-- evidence. Written by the ingest, at most 20 a venue; only `cleared_at` may be set, by a person.
CREATE TABLE mirror_quarantine (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  venue_id    text NOT NULL REFERENCES venues,
  seq         bigint NOT NULL,
  held_hash   bytea NOT NULL,
  request     bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  cleared_at  timestamptz
);
CREATE INDEX mirror_quarantine_of_venue ON mirror_quarantine (venue_id);
CALL make_tenant('mirror_quarantine');
GRANT SELECT, INSERT, UPDATE (cleared_at) ON mirror_quarantine TO felt_app;
