"""History: every accepted edit as a row, fact by fact (DESIGN 3.4.8). It keeps what the document forgets."""

from collections.abc import Callable, Mapping

from pydantic_core import to_json

from .edits import BLANK, Edit, Json
from .facts import FactReader
from .update_log import Change

__all__ = ["Telling"]


class Telling:
    """Tells the changes of one batch over the facts as they were before it."""

    def __init__(self, facts: FactReader, now: int) -> None:
        self._facts = facts
        self._now = now
        self._after: dict[str, str | None] = {}  # what this batch has said so far

    def changes(
        self, accepted: Mapping[str, Edit], *, via: str, claimed: Callable[[str, Edit], bool]
    ) -> list[Change]:
        """One row for each accepted edit, in their order; `claimed`: whether one is in another's name."""
        told: list[Change] = []
        for stamp, edit in accepted.items():
            if edit.name == BLANK:
                continue
            before = self._after[edit.name] if edit.name in self._after else _text(self._facts.get(edit.name))
            after = self._after[edit.name] = _text(edit.value)
            replica, unsure = stamp.split(".", 2)[2], claimed(stamp, edit)
            told.append(
                Change(
                    stamp, edit.name, before, after, replica, edit.person, self._now, via, unsure, edit.act
                )
            )
        return told


def _text(value: Json) -> str | None:
    return None if value is None else to_json(value).decode()
