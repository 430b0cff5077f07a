"""Money: a strictly ordered, append-only, double-entry ledger in integer minor units.

Decisions are pure functions of state and command. `journal` is the one file that touches a disk.
"""
