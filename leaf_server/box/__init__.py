"""The box: its database, its clock, its broker, its backups."""
