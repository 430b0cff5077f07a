-- One row is a player whose name was erased, for ever: facts about them are refused. Written as the leaf says.
CREATE TABLE erased_players (
  venue_id text NOT NULL REFERENCES venues,
  player   text NOT NULL CHECK (length(player) BETWEEN 1 AND 36),
  at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (venue_id, player)
);
CALL make_tenant('erased_players');
GRANT SELECT, INSERT ON erased_players TO felt_app;

-- Only erasing changes what was written: values of history rows, updates of earlier epochs of the roster.
GRANT UPDATE (before, after) ON document_history TO felt_app;
GRANT UPDATE (update) ON update_log TO felt_app;
GRANT DELETE ON snapshots TO felt_app;
