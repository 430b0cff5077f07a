"""A count by denomination: pieces per worth in minor units, as `{"5000": 3, "50": 1}`."""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from ..money import AMOUNT_MAX

__all__ = ["Pieces", "worth_cents"]

PIECES_MAX: Final = 1_000_000
DENOMINATIONS_MAX: Final = 64


def worth_cents(counted: Mapping[str, int]) -> int:
    """What was counted, in minor units."""
    return sum(int(cents) * pieces for cents, pieces in counted.items())


def _is_countable(counted: dict[str, int]) -> dict[str, int]:
    if worth_cents(counted) > AMOUNT_MAX:
        raise ValueError(f"more than {AMOUNT_MAX} in one place")
    return counted


Pieces = Annotated[
    dict[
        Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")],
        Annotated[int, Field(ge=0, le=PIECES_MAX)],
    ],
    Field(max_length=DENOMINATIONS_MAX),
    AfterValidator(_is_countable),
]
