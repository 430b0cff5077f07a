"""The venue's money at the box: the door to the ledger, its way to the core, what pages are told of it."""
