"""Entries of a branch that was left behind: booked again as commands of this one, or set aside by two people.

Which old entry is meant is said by its hash (hex); each is dealt with once.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal, TypeAlias

from .every_command import MANAGERS, Common, EntryHash, Reason

__all__ = ["SetAside", "Shapes", "again"]

_OWN: Final = frozenset({"second", "names", "intent", "expects", "rebooks"})
_BY_NUMBER: Final = frozenset({"seq", "of", "marker", "received"})
"""Fields that name another entry: in this branch the number may be another's, so a person looks it up."""


class SetAside(Common):
    """An old entry is not booked here: what it says was not so, or stands here already."""

    roles: ClassVar = MANAGERS
    takes_two: ClassVar = True
    kind: Literal["set_aside"]
    old_entry: EntryHash
    reason: Reason


def again(
    shape: type[Common] | None, kind: str, data: Mapping[str, Any], hash_: str
) -> dict[str, Any] | None:
    """The command that books an old entry again, from what that entry tells; None: only by hand."""
    if shape is None or kind == "set_aside":
        return None
    said = {name: _parsed(value) for name, value in data.items() if name in shape.model_fields}
    if _BY_NUMBER & said.keys():
        return None
    return {"kind": kind, **{name: said[name] for name in said if name not in _OWN}, "rebooks": hash_}


def _parsed(value: Any) -> Any:
    """Adopted rules stand in an entry as canonical text."""
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


Shapes: TypeAlias = SetAside
