"""What all kinds of documents share: the base model, ids, and how rivals of a fact are read.

Times named `_ms` are leaf time (milliseconds since the venue's start) unless they say *duration*;
amounts named `_cents` are integer minor units of the venue's currency; chips are whole numbers.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = [
    "DIFFERENCE_ID", "FACT_NAME", "ID", "LEVEL_NUMBER", "PRIZE_ID", "AnteBy", "Cents", "Chips", "ColourUp",
    "Count", "Fact", "FactKind", "FactTable", "Former", "Id", "LeafMs", "Line", "Minutes", "Note", "Setup",
    "Word",
]  # fmt: skip

ID: Final = re.compile(r"[A-Za-z0-9_-]{1,36}")
LEVEL_NUMBER: Final = re.compile(r"[1-9][0-9]?|1[0-9][0-9]|200")
PRIZE_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,36}\.[1-9][0-9]{0,4}\.[A-Za-z0-9_-]{1,36}")
DIFFERENCE_ID: Final = re.compile(r"[a-z_]{1,20}\.[A-Za-z0-9_-]{1,36}\.[A-Za-z0-9_-]{1,36}")
FACT_NAME: Final = re.compile(r"[a-z]{1,16}(?:/[A-Za-z0-9_.-]{1,96})?")

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,36}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Line = Annotated[
    str, StringConstraints(min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$")
]  # something to read, and no control characters
LeafMs = Annotated[int, Field(ge=0, le=2**53 - 1)]
Cents = Annotated[int, Field(ge=0, le=10**13)]
Chips = Annotated[int, Field(ge=0, le=10**12)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=1, le=600)]
AnteBy = Literal["big_blind", "button", "each"]
ColourUp = Annotated[list[Annotated[int, Field(ge=1, le=10**9)]], Field(max_length=4)]
Note = Annotated[str, StringConstraints(max_length=120, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Fact(BaseModel):
    """Base of every fact's value: immutable, strict (no coercion), nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Setup(Fact):
    """`setup`: the first edit of a document; without it a document of that kind does not exist."""

    kind: Word
    version: Literal[1] = 1


@dataclass(frozen=True)
class Former:
    """A shape that a fact had up to schema `until`, and how a value of it reads in the next one.

    `upgrade` is pure and total over the values of `model`. Its twin is in `web/src/lib/facts/upgrades.ts`.
    """

    model: type[Fact]
    until: int
    upgrade: Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True)
class FactKind:
    """How facts of one name (or `prefix/<id>`) are shaped and read.

    `policy` picks which of several live edits counts for now; `conflict` says whether rivals that do not
    mean the same go to the tray; `leaf_only` names are written by the leaf alone; `ids` is what may follow
    a prefix.
    `same_by` names the fields by which two values mean the same: None = the whole value, () = any two values.
    `former` shapes, the newest first, are still taken and read: documents hold them, and tablets that were
    away bring them.
    """

    model: type[Fact]
    policy: Literal["latest", "earliest"] = "latest"
    conflict: bool = True
    leaf_only: bool = False
    ids: re.Pattern[str] = ID
    same_by: tuple[str, ...] | None = None
    former: tuple[Former, ...] = ()

    def fits(self, value: object) -> bool:
        """Whether a value has the fact's shape, or had it once."""
        return _fits(self.model, value) or any(_fits(shape.model, value) for shape in self.former)

    def current(self, value: Any) -> Any:
        """The value in today's shape; what fits no shape is left as it is."""
        if not self.former or _fits(self.model, value):
            return value
        for n, shape in enumerate(self.former):
            if _fits(shape.model, value):
                for later in reversed(self.former[: n + 1]):
                    value = later.upgrade(value)
                break
        return value

    def same(self, one: object, other: object) -> bool:
        """Whether two values of this fact mean the same, so that having both is no conflict."""
        if self.same_by is None or not isinstance(one, dict) or not isinstance(other, dict):
            return one == other
        return all(one.get(name) == other.get(name) for name in self.same_by)


def _fits(model: type[Fact], value: object) -> bool:
    return bool(model.__pydantic_validator__.isinstance_python(value))


FactTable = Mapping[str, FactKind]
"""Fact name (`clock`) or prefix with a slash (`seat/`) → its kind."""
