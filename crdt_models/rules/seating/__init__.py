"""Who sits where, and who has to move."""
