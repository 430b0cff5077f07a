"""Which shapes of facts this build writes, and the oldest whose edits it still takes: one number for all.

A device says nothing of its own number: it compares it with the hello's. Older than `schema_min`, or newer
than `schema`: it reads only, and says so. What was written in a former shape, by whomever and however long
ago, is taken as it is and brought up to date when it is read (`fact.Former`).

    1  the first
    2  a level says who pays its ante: `ante_by`
"""

from typing import Final

__all__ = ["SCHEMA", "SCHEMA_MIN"]

SCHEMA: Final = 2
SCHEMA_MIN: Final = 2  # a tablet of schema 1 that edits a level would drop who pays its ante
