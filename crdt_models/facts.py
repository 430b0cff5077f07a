"""Reading edits: an index name → live stamps, fed by changes; nothing iterates the map.

An edit is *live* while no present edit of the same name names it in `replaces`.
The TypeScript twin is `web/src/lib/facts/facts.ts`; both read `tests/vectors/facts.json`.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar

from .edits import BLANK, Edit, Json
from .stamps import order

__all__ = ["FactReader", "Index", "Json", "Parse", "Reading"]

F = TypeVar("F")
Parse = Callable[[Json, type[F]], F | None]
"""A pure function; None: that value is no such fact."""

_NOTHING: Mapping[str, Json] = MappingProxyType({})


class FactReader(Protocol):
    """What rules and views may ask of a document."""

    def get(self, name: str) -> Json:
        """The value that counts for now; None where there is none or it was set to null."""

    def group(self, prefix: str) -> Mapping[str, Json]:
        """All facts `prefix` + id that count and are not null, by id."""

    def stamp(self, name: str) -> str:
        """Stamp of the edit that counts; "" where there is none. (Order of arrival in rules.)"""

    def rivals(self, prefix: str = "") -> Mapping[str, int]:
        """Names with more than one live edit that do not mean the same → how many meanings."""

    def read(self, name: str, model: type[F], parse: "Parse[F]") -> F | None:
        """What `parse` makes of `get(name)`; a reader may remember it until the fact changes."""

    def read_group(self, prefix: str, model: type[F], parse: "Parse[F]") -> Mapping[str, F]:
        """The same of `group(prefix)`, without what `parse` makes nothing of."""


class Reading(Protocol):
    """How rivals of one fact are read; `documents.fact.FactKind` is one."""

    @property
    def policy(self) -> Literal["latest", "earliest"]: ...

    @property
    def conflict(self) -> bool: ...

    def same(self, one: Json, other: Json, /) -> bool: ...

    def current(self, value: Json, /) -> Json:
        """A value that was written in a former shape, in today's."""


