-- Who may sign in at this leaf, on what. `leaf_server/identity/` owns these tables.
-- Times are leaf time. Secrets are kept as SHA-256 (they are 160 random bits or more), PINs as argon2id.

-- The venue of this leaf. One row, written once, by `initialise`.
CREATE TABLE venue (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  id        TEXT NOT NULL,
  name      TEXT NOT NULL,
  currency  TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  start_ms  INTEGER NOT NULL  -- Unix milliseconds at which leaf time is 0
) STRICT;

-- Staff. `failures`: wrong PINs in a row, counted before a PIN is looked at; 10 lock until a manager unlocks.
CREATE TABLE person (
  person         TEXT PRIMARY KEY,
  name           TEXT NOT NULL,
  role           TEXT NOT NULL CHECK (role IN ('admin', 'manager', 'floor', 'cashier', 'dealer')),
  pin_hash       TEXT NOT NULL,
  failures       INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
  last_failed_ms INTEGER NOT NULL DEFAULT 0,
  active         INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT, WITHOUT ROWID;

-- One row per tablet, screen or phone that was let in. `player` is whose phone it is.
CREATE TABLE device (
  device      TEXT PRIMARY KEY,
  kind        TEXT NOT NULL CHECK (kind IN ('floor', 'cage', 'display', 'dealer', 'phone')),
  name        TEXT NOT NULL,
  player      TEXT,
  secret_hash BLOB NOT NULL,
  made_ms     INTEGER NOT NULL,
  revoked     INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

-- One-time keys: `enrol` lets a device in, `claim` a player's phone. Used or expired ones stay a day.
CREATE TABLE one_time_key (
  key_hash   BLOB PRIMARY KEY,
  purpose    TEXT NOT NULL CHECK (purpose IN ('enrol', 'claim')),
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,   -- the device's name; of a claim the player's id
  expires_ms INTEGER NOT NULL,
  used_ms    INTEGER
) STRICT, WITHOUT ROWID;

-- One row per sign-in; its refresh tokens form its family.
CREATE TABLE sign_in (
  session    TEXT PRIMARY KEY,
  person     TEXT NOT NULL,
  role       TEXT NOT NULL,
  device     TEXT NOT NULL REFERENCES device,
  opened_ms  INTEGER NOT NULL,
  until_ms   INTEGER NOT NULL, -- no refresh after this
  ended_ms   INTEGER           -- signed out, revoked, or a refresh token came twice
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_person ON sign_in (person);

-- Refresh tokens ever given to a living sign-in; `used_ms` set means: coming again ends the family.
CREATE TABLE refresh (
  token_hash BLOB PRIMARY KEY,
  session    TEXT NOT NULL REFERENCES sign_in ON DELETE CASCADE,
  used_ms    INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_session ON refresh (session);
