"""Epochs: a document's generations. Only the leaf switches them (DESIGN 3.5).

Each term of the leaf has numbers of its own, so that a restored box never gives one that its burnt
predecessor gave: term 1 counts from 1, term 2 from 10,001.

A new epoch begins with what is present and can't be pruned: live edits, and replaced ones that hold down
something which may still arrive. Their texts are unchanged; they lie under one client id of the server. What
a null says is kept for seven days, so that an edit written without having seen it comes back beside it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from . import wire
from .edits import Edit
from .facts import Index
from .stamps import order

__all__ = ["FIRST", "NULL_MS_MAX", "PER_TERM", "Scales", "bytes_max", "copy", "first_of", "split", "term_of"]

FIRST: Final = 1
PER_TERM: Final = 10_000
NULL_MS_MAX: Final = 7 * 24 * 3_600_000
PATIENCE_MS: Final = 600_000  # between two switches, and how long a switch waits for a quiet moment
_NAME = re.compile(r"([a-z]{1,16}(?:/[A-Za-z0-9_-]{1,36})?)(?:@([1-9][0-9]{0,12}))?")
_RATIO: Final = 3
_SMALL: Final = 256 * 1024
_LARGE: Final = 6 * 1024 * 1024  # of the 8 MiB a document may take: beyond it nothing is waited for
_STEP: Final = 64 * 1024
_STRUCT: Final = (
    16  # bytes of an edit besides its stamp and its text, and those of the text besides name and value
)


def split(path: str) -> tuple[str, int | None] | None:
    """`floor@3` → ("floor", 3); without a number None, for the current one. None: no document's name."""
    found = _NAME.fullmatch(path)
    return (found[1], int(found[2]) if found[2] else None) if found else None


def first_of(term: int) -> int:
    """The number a document starts with when the leaf is in `term`."""
    return (term - 1) * PER_TERM + FIRST


def term_of(epoch: int) -> int:
    """The term in which the leaf gave this number."""
    return (epoch - FIRST) // PER_TERM + 1


def bytes_max(live: int) -> int:
    """How large a document may grow whose live edits take `live` bytes."""
    return max(_RATIO * live, _SMALL)


def copy(
    texts: Mapping[str, str],
    edits: Mapping[str, Edit],
    *,
    client_id: int,
    now: int,
    forget: Callable[[str], bool],
    settled: Callable[[str], bool],
) -> bytes:
    """The update that a new epoch begins with: `edits` are those that can't be pruned, by their `texts`.

    `forget` names facts of which nothing is copied; `settled` says of a stamp that nothing it stands for can
    still arrive (else an old null goes on holding it down).
    """
    replaced = {named for edit in edits.values() for named in edit.replaces}
    parts: list[bytes] = []
    for stamp in sorted(edits, key=order):
        edit = edits[stamp]
        gone = _is_old_null(stamp, edit, now) and stamp not in replaced and settled(stamp)
        if not (gone or forget(edit.name)):
            parts.append(wire.edit_struct(stamp, texts[stamp]))
    return wire.assemble([(client_id, 0, parts)] if parts else [], {})


def _is_old_null(stamp: str, edit: Edit, now: int) -> bool:
    return edit.value is None and order(stamp).ms < now - NULL_MS_MAX


@dataclass(slots=True)
class Scales:
    """How heavy a document is against its live edits. Weighed seldom: `again_at` says at how many bytes."""

    again_at: int = _SMALL // 2
    _state: int = field(default=0, init=False)
    _live: int = field(default=0, init=False)
    _switched_ms: int | None = field(default=None, init=False)
    _heavy_ms: int | None = field(default=None, init=False)  # since when it is too much

    def weigh(self, state: int, facts: Index, now: int) -> None:
        """`state` is the size of the document as one update."""
        self._state, self._live = state, 0
        for name in facts.names():
            for stamp in facts.live(name):
                if not _is_old_null(stamp, edit := facts.edits[stamp], now):
                    self._live += _size(stamp, edit)
        self._heavy_ms = None if state < self._now else now if self._heavy_ms is None else self._heavy_ms
        self.again_at = state + max(_STEP, state // 2)
        for limit in (self._soon, self._now):
            if state < limit:
                self.again_at = min(
                    self.again_at, max(limit, state + _STEP // 2)
                )  # not at every turn near it

    def switched(self, state: int, now: int) -> None:
        """The document began anew with `state` bytes."""
        self._switched_ms, self._state, self._live, self._heavy_ms = now, state, state, None
        self.again_at = state + max(_STEP, state // 2)

    def due(self, now: int, *, quiet: bool) -> bool:
        """Whether it is time to switch: a little early where nobody writes, never into a burst of edits."""
        if self._state > _LARGE and self._state >= self._now:
            return True
        if self._switched_ms is not None and now < self._switched_ms + PATIENCE_MS:
            return False
        late = self._heavy_ms is not None and now >= self._heavy_ms + PATIENCE_MS
        return late or (quiet and self._state >= self._soon)

    @property
    def wasteful(self) -> bool:
        """Whether a switch would save most of it: of what nobody writes any more."""
        return self._state > 2 * self._live + _STEP // 8

    @property
    def _soon(self) -> int:
        return bytes_max(self._live) * 5 // 8

    @property
    def _now(self) -> int:
        return bytes_max(self._live) * 7 // 8


def _size(stamp: str, edit: Edit) -> int:
    """About what the edit takes in a document; exact enough for a ratio of three."""
    by = len(edit.person) + len(edit.act)
    replaces = sum(len(named) + 3 for named in edit.replaces)
    return _STRUCT + len(stamp) + len(edit.name) + len(str(edit.value)) + replaces + by
