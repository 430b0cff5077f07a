"""What all kinds of documents share: the base model, ids, and how rivals of a fact are read.

Times named `_ms` are leaf time (milliseconds since the venue's start) unless they say *duration*;
amounts named `_cents` are integer minor units of the venue's currency; chips are whole numbers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

__all__ = ["Cents", "Chips", "Count", "Fact", "FactKind", "Id", "LeafMs", "Line", "Minutes", "Setup", "Word"]

Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,36}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=120)]
LeafMs = Annotated[int, Field(ge=0, le=2**53 - 1)]
Cents = Annotated[int, Field(ge=0, le=10**13)]
Chips = Annotated[int, Field(ge=0, le=10**12)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Minutes = Annotated[int, Field(ge=1, le=600)]


class Fact(BaseModel):
    """Base of every fact's value: immutable, strict (no coercion), nothing unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Setup(Fact):
    """`setup`: the first edit of a document; without it a document of that kind does not exist."""

    kind: Word
    version: Literal[1] = 1


def _equal(one: object, other: object) -> bool:
    return one == other


@dataclass(frozen=True)
class FactKind:
    """How facts of one name (or `prefix/<id>`) are shaped and read.

    `policy` picks which of several live edits counts for now; `conflict` says whether rivals that do not mean
    the same (`same`) go to the tray; `leaf_only` names are written by the leaf alone.
    """

    model: type[Fact]
    policy: Literal["latest", "earliest"] = "latest"
    conflict: bool = True
    leaf_only: bool = False
    same: Callable[[object, object], bool] = field(default=_equal)


FactTable = Mapping[str, FactKind]
"""Fact name (`clock`) or prefix with a slash (`seat/`) → its kind."""
