"""What stands in the way of a fact being put back to an earlier value (`take_back`).

Asked of the facts *as they would be afterwards*: what is taken back in the same act is no hindrance, and the
rules need to know nothing of time. A hindrance names the fact that has to go first, so that a person can be
told whose change that is. What only another document knows is not looked at.
Twin: `web/src/lib/twins/hindrance.ts`; both read `tests/vectors/take_back.json`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Literal, NamedTuple

from ..facts import FactReader
from .elimination.standings import Standings, standings

__all__ = ["Hindrance", "Judge"]

Code = Literal[
    "founding", "leaf_only", "seat_taken", "table_closed", "busted", "seated", "re_entered", "occupied",
    "later_level", "called", "in_use",
]  # fmt: skip


class Hindrance(NamedTuple):
    code: Code
    fact: str  # what has to go first; "": it can't be taken back at all


_Rule = Callable[["Judge", str, Any], Hindrance | None]


class Judge:
    """Judges facts as they would be; what many rules ask for is read once."""

    def __init__(self, kind: str, after: FactReader) -> None:
        self._kind = kind
        self.get = after.get
        self.group = after.group
        self._after = after

    def hindrance(self, name: str) -> Hindrance | None:
        """Why the fact can't be as it would be, in a document of this kind; None: it can."""
        if name == "setup":
            return Hindrance("founding", "")
        prefix, slash, ident = name.partition("/")
        if prefix in ("conflict", "arrived"):
            return Hindrance("leaf_only", "")
        rule = _RULES.get((self._kind, prefix + slash))
        return None if rule is None else rule(self, ident, self.get(name))

    @cached_property
    def standings(self) -> Standings:
        return standings(self._after)

    @cached_property
    def chairs(self) -> Mapping[tuple[str, int], Sequence[str]]:
        """Table and seat → who would sit there, sorted."""
        found: dict[tuple[str, int], list[str]] = {}
        for player, seat in self.many("seat/"):
            found.setdefault((seat["table"], seat["seat"]), []).append(player)
        return found

    @cached_property
    def sitting(self) -> Mapping[str, str]:
        """Table → the first who would sit there, by id."""
        found: dict[str, str] = {}
        for player, seat in self.many("seat/"):
            found.setdefault(seat["table"], player)
        return found

    @cached_property
    def unentered(self) -> Sequence[str]:
        """Who would sit without any entry, by id."""
        entered = {entry["player"] for _, entry in self.many("entry/")}
        known = self.standings.left | entered
        return [player for player, _ in self.many("seat/") if player not in known]

    @cached_property
    def lives(self) -> Mapping[str, Any]:
        """Entries by id, sorted."""
        return dict(self.many("entry/"))

    def many(self, prefix: str) -> Iterator[tuple[str, Any]]:
        yield from sorted(self.group(prefix).items())


def _seat(after: Judge, player: str, seat: Any) -> Hindrance | None:
    """In an event."""
    if seat is None:
        return None
    table: Any = after.get(f"table/{seat['table']}")
    if table is None or not table["open"]:
        return Hindrance("table_closed", f"table/{seat['table']}")
    life = after.standings.life_of.get(player)
    if life is not None and player not in after.standings.left:
        return Hindrance("busted", f"bust/{life}")
    return _taken(after, player, seat)


def _cash_seat(after: Judge, player: str, seat: Any) -> Hindrance | None:
    if seat is None:
        return None
    table: Any = after.get(f"cash/{seat['table']}")
    if table is None or table["state"] != "open":
        return Hindrance("table_closed", f"cash/{seat['table']}")
    return _taken(after, player, seat)


def _taken(after: Judge, player: str, seat: Any) -> Hindrance | None:
    others = [other for other in after.chairs[seat["table"], seat["seat"]] if other != player]
    return Hindrance("seat_taken", f"seat/{others[0]}") if others else None


def _table(after: Judge, table: str, value: Any) -> Hindrance | None:
    return None if value is not None and value["open"] else _occupied(after, table)


def _cash_table(after: Judge, table: str, value: Any) -> Hindrance | None:
    return None if value is not None and value["state"] == "open" else _occupied(after, table)


def _occupied(after: Judge, table: str) -> Hindrance | None:
    player = after.sitting.get(table)
    return None if player is None else Hindrance("occupied", f"seat/{player}")


def _entry(after: Judge, life: str, value: Any) -> Hindrance | None:
    """A life that was never there can't be over, nor sit."""
    if value is not None:
        return None
    if after.get(f"bust/{life}") is not None:
        return Hindrance("busted", f"bust/{life}")
    return Hindrance("seated", f"seat/{after.unentered[0]}") if after.unentered else None


def _bust(after: Judge, life: str, bust: Any) -> Hindrance | None:
    """A bust can't go while its player plays a later life, nor come back while he sits."""
    own: Any = after.lives.get(life)
    if bust is None:
        for other, later in after.lives.items() if own else ():
            if later["player"] == own["player"] and later["number"] > own["number"]:
                return Hindrance("re_entered", f"entry/{other}")
        return None
    player = bust["player"]
    if player not in after.standings.left and after.get(f"seat/{player}") is not None:
        return Hindrance("seated", f"seat/{player}")
    return None


def _level(after: Judge, number: str, value: Any) -> Hindrance | None:
    """Levels have no gap."""
    following = f"level/{int(number) + 1}"
    return Hindrance("later_level", following) if value is None and after.get(following) is not None else None


def _waitlist(after: Judge, entry: str, value: Any) -> Hindrance | None:
    return Hindrance("called", f"call/{entry}") if value is None and after.get(f"call/{entry}") else None


def _call(after: Judge, entry: str, value: Any) -> Hindrance | None:
    """Who was called and sits now was called."""
    listed: Any = after.get(f"waitlist/{entry}")
    seated = value is None and listed is not None and listed.get("state") == "seated"
    return Hindrance("seated", f"waitlist/{entry}") if seated else None


def _list(after: Judge, ident: str, value: Any) -> Hindrance | None:
    for prefix in ("cash/", "waitlist/"):
        for used, fact in after.many(prefix):
            if value is None and fact["list"] == ident:
                return Hindrance("in_use", prefix + used)
    return None


def _used_elsewhere(after: Judge, ident: str, value: Any) -> Hindrance | None:
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
