"""From a pool to prizes due: the close, what is withheld, the result and its correction."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .every_command import MANAGERS, Cents, Common, Place, Reason, Something

__all__ = [
    "PLACES_MAX",
    "CloseRegistration",
    "ConfirmResult",
    "CorrectResult",
    "Result",
    "Shapes",
    "Withhold",
]

PLACES_MAX: Final = 500


class CloseRegistration(Common):
    roles: ClassVar = MANAGERS
    kind: Literal["close_registration"]
    tournament: Id


class Withhold(Common):
    """Out of the pool between close and result: for the staff, or for the event's own costs."""

    roles: ClassVar = MANAGERS
    kind: Literal["withhold"]
    tournament: Id
    part: Literal["staff", "costs"]
    amount: Something
    reason: Reason


class _Result(Common):
    """`places`: [player, entry, place] of every paid place; people who tie have the same place.

    `deal`: [player, cents] of the placed players who agreed to share otherwise; to name them is to say that
    each has agreed.
    """

    roles: ClassVar = MANAGERS
    tournament: Id
    places: Annotated[list[tuple[Id, Id, Place]], Field(min_length=1, max_length=PLACES_MAX)]
    deal: Annotated[list[tuple[Id, Cents]], Field(min_length=2, max_length=PLACES_MAX)] | None = None


class ConfirmResult(_Result):
    kind: Literal["confirm_result"]


class CorrectResult(_Result):
    """The whole result as it should have been; only differences are booked."""

    kind: Literal["correct_result"]
    reason: Reason


Result: TypeAlias = ConfirmResult | CorrectResult
Shapes: TypeAlias = CloseRegistration | Withhold | Result
