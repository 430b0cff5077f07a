"""Act ids: which edits stand together, and which act takes another back.

An act that takes something back says so in its id, `<nonce>~<stamp>`: the stamp is the first of what it takes
back. So it travels with each of its edits, is refused or accepted with them, and needs no place of its own.
Twin: `web/src/lib/facts/acts.ts`.
"""

from typing import Final

from .stamps import parse

__all__ = ["NONCE_MAX", "taken_back", "taking_back"]

NONCE_MAX: Final = 6  # with the longest stamp that is the 64 characters an act id may have
_MARK: Final = "~"


def taking_back(nonce: str, stamp: str) -> str:
    """The id of an act that takes back the act whose first edit is `stamp`."""
    return f"{nonce[:NONCE_MAX]}{_MARK}{stamp}"


def taken_back(act: str) -> str | None:
    """The first stamp of what an act takes back; None: it takes nothing back."""
    _, mark, stamp = act.partition(_MARK)
    return stamp if mark and parse(stamp) is not None else None
