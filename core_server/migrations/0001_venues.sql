-- The application's role: owns nothing, can't log in, can't bypass row level security. Connections of the
-- core take it on at their start (`role` among the connection's options).
DO $$
BEGIN
  CREATE ROLE felt_app NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
DO $$
BEGIN
  EXECUTE format('GRANT felt_app TO %I', current_user);
END $$;
GRANT USAGE ON SCHEMA felt TO felt_app;

-- The venue of the transaction, set by `core_server.db` and nowhere else; NULL (no rows) where it is not set.
CREATE FUNCTION this_venue() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.venue_id', true), '');

-- Makes a table a tenant's: one venue's transaction sees, and can make, only that venue's rows.
CREATE PROCEDURE make_tenant(name text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY tenant ON %I USING (venue_id = this_venue()) WITH CHECK (venue_id = this_venue())', name);
END $$;

-- For tables whose rows never change.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME;
END $$;

-- One row is one enrolled venue: the directory, the one table that is no tenant's. Nothing in it is secret.
-- Written at enrolment; a venue's account key never changes, and no row is deleted.
CREATE TABLE venues (
  venue_id    text PRIMARY KEY CHECK (venue_id ~ '^[A-Za-z0-9_-]{1,36}$'),
  account     text NOT NULL UNIQUE CHECK (account ~ '^A[A-Z2-7]{55}$'),  -- its NATS account
  name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  currency    text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  time_zone   text NOT NULL,
  start_ms    bigint NOT NULL CHECK (start_ms >= 0),  -- Unix milliseconds at which its leaf time is 0
  leaf_urls   text[] NOT NULL DEFAULT '{}',  -- where its pages find the leaf: allowed origins here too
  enrolled_at timestamptz NOT NULL DEFAULT now(),
  revoked_at  timestamptz  -- from then on nothing of this venue is taken
);
GRANT SELECT, INSERT, UPDATE (name, time_zone, leaf_urls, revoked_at) ON venues TO felt_app;

-- One row is a public key of one of the venue's boxes, for tokens or for ledger heads. Written at enrolment;
-- only `revoked_at` may be set later.
CREATE TABLE leaf_keys (
  venue_id    text NOT NULL REFERENCES venues,
  purpose     text NOT NULL CHECK (purpose IN ('token', 'ledger')),
  key_id      text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
  public_key  bytea NOT NULL CHECK (length(public_key) = 32),
  enrolled_at timestamptz NOT NULL DEFAULT now(),
  revoked_at  timestamptz,
  PRIMARY KEY (venue_id, purpose, key_id)
);
CALL make_tenant('leaf_keys');
GRANT SELECT, INSERT, UPDATE (revoked_at) ON leaf_keys TO felt_app;

-- One row is a sign-in that was ended before its time. Written by the core; never changed.
CREATE TABLE revoked_sessions (
  venue_id   text NOT NULL REFERENCES venues,
  session    text NOT NULL CHECK (length(session) BETWEEN 1 AND 64),
  revoked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (venue_id, session)
);
CALL make_tenant('revoked_sessions');
GRANT SELECT, INSERT ON revoked_sessions TO felt_app;

-- One row says which core process owns a venue's rooms and ingest: `fence` rises with each owner and stands
-- in every row that owner writes. Written by `core_server.ownership`.
CREATE TABLE owners (
  venue_id text PRIMARY KEY REFERENCES venues,
  fence    bigint NOT NULL CHECK (fence > 0),
  owner    text NOT NULL,
  since    timestamptz NOT NULL DEFAULT now()
);
CALL make_tenant('owners');
GRANT SELECT, INSERT, UPDATE ON owners TO felt_app;
