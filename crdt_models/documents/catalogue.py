"""The catalogue: every kind of document, who may write and read it, and its table of facts.

Rights are per document, never per fact. `may_write` and `may_read` are the whole of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal

from . import cage, config, displays, floor, leagues, phone, requests, roster, tournament
from .fact import ID, FactKind

__all__ = [
    "CATALOGUE", "DOCUMENTS_PER_KIND_MAX", "DOCUMENT_NAME", "DocumentKind", "RefusalCode", "Role",
    "check", "kind_of", "may_read", "may_write",
]  # fmt: skip

RefusalCode = Literal["unknown_name", "leaf_only", "model"]
Role = Literal["admin", "manager", "floor", "cashier", "dealer", "player", "display"]
STAFF: Final[frozenset[str]] = frozenset({"admin", "manager", "floor", "cashier", "dealer"})
MANAGERS: Final[frozenset[str]] = frozenset({"admin", "manager"})
FLOOR: Final[frozenset[str]] = MANAGERS | {"floor"}
DOCUMENTS_PER_KIND_MAX: Final = 2_000
FACTS_REMEMBERED: Final = 4_096  # names of one kind
DOCUMENT_NAME: Final = r"[a-z]{1,16}(?:/[A-Za-z0-9_-]{1,36})?"


@dataclass(frozen=True)
class DocumentKind:
    """One row of the catalogue. `own` kinds belong to one player or table: `<kind>/<id>` only for that id."""

    name: str
    writers: frozenset[str]
    readers: frozenset[str]
    facts: Mapping[str, FactKind]
    many: bool = False  # `<name>/<id>` instead of one `<name>`
    own: bool = False  # for roles player and dealer: only the document of their own id
    core: bool = True  # edits may come in through the core

    @cached_property
    def fact(self) -> Callable[[str], FactKind | None]:
        """The kind of the fact of that name, or None: no such fact in this document."""
        return lru_cache(maxsize=FACTS_REMEMBERED)(self._fact)  # each edit asks four times

    def _fact(self, name: str) -> FactKind | None:
        prefix, slash, ident = name.partition("/")
        if not slash:
            return self.facts.get(name)
        kind = self.facts.get(prefix + "/")
        return kind if kind is not None and kind.ids.fullmatch(ident) else None

    def check(self, name: str, value: object, *, by_leaf: bool = False) -> RefusalCode | None:
        """As the function `check`, for a document of this kind. About 1 µs."""
        fact = self.fact(name)
        if fact is None:
            return "unknown_name"
        if fact.leaf_only and not by_leaf:
            return "leaf_only"
        if value is None:
            return "model" if name == "setup" else None
        if not fact.fits(value):
            return "model"
        if name == "setup" and isinstance(value, dict) and value.get("kind", self.name) != self.name:
            return "model"
        return None


_KINDS = (
    DocumentKind("config", MANAGERS, STAFF, config.FACTS),
    DocumentKind("floor", FLOOR, STAFF, floor.FACTS),
    DocumentKind("tournament", FLOOR, STAFF, tournament.FACTS, many=True),
    DocumentKind("leagues", MANAGERS, STAFF, leagues.FACTS),
    DocumentKind("displays", FLOOR, STAFF | {"display"}, displays.FACTS),
    DocumentKind("roster", FLOOR | {"cashier"}, STAFF, roster.FACTS),
    DocumentKind("table", frozenset({"dealer"}), STAFF, phone.TABLE, many=True, own=True),
    DocumentKind("phone", frozenset({"player"}), frozenset({"player"}), phone.PHONE, many=True, own=True),
    DocumentKind("requests", frozenset(), STAFF, requests.FACTS, core=False),
    DocumentKind("answers", frozenset(), STAFF | {"player"}, phone.ANSWERS, many=True, own=True, core=False),
    DocumentKind("cage", frozenset(), STAFF, cage.FACTS, core=False),
)
CATALOGUE: Final[Mapping[str, DocumentKind]] = {kind.name: kind for kind in _KINDS}


def kind_of(document: str) -> DocumentKind | None:
    """The kind of a document by its name (`tournament/<id>`), or None: there can be no such document."""
    name, slash, ident = document.partition("/")
    kind = CATALOGUE.get(name)
    if kind is None or bool(slash) != kind.many or (kind.many and not ID.fullmatch(ident)):
        return None
    return kind


def may_write(document: str, role: str, subject: str) -> bool:
    """Whether somebody signed in with `role` as `subject` (a player's or table's own id) may write."""
    kind = kind_of(document)
    return kind is not None and role in kind.writers and _owns(kind, document, role, subject)


def may_read(document: str, role: str, subject: str) -> bool:
    """As `may_write`, for reading."""
    kind = kind_of(document)
    return kind is not None and role in kind.readers and _owns(kind, document, role, subject)


def check(document: str, name: str, value: object, *, by_leaf: bool = False) -> RefusalCode | None:
    """Why an edit of the fact `name` to `value` (parsed JSON) can't be taken; None: it can.

    A pure function of the edit, never of the document's state. None as value means gone; a `setup` stays.
    """
    kind = kind_of(document)
    return "unknown_name" if kind is None else kind.check(name, value, by_leaf=by_leaf)


def _owns(kind: DocumentKind, document: str, role: str, subject: str) -> bool:
    return not kind.own or role not in {"player", "dealer"} or document.partition("/")[2] == subject
