"""What stands in the way of a fact being put back to an earlier value (`take_back`).

Asked of the facts *as they would be afterwards*: what is taken back in the same act is no hindrance, and the
rules need to know nothing of time. A hindrance names the fact that has to go first, so that a person can be
told whose change that is. What only another document knows is not looked at.
Twin: `web/src/lib/twins/hindrance.ts`; both read `tests/vectors/take_back.json`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple

from ..facts import FactReader
from .elimination import standings

__all__ = ["Hindrance", "hindrance"]

Code = Literal[
    "founding", "leaf_only", "seat_taken", "table_closed", "busted", "seated", "re_entered", "occupied",
    "later_level", "called", "in_use",
]  # fmt: skip


class Hindrance(NamedTuple):
    code: Code
    fact: str  # what has to go first; "": it can't be taken back at all


_Rule = Callable[[FactReader, str, Any], Hindrance | None]


def hindrance(kind: str, after: FactReader, name: str) -> Hindrance | None:
    """Why the fact can't be as `after`, in a document of `kind`, says it; None: it can."""
    if name == "setup":
        return Hindrance("founding", "")
    prefix, slash, ident = name.partition("/")
    if prefix in ("conflict", "arrived"):
        return Hindrance("leaf_only", "")
    rule = _RULES.get((kind, prefix + slash))
    return None if rule is None else rule(after, ident, after.get(name))


def _seat(after: FactReader, player: str, seat: Any) -> Hindrance | None:
    """In an event."""
    if seat is None:
        return None
    table: Any = after.get(f"table/{seat['table']}")
    if table is None or not table["open"]:
        return Hindrance("table_closed", f"table/{seat['table']}")
    standing = standings(after)
    life = standing.life_of.get(player)
    if life is not None and player not in standing.left:
        return Hindrance("busted", f"bust/{life}")
    return _taken(after, player, seat)


def _cash_seat(after: FactReader, player: str, seat: Any) -> Hindrance | None:
    if seat is None:
        return None
    table: Any = after.get(f"cash/{seat['table']}")
    if table is None or table["state"] != "open":
        return Hindrance("table_closed", f"cash/{seat['table']}")
    return _taken(after, player, seat)


def _taken(after: FactReader, player: str, seat: Any) -> Hindrance | None:
    chair = (seat["table"], seat["seat"])
    for other, taken in _many(after, "seat/"):
        if other != player and (taken["table"], taken["seat"]) == chair:
            return Hindrance("seat_taken", f"seat/{other}")
    return None


def _table(after: FactReader, table: str, value: Any) -> Hindrance | None:
    return None if value is not None and value["open"] else _occupied(after, table)


def _cash_table(after: FactReader, table: str, value: Any) -> Hindrance | None:
    return None if value is not None and value["state"] == "open" else _occupied(after, table)


def _occupied(after: FactReader, table: str) -> Hindrance | None:
    for player, seat in _many(after, "seat/"):
        if seat["table"] == table:
            return Hindrance("occupied", f"seat/{player}")
    return None


def _entry(after: FactReader, life: str, value: Any) -> Hindrance | None:
    """A life that was never there can't be over, nor sit."""
    if value is not None:
        return None
    if after.get(f"bust/{life}") is not None:
        return Hindrance("busted", f"bust/{life}")
    left = standings(after).left
    entered = {entry["player"] for _, entry in _many(after, "entry/")}
    for player, _ in _many(after, "seat/"):
        if player not in left and player not in entered:
            return Hindrance("seated", f"seat/{player}")
    return None


def _bust(after: FactReader, life: str, bust: Any) -> Hindrance | None:
    """A bust can't go while its player plays a later life, nor come back while he sits."""
    entries = dict(_many(after, "entry/"))
    entry = entries.get(life)
    if bust is None:
        for other, later in entries.items():
            if entry and later["player"] == entry["player"] and later["number"] > entry["number"]:
                return Hindrance("re_entered", f"entry/{other}")
        return None
    player = bust["player"]
    if player not in standings(after).left and after.get(f"seat/{player}") is not None:
        return Hindrance("seated", f"seat/{player}")
    return None


def _level(after: FactReader, number: str, value: Any) -> Hindrance | None:
    """Levels have no gap."""
    following = f"level/{int(number) + 1}"
    return Hindrance("later_level", following) if value is None and after.get(following) is not None else None


def _waitlist(after: FactReader, entry: str, value: Any) -> Hindrance | None:
    return Hindrance("called", f"call/{entry}") if value is None and after.get(f"call/{entry}") else None


def _call(after: FactReader, entry: str, value: Any) -> Hindrance | None:
    """Who was called and sits now was called."""
    listed: Any = after.get(f"waitlist/{entry}")
    seated = value is None and listed is not None and listed.get("state") == "seated"
    return Hindrance("seated", f"waitlist/{entry}") if seated else None


def _list(after: FactReader, ident: str, value: Any) -> Hindrance | None:
    for prefix in ("cash/", "waitlist/"):
        for used, fact in _many(after, prefix):
            if value is None and fact["list"] == ident:
                return Hindrance("in_use", prefix + used)
    return None


def _used_elsewhere(after: FactReader, ident: str, value: Any) -> Hindrance | None:
    """Other documents name it by its id: it is changed in its own place, never taken out of the past."""
    return Hindrance("in_use", "") if value is None else None


_RULES: Final[Mapping[tuple[str, str], _Rule]] = {
    ("tournament", "seat/"): _seat,
    ("tournament", "table/"): _table,
    ("tournament", "entry/"): _entry,
    ("tournament", "bust/"): _bust,
    ("tournament", "level/"): _level,
    ("floor", "seat/"): _cash_seat,
    ("floor", "cash/"): _cash_table,
    ("floor", "waitlist/"): _waitlist,
    ("floor", "call/"): _call,
    ("floor", "list/"): _list,
    ("config", "table/"): _used_elsewhere,
    ("roster", "player/"): _used_elsewhere,
}


def _many(after: FactReader, prefix: str) -> Iterator[tuple[str, Any]]:
    yield from sorted(after.group(prefix).items())
