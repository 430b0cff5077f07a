"""Reading edits: an index name → live stamps, fed by changes; nothing iterates the map.

An edit is *live* while no present edit of the same name names it in `replaces`.
The TypeScript twin is `web/src/lib/facts.ts`; both read `tests/vectors/facts.json`.
"""

from collections.abc import Mapping
from typing import Protocol

__all__ = ["FactReader", "Json"]

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class FactReader(Protocol):
    """What rules and views may ask of a document."""

    def get(self, name: str) -> Json:
        """The value that counts for now; None where there is none or it was set to null."""

    def group(self, prefix: str) -> Mapping[str, Json]:
        """All facts `prefix` + id that count and are not null, by id."""

    def stamp(self, name: str) -> str:
        """Stamp of the edit that counts; "" where there is none. (Order of arrival in rules.)"""

    def rivals(self, prefix: str = "") -> Mapping[str, int]:
        """Names with more than one live edit that do not mean the same → how many."""
