-- One row is a venue's document at its current epoch. Written with the document's first accepted edit.
CREATE TABLE documents (
  venue_id text NOT NULL REFERENCES venues,
  document text NOT NULL CHECK (length(document) BETWEEN 1 AND 64),
  epoch    bigint NOT NULL,
  PRIMARY KEY (venue_id, document)
);
CALL make_tenant('documents');
GRANT SELECT, INSERT, UPDATE ON documents TO felt_app;

-- One row is what one batch did to one document. `n` is the venue's own number over all documents, 1, 2, 3 …
-- without holes. Written by `core_server.doc_store`; never changed: the other server asks for rows by number.
CREATE TABLE update_log (
  venue_id    text NOT NULL REFERENCES venues,
  n           bigint NOT NULL CHECK (n > 0),
  document    text NOT NULL,
  epoch       bigint NOT NULL,
  update      bytea NOT NULL,  -- Yjs v1, as applied
  vector      jsonb NOT NULL,  -- replica → last decided counter, what changed
  leaf_vector jsonb NOT NULL,  -- the same, as decided by the leaf
  bound       jsonb NOT NULL,  -- client id → device, new ones
  refused     jsonb NOT NULL,  -- refused stamp → the stamps it named
  origin      text NOT NULL,
  fence       bigint NOT NULL,
  at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (venue_id, n)
);
CREATE INDEX update_log_of_document ON update_log (venue_id, document, epoch, n);
CALL make_tenant('update_log');
GRANT SELECT, INSERT ON update_log TO felt_app;

-- One row is one accepted edit as history tells it. Written with row `n` of `update_log`; its own number
-- rises with time inside a venue. Never changed. An edit is told once, also when a row of the leaf comes twice
-- or a tablet handed it to both servers.
CREATE TABLE document_history (
  number   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  venue_id text NOT NULL REFERENCES venues,
  n        bigint NOT NULL,
  document text NOT NULL,
  stamp    text NOT NULL,
  name     text NOT NULL,
  before   text,
  after    text,
  replica  text NOT NULL,
  person   text NOT NULL,
  at_ms    bigint NOT NULL,
  via      text NOT NULL,
  claimed  boolean NOT NULL,
  UNIQUE (venue_id, document, stamp)
);
CREATE INDEX document_history_of_row ON document_history (venue_id, n);
CREATE INDEX document_history_of_document ON document_history (venue_id, document, number);
CREATE INDEX document_history_of_fact ON document_history (venue_id, document, name, number);
CALL make_tenant('document_history');
GRANT SELECT, INSERT ON document_history TO felt_app;

-- One row is a document's whole state up to row `n` of the log. Replaced as the document grows.
CREATE TABLE snapshots (
  venue_id text NOT NULL REFERENCES venues,
  document text NOT NULL,
  epoch    bigint NOT NULL,
  n        bigint NOT NULL,
  state    bytea NOT NULL,
  hash     bytea NOT NULL CHECK (length(hash) = 32),  -- SHA-256 of `state`
  PRIMARY KEY (venue_id, document)
);
CALL make_tenant('snapshots');
GRANT SELECT, INSERT, UPDATE ON snapshots TO felt_app;

-- One row is how far a replica's edits of a document are decided, here and at the leaf. Only grows.
CREATE TABLE replica_counters (
  venue_id     text NOT NULL REFERENCES venues,
  document     text NOT NULL,
  replica      text NOT NULL,
  counter      bigint NOT NULL,
  leaf_counter bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (venue_id, document, replica)
);
CALL make_tenant('replica_counters');
GRANT SELECT, INSERT, UPDATE ON replica_counters TO felt_app;

-- One row binds a Yjs client id of a document to the device that writes by it ("" a server's own).
CREATE TABLE client_ids (
  venue_id  text NOT NULL REFERENCES venues,
  document  text NOT NULL,
  epoch     bigint NOT NULL,
  client_id bigint NOT NULL,
  device    text NOT NULL,
  PRIMARY KEY (venue_id, document, epoch, client_id)
);
CALL make_tenant('client_ids');
GRANT SELECT, INSERT, UPDATE ON client_ids TO felt_app;

-- One row is an edit that was refused, and what it named; needed when a later edit names it.
CREATE TABLE refused_edits (
  venue_id text NOT NULL REFERENCES venues,
  document text NOT NULL,
  epoch    bigint NOT NULL,
  stamp    text NOT NULL,
  named    jsonb NOT NULL,
  PRIMARY KEY (venue_id, document, epoch, stamp)
);
CALL make_tenant('refused_edits');
GRANT SELECT, INSERT, UPDATE ON refused_edits TO felt_app;

-- One row is a follower's own position. Moved by that follower.
CREATE TABLE cursors (
  venue_id text NOT NULL REFERENCES venues,
  key      text NOT NULL CHECK (length(key) BETWEEN 1 AND 120),
  n        bigint NOT NULL,
  PRIMARY KEY (venue_id, key)
);
CALL make_tenant('cursors');
GRANT SELECT, INSERT, UPDATE ON cursors TO felt_app;
