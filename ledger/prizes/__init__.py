"""Prizes as arithmetic: pool, payouts, ties, ICM, deals. Integers in and out; no cent appears or goes.

Nothing here knows a tournament, an account or a document: chips, places and amounts are arguments.
"""
