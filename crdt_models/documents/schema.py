"""Which shapes of facts this build writes, and the oldest whose edits it still takes: one number for all.

A device says nothing of its own number: it compares it with the hello's. Older than `schema_min`, or newer
than `schema`: it reads only, and says so. What is in between is written as it is, and brought up to date when
it is read.
"""

from typing import Final

__all__ = ["SCHEMA", "SCHEMA_MIN"]

SCHEMA: Final = 1
SCHEMA_MIN: Final = 1
