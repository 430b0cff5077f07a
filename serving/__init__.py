"""What both servers do alike; no venue rule lives here."""
