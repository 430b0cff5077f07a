"""Many venues in the cloud: documents merged, ledgers mirrored, identity. The leaf never needs it."""
