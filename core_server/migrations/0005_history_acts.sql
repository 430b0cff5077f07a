-- Which edits stand together: those of one replica with the same act; '' for one on its own.
ALTER TABLE document_history ADD COLUMN act text NOT NULL DEFAULT '';
