"""Seasons: points of results, by formulas that are data."""
