"""Taking acts back: what to write so that facts say again what they said before (DESIGN 3.1, UX 2.9).

Pure. An act is taken back whole or not at all. What was changed since stays, unless a person wants it all the
same; what others' changes depend on stays in any case, and it is said which of them has to go first. Nothing
is deleted: a taking back is an act of new edits that name those they undo, and can be taken back itself.
Twin: `web/src/lib/facts/take-back.ts`; both read `tests/vectors/take_back.json`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from .edits import REPLACES_MAX, Json
from .facts import Index, Parse
from .rules.hindrance import Judge
from .stamps import order

__all__ = ["CHANGED", "Plan", "Stays", "Taking", "Told", "Writing", "plan"]

F = TypeVar("F")

CHANGED: Final = "changed"
_SETTLED: Final = "settled/"
_CALL_OUT: Final = "move/"
_SEAT: Final = "seat/"
_SETTLED_STAMPS_MAX: Final = 12


class Told(NamedTuple):
    """One edit, as history tells it."""

    stamp: str
    name: str
    before: Json
    after: Json


class Writing(NamedTuple):
    """One edit to write. `replaces`: what it undoes and what counts now; what comes meanwhile is a rival."""

    name: str
    value: Json
    replaces: tuple[str, ...]


class Taking(NamedTuple):
    """An act to write, for the act whose first edit is `stamp`; without edits where others do it all."""

    stamp: str
    edits: tuple[Writing, ...]


class Stays(NamedTuple):
    """An act that is not taken back, and why: `CHANGED`, or a code of `rules.hindrance`."""

    stamp: str  # its first
    code: str
    name: str  # the fact of it that is concerned
    fact: str  # the fact that has to go first; of `CHANGED` the same; "" where nothing helps


class Plan(NamedTuple):
    taken: tuple[Taking, ...]  # oldest first
    stays: tuple[Stays, ...]


def plan(kind: str, facts: Index, acts: Iterable[Sequence[Told]], *, all_the_same: bool = False) -> Plan:
    """`kind` of document; each of `acts` whole. `all_the_same`: also over what was changed since."""
    given = sorted((_in_order(act) for act in acts), key=lambda act: order(act[0].stamp))
    standing = {act[0].stamp: _but_plain_setup(act) for act in given}
    stays: list[Stays] = []
    while True:
        writings, changed = _writings(facts, standing.values(), all_the_same)
        falls = _falls(kind, facts, standing, writings, changed)
        if not falls:
            return Plan(_takings(standing, writings), tuple(stays))
        for one in falls:  # without them others may fall: look again
            del standing[one.stamp]
        stays += falls


def _takings(standing: Mapping[str, Sequence[Told]], writings: Iterable[Writing]) -> tuple[Taking, ...]:
    """What to write, under the first act that said something of the fact."""
    of: dict[str, list[Writing]] = {first: [] for first in standing}
    firsts = {told.name: first for first, act in [*standing.items()][::-1] for told in act}
    for writing in writings:
        of[firsts.get(writing.name) or firsts[writing.name.removeprefix(_SETTLED)]].append(writing)
    return tuple(Taking(first, tuple(edits)) for first, edits in of.items())


def _in_order(act: Sequence[Told]) -> list[Told]:
    return sorted(act, key=lambda told: order(told.stamp))


def _but_plain_setup(act: Sequence[Told]) -> Sequence[Told]:
    """A document that only began with this act goes on to be there; the rest of the act goes back."""
    rest = [told for told in act if told.name != "setup" or not _plain(told.after)]
    return rest or act


def _plain(setup: Any) -> bool:
    return isinstance(setup, dict) and setup.keys() <= {"kind", "version"}


def _writings(
    facts: Index, acts: Iterable[Sequence[Told]], all_the_same: bool
) -> tuple[list[Writing], set[str]]:
    """What to write for these acts, and the stamps of theirs that were changed since.

    A call-out goes with its seat: that somebody saw the player arrive changes nothing of the move.
    """
    by_name: dict[str, list[Told]] = {}
    follows: set[str] = set()
    for act in acts:
        names = {told.name for told in act}
        for told in act:
            by_name.setdefault(told.name, []).append(told)
            if told.name.startswith(_CALL_OUT) and _SEAT + told.name.removeprefix(_CALL_OUT) in names:
                follows.add(told.name)
    writings: list[Writing] = []
    changed: set[str] = set()
    for name, chain in by_name.items():
        chain.sort(key=lambda told: order(told.stamp))
        if not all_the_same and name not in follows:
            changed |= _overlaid(facts, chain)
        writings += _undone(facts, name, chain)
    return writings, changed


def _overlaid(facts: Index, chain: Sequence[Told]) -> set[str]:
    """Stamps of the chain (edits of one fact, oldest first) on which somebody else has built since."""
    live = set(facts.live(chain[0].name))
    if chain[-1].stamp not in live:
        return {told.stamp for told in chain}
    for n in range(len(chain) - 1, 0, -1):
        older, newer = chain[n - 1], chain[n]
        if older.stamp not in live and older.after != newer.before:
            return {told.stamp for told in chain[:n]}
    return set()


def _undone(facts: Index, name: str, chain: Sequence[Told]) -> list[Writing]:
    """The fact without this chain: as before it, or as the rivals say that were not made by it."""
    live, mine = facts.live(name), {told.stamp for told in chain}
    rest = [stamp for stamp in live if stamp not in mine]
    if not rest or len(rest) == len(live):
        named = sorted({*live, *mine}, key=order)[-REPLACES_MAX:]
        return [Writing(name, chain[0].before, tuple(named))]
    stands = facts.pick(name, rest)
    gone = [stamp for stamp in live if stamp in mine or stamp == stands]
    writing = Writing(name, facts.edits[stands].value, tuple(gone[-REPLACES_MAX:]))
    return [writing, *_settled(facts, name, live, rest)]


def _settled(facts: Index, name: str, live: Sequence[str], rest: Sequence[str]) -> list[Writing]:
    """Who takes one of two answers back has looked at both: the conflict is closed."""
    if facts.meanings(name) < 2 or facts.meanings(name, rest) > 1:
        return []
    how = "kept" if facts.stamp(name) in rest else "used"
    conflict: Any = facts.get(f"conflict/{name}")
    told = [answer["stamp"] for answer in conflict["answers"]] if conflict else []
    stamps: list[Json] = [*dict.fromkeys([*told, *live])][:_SETTLED_STAMPS_MAX]
    settled = _SETTLED + name
    return [Writing(settled, {"stamps": stamps, "how": how}, tuple(facts.live(settled)[-REPLACES_MAX:]))]


def _falls(
    kind: str,
    facts: Index,
    standing: Mapping[str, Sequence[Told]],
    writings: Sequence[Writing],
    changed: set[str],
) -> list[Stays]:
    """The acts that can't go with these writings; those changed since first: others may depend on them."""
    falls = [
        Stays(first, CHANGED, told.name, told.name)
        for first, act in standing.items()
        for told in [next((told for told in act if told.stamp in changed), None)]
        if told is not None
    ]
    if falls:
        return falls
    judge = Judge(kind, _Afterwards(facts, writings))
    for first, act in standing.items():
        for told in act:
            why = judge.hindrance(told.name)
            if why is not None:
                falls.append(Stays(first, why.code, told.name, why.fact))
                break
    return falls


