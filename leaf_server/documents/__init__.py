"""The venue's documents at the box: their store, their way to the core, what the box itself writes."""
