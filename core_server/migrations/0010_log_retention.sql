-- A row of the update log goes once the leaf holds it and no load needs it: `CoreDocStore.forget`.
GRANT DELETE ON update_log TO felt_app;
