-- Who of the house has seen that its ledger has two branches; seeing it clears nothing. Set once by a manager.
ALTER TABLE mirror_quarantine ADD COLUMN seen_at timestamptz;
ALTER TABLE mirror_quarantine ADD COLUMN seen_by text CHECK (length(seen_by) BETWEEN 1 AND 120);
GRANT UPDATE (seen_at, seen_by) ON mirror_quarantine TO felt_app;
