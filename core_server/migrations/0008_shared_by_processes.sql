-- `sync_url`: where clients find the process's sync; told to all clients of the core.
ALTER TABLE core_processes ADD COLUMN sync_url text;

-- One row is a public key of the core that all its processes must share. Written by the first; a process that
-- has another one does not start.
CREATE TABLE core_keys (
  name   text PRIMARY KEY,
  public text NOT NULL
);
GRANT SELECT, INSERT ON core_keys TO felt_app;