class _Afterwards:
    """The facts as they would be: a FactReader."""

    def __init__(self, facts: Index, writings: Iterable[Writing]) -> None:
        self._facts = facts
        self._written = {writing.name: writing.value for writing in writings}
        self._groups: dict[str, Mapping[str, Json]] = {}

    def get(self, name: str) -> Json:
        return self._written[name] if name in self._written else self._facts.get(name)

    def group(self, prefix: str) -> Mapping[str, Json]:
        if prefix not in self._groups:
            group = dict(self._facts.group(prefix))
            for name, value in self._written.items():
                if name.startswith(prefix):
                    group[name.removeprefix(prefix)] = value
            self._groups[prefix] = {ident: value for ident, value in group.items() if value is not None}
        return self._groups[prefix]

    def stamp(self, name: str) -> str:
        return self._facts.stamp(name)

    def rivals(self, prefix: str = "") -> Mapping[str, int]:
        return self._facts.rivals(prefix)

    def read(self, name: str, model: type[F], parse: Parse[F]) -> F | None:
        value = self.get(name)
        return None if value is None else parse(value, model)

    def read_group(self, prefix: str, model: type[F], parse: Parse[F]) -> Mapping[str, F]:
        read = ((ident, self.read(prefix + ident, model, parse)) for ident in sorted(self.group(prefix)))
        return {ident: fact for ident, fact in read if fact is not None}
