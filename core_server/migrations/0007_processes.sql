-- One row is a core process that ran lately. `lock`: the advisory lock its connection holds, a new one at each
-- connection; free means that the process is gone. `seen_at`: moved each second while it reaches both the
-- database and the hub. Written by that process; rows of a day ago are deleted by whoever starts.
CREATE TABLE core_processes (
  process text PRIMARY KEY CHECK (process ~ '^[0-9a-f]{16}$'),
  place   text NOT NULL,  -- host and pid, for whoever looks
  lock    bigint NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON core_processes TO felt_app;

-- Whether a process was seen lately enough to keep what it owns, and to take what another let go stale.
CREATE FUNCTION process_is_fresh(name text) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT EXISTS (
    SELECT 1 FROM felt.core_processes
    WHERE process = name AND seen_at > clock_timestamp() - interval '5 seconds')
$$;

-- Whether `claimant` may own what `owner` owned: it is the same, or that one is gone (it holds its lock no more,
-- nor is it known), or that one is stale and the claimant is not.
CREATE FUNCTION may_succeed(claimant text, owner text) RETURNS boolean LANGUAGE sql VOLATILE AS $$
  SELECT claimant = owner
      OR NOT EXISTS (
        SELECT 1 FROM felt.core_processes
        WHERE process = owner AND NOT pg_try_advisory_xact_lock_shared(lock))
      OR (process_is_fresh(claimant) AND NOT process_is_fresh(owner))
$$;