class Index:
    """The facts of one replica. A FactReader that is told of each edit that comes and goes.

    The order in which edits come does not matter: the same set of edits always reads the same.
    """

    def __init__(self, kind: Callable[[str], Reading | None]) -> None:
        self.edits: dict[str, Edit] = {}  # all present ones, replaced ones too
        self._kind = kind
        self._live: dict[str, set[str]] = {}  # name → stamps
        self._named: dict[
            tuple[str, str], int
        ] = {}  # (name, stamp) → present edits of that name that name it
        self._groups: dict[str, set[str]] = {}  # "seat/" → names with a live edit
        self._counting: dict[str, str] = {}  # name → stamp that counts; forgotten when the name changes
        self._pictures: dict[str, Mapping[str, Json]] = {}  # prefix → answer of `group`; likewise
        self._read: dict[
            str, tuple[Json, type[Any], Any]
        ] = {}  # name → a value, as a model, what it was read as
        self._groups_read: dict[
            tuple[str, type[Any]], tuple[Mapping[str, Json], Mapping[str, Any]]
        ] = {}  # (prefix, model) → an answer of `group`, the same read
        self._digest: str | None = None  # forgotten when anything changes

    def add(self, stamp: str, edit: Edit) -> None:
        """A new present edit; one that is here already changes nothing."""
        if stamp in self.edits:
            return
        self.edits[stamp] = edit
        if edit.name == BLANK:
            return
        if (edit.name, stamp) not in self._named:
            self._raise(edit.name, stamp)
        for named in edit.replaces:
            key = (edit.name, named)
            self._named[key] = self._named.get(key, 0) + 1
            older = self.edits.get(named)
            if older is not None and older.name == edit.name:
                self._bury(edit.name, named)
        self._changed(edit.name)

    def remove(self, stamp: str) -> None:
        """The edit is no longer present; what it alone replaced is live again."""
        edit = self.edits.pop(stamp, None)
        if edit is None or edit.name == BLANK:
            return
        self._bury(edit.name, stamp)
        for named in edit.replaces:
            key = (edit.name, named)
            left = self._named[key] - 1
            if left:
                self._named[key] = left
                continue
            del self._named[key]
            older = self.edits.get(named)
            if older is not None and older.name == edit.name:
                self._raise(edit.name, named)
        self._changed(edit.name)

    def get(self, name: str) -> Json:
        stamp = self.stamp(name)
        return self._value(name, stamp) if stamp else None

    def group(self, prefix: str) -> Mapping[str, Json]:
        picture = self._pictures.get(prefix)
        if picture is None:
            names = self._groups.get(prefix)
            if names is None:
                return _NOTHING
            values = ((name, self.get(name)) for name in sorted(names))
            picture = MappingProxyType(
                {name[len(prefix) :]: value for name, value in values if value is not None}
            )
            self._pictures[prefix] = picture
        return picture

    def read(self, name: str, model: type[F], parse: Parse[F]) -> F | None:
        return self._parsed(name, self.get(name), model, parse)

    def read_group(self, prefix: str, model: type[F], parse: Parse[F]) -> Mapping[str, F]:
        picture = self.group(prefix)
        known = self._groups_read.get((prefix, model))
        if known is None or known[0] is not picture:
            read = (
                (ident, self._parsed(prefix + ident, value, model, parse)) for ident, value in picture.items()
            )
            known = picture, MappingProxyType({ident: fact for ident, fact in read if fact is not None})
            self._groups_read[(prefix, model)] = known
        return known[1]

    def stamp(self, name: str) -> str:
        counting = self._counting.get(name)
        if counting is None:
            live = self._live.get(name)
            if not live:
                return ""
            counting = self._counting[name] = self.pick(name, live) if len(live) > 1 else next(iter(live))
        return counting

    def pick(self, name: str, stamps: Iterable[str]) -> str:
        """Which of these edits of a fact counts, were they the live ones. At least one."""
        kind = self._kind(name)
        first = kind is not None and kind.policy == "earliest"
        return min(stamps, key=order) if first else max(stamps, key=order)

    def rivals(self, prefix: str = "") -> Mapping[str, int]:
        found = {
            name: self.meanings(name)
            for name, live in self._live.items()
            if len(live) > 1 and name.startswith(prefix)
        }
        return {name: meanings for name, meanings in sorted(found.items()) if meanings > 1}

    def meanings(self, name: str, among: Iterable[str] | None = None) -> int:
        """How many different things the live edits of a fact (or those `among` them) say; at most 1 where
        rivals are no conflict.
        """
        kind, different = self._kind(name), list[Json]()
        for stamp in self.live(name) if among is None else among:
            if kind is None or not kind.conflict:
                return 1
            value = kind.current(self.edits[stamp].value)
            if not any(kind.same(value, other) for other in different):
                different.append(value)
        return len(different)

    def contested(self, name: str) -> bool:
        """Whether more than one edit of a fact is live."""
        return len(self._live.get(name, ())) > 1

    def live(self, name: str) -> list[str]:
        """Stamps of the live edits of a fact in their order: what a new edit of it takes the place of."""
        return sorted(self._live.get(name, ()), key=order)

    def names(self, prefix: str = "") -> list[str]:
        """Names that have a live edit (null ones too), sorted."""
        return sorted(name for name in self._live if name.startswith(prefix))

    @property
    def digest(self) -> str:
        """32 hex digits over the set of live stamps: equal for equal sets, whatever their history."""
        if self._digest is None:
            hashes = (_hash(stamp) for live in self._live.values() for stamp in live)
            self._digest = f"{sum(hashes) % 2**128:032x}"
        return self._digest

    def _value(self, name: str, stamp: str) -> Json:
        value, kind = self.edits[stamp].value, self._kind(name)
        return value if kind is None else kind.current(value)

    def _parsed(self, name: str, value: Json, model: type[F], parse: Parse[F]) -> F | None:
        """Read once for as long as it is the same value of the same edit."""
        if value is None:
            return None
        known = self._read.get(name)
        if known is None or known[0] is not value or known[1] is not model:
            known = self._read[name] = value, model, parse(value, model)
        fact: F | None = known[2]
        return fact

    def _raise(self, name: str, stamp: str) -> None:
        live = self._live.get(name)
        if live is not None:
            live.add(stamp)
            return
        self._live[name] = {stamp}
        prefix, slash, _ = name.partition("/")
        if slash:
            self._groups.setdefault(prefix + slash, set()).add(name)

    def _bury(self, name: str, stamp: str) -> None:
        live = self._live.get(name)
        if live is None or stamp not in live:
            return
        live.remove(stamp)
        if not live:
            del self._live[name]
            prefix, slash, _ = name.partition("/")
            if slash:
                self._groups[prefix + slash].remove(name)

    def _changed(self, name: str) -> None:
        self._digest = None
        self._counting.pop(name, None)
        self._read.pop(name, None)
        prefix, slash, _ = name.partition("/")
        self._pictures.pop(prefix + slash, None)


def _hash(stamp: str) -> int:
    return int.from_bytes(blake2b(stamp.encode(), digest_size=16).digest(), "big")
