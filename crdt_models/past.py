"""What a client remembers beyond its replica: the epoch that is of, the terms it met, what the leaf promised.

An epoch that is not ours: the replica is dropped, but what was in it is put *aside*, since only the next
hello tells whether the term is the same, and only the leaf has all of it. In a later term (the leaf was
restored from a backup) it becomes an *offer*: nothing of it is dropped until the leaf has taken it, edits of
all writers. The web does the same in
`web/src/lib/sync/start-over.ts`, but for `aside`: its old replica stays until the fresh one is synced.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from .edits import BLANK, Edit, encode
from .gate import LIVE
from .hand_in import GONE
from .session import HAND_IN_EDITS_MAX, hand_in_note
from .stamps import order

__all__ = ["Kept", "Past"]

NAMED_MAX: Final = 1_000
PAGE_BYTES: Final = LIVE.bytes * 3 // 4  # of edits; the vector of the last page comes besides
_Greeting = Literal["same", "other_epoch", "old_box"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of it."""

    epoch: int = 0
    term: int = 0
    promised: Mapping[str, int] = field(default_factory=dict)
    aside: Mapping[str, str] = field(default_factory=dict)
    offer: Mapping[str, str] = field(default_factory=dict)
    replicas: frozenset[str] = frozenset()
    named: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Past:
    """Of one replica. `aside` and `offer` are stamp → text, "" for what is gone."""

    epoch: int = 0  # of what is in the replica; 0: not known, and then it is empty
    term: int = 0  # the greatest a server named
    promised: dict[str, int] = field(default_factory=dict)  # own replicas, as far as the leaf decided them
    aside: dict[str, str] = field(default_factory=dict)
    offer: dict[str, str] = field(default_factory=dict)
    replicas: set[str] = field(
        default_factory=set
    )  # names it wrote under; another tab may hold others' edits
    named: dict[str, str] = field(default_factory=dict)  # own refused edits: blanks that say what they named
    over: bool = False  # nothing of this connection counts any more
    _hand_in: bool = False  # this server takes hand-ins
    _at_core: bool = False
    _pages: int = 0  # that the leaf has not answered

    @classmethod
    def of(cls, kept: Kept) -> "Past":
        return cls(
            kept.epoch, kept.term, dict(kept.promised), dict(kept.aside), dict(kept.offer),
            set(kept.replicas), dict(kept.named),
        )  # fmt: skip

    @property
    def kept(self) -> Kept:
        return Kept(
            self.epoch, self.term, dict(self.promised), dict(self.aside), dict(self.offer),
            frozenset(self.replicas), dict(self.named),
        )  # fmt: skip

    def connect(self) -> None:
        self.over = self._hand_in = self._at_core = False
        self._pages = 0

    def drop(self, had: Mapping[str, str]) -> None:
        """The replica is given up; what it `had` is put aside."""
        self._put_aside(had)
        self.epoch = 0

    def _put_aside(self, had: Mapping[str, str]) -> None:
        """What is gone stays gone: the next server may be behind."""
        self.aside.update({stamp: text for stamp, text in had.items() if self.aside.get(stamp) != GONE})

    def hello(self, content: Mapping[str, Any], had: Callable[[], Mapping[str, str]]) -> _Greeting:
        """How this server stands to what we have."""
        epoch, term = content["epoch"], content["term"]
        if term < self.term:
            self.over = True
            return "old_box"
        other, later = self.epoch not in (0, epoch), term > self.term > 0
        if other or later:  # a core may be in the new term while its epoch is still ours
            self._put_aside(had())
        if later:
            self.offer.update(self.aside)
            self.aside.clear()
        self.term = term
        if other:
            self.over = True
            return "other_epoch"
        self.epoch, self._hand_in = epoch, bool(content.get("hand_in", False))
        self._at_core = content.get("at") == "core"
        return "same"

    def accepted(self, content: Mapping[str, Any], *, whole: bool = True) -> dict[str, int]:
        """A note 64; answers own replicas of which the leaf once knew more than it says here: a restored one.

        `whole`: it names all own replicas, and all that this server has is here. What it promises counts in
        any case: own edits are forgotten by it.
        """
        self._at_core |= content["at"] == "core"
        if content["at"] != "leaf":
            return {}
        vector = content["vector"]
        behind = {r: n for r, n in self.promised.items() if n > vector.get(r, 0)}
        for replica in self.replicas & vector.keys():
            self.promised[replica] = max(vector[replica], self.promised.get(replica, 0))
        if self._at_core or not whole:
            return {}
        self.aside.clear()  # the leaf has all of it that is not gone; the core may be behind
        return behind

    def refused(self, stamp: str, replaces: Sequence[str]) -> None:
        """An own edit that is forgotten: only its author can tell a restored leaf what it named."""
        if replaces:
            self.named[stamp] = encode(Edit(BLANK, None, tuple(replaces)))
            if len(self.named) > NAMED_MAX:
                del self.named[next(iter(self.named))]

    def taken(self) -> None:
        """The leaf has one page more."""
        self._pages -= 1
        if not self._pages:
            self.offer.clear()

    def hand_in(self, behind: Mapping[str, int]) -> list[bytes]:
        """Notes 68: the offer in pages, the setup first; the last says how far we are `behind`.

        Empty where there is nothing to say, or this server takes none.
        """
        if not self._hand_in or not (self.offer or behind):
            return []
        pages, size = [list[tuple[str, str]]()], 0
        offer = {**self.offer, **self.named}
        for edit in sorted(offer.items(), key=lambda edit: ('["setup"' not in edit[1], order(edit[0]))):
            size += len(json.dumps(edit, ensure_ascii=False).encode())
            if len(pages[-1]) == HAND_IN_EDITS_MAX or size > PAGE_BYTES:
                pages.append([])
                size = 0
            pages[-1].append(edit)
        self._pages = len(pages)
        notes = [hand_in_note(page, {}) for page in pages[:-1]]
        return [*notes, hand_in_note(pages[-1], self.promised)]
