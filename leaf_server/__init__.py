"""The venue's authority: one box in the room that keeps working with the line cut."""
