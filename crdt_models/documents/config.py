"""`config`: the venue, its furniture, chip sets, structures, receipt texts; `cues` of events to come."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from . import settling
from .fact import AnteBy, Cents, Chips, ColourUp, Count, Fact, FactKind, Line, Minutes, Note, Setup
from .structure import Cues, Denominations

__all__ = [
    "FACTS",
    "PLAN",
    "BlindStructure",
    "ChipSet",
    "Furniture",
    "LevelRow",
    "PayoutTable",
    "ReceiptText",
    "Spot",
    "Venue",
]

PLAN: Final = (14, 12)  # columns and rows of the room plan: all of it is shown on a tablet at once


class Venue(Fact):
    """`venue`."""

    name: Line
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    time_zone: Line
    locale: Line = "en"


class Furniture(Fact):
    """`table/<table>`: a physical table; `out_of_use` are seat numbers nobody may sit in."""

    number: Annotated[int, Field(ge=1, le=999)]
    seats: Annotated[int, Field(ge=2, le=12)]
    out_of_use: list[Annotated[int, Field(ge=1, le=12)]] = []


class Spot(Fact):
    """`spot/<table>`: where it stands on the room plan, from its upper left corner."""

    column: Annotated[int, Field(ge=1, le=PLAN[0])]
    row: Annotated[int, Field(ge=1, le=PLAN[1])]


class ChipSet(Fact):
    """`chips/<id>`: denominations, ascending."""

    name: Line
    values: list[Chips]


class LevelRow(Fact):
    """One row of a blind structure; a break carries no blinds."""

    kind: Literal["play", "break"]
    minutes: Minutes
    small: Chips = 0
    big: Chips = 0
    ante: Chips = 0
    ante_by: AnteBy = "big_blind"
    colour_up: ColourUp = []
    note: Note = ""


class BlindStructure(Fact):
    """`blinds/<id>`: levels to begin an event with, and what they were made for where that is said."""

    name: Line
    levels: Annotated[list[LevelRow], Field(min_length=1, max_length=60)]
    stack: Chips | None = None
    late_until_level: Count | None = None
    chips: Denominations | None = None


def _whole(basis_points: list[int]) -> list[int]:
    if sum(basis_points) != 10_000:
        raise ValueError("the places of a payout table add up to 10,000 basis points")
    return basis_points


class PayoutTable(Fact):
    """`payouts/<id>`: places in basis points for a range of entries; the sum is 10,000."""

    name: Line
    entries_min: Count
    entries_max: Count
    basis_points: Annotated[
        list[Annotated[int, Field(ge=1, le=10_000)]],
        Field(min_length=1, max_length=200),
        AfterValidator(_whole),
    ]
    unit_cents: Cents = 100


class ReceiptText(Fact):
    """`receipt`."""

    header: Line
    footer: str = ""


FACTS = {
    "setup": FactKind(Setup, conflict=False),
    "venue": FactKind(Venue),
    "receipt": FactKind(ReceiptText),
    "table/": FactKind(Furniture),
    "spot/": FactKind(Spot, conflict=False),
    "cues": FactKind(Cues),
    "chips/": FactKind(ChipSet),
    "blinds/": FactKind(BlindStructure),
    "payouts/": FactKind(PayoutTable),
    **settling.FACTS,
}
