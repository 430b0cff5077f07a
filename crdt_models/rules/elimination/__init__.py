"""Who is out, in which place, and which chips are in play."""
