"""The end of a flight: of its registration, then of its play."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .every_command import MANAGERS, Common, Place
from .results import PLACES_MAX

__all__ = ["CloseFlight", "ConfirmFlight", "Shapes"]


class CloseFlight(Common):
    """No more entries into this flight; the event goes on selling for the others."""

    roles: ClassVar = MANAGERS
    kind: Literal["close_flight"]
    tournament: Id
    flight: Id


class ConfirmFlight(Common):
    """`places`: [player, entry, place in the flight] of who went out in its money; ties by one number."""

    roles: ClassVar = MANAGERS
    kind: Literal["confirm_flight"]
    tournament: Id
    flight: Id
    places: Annotated[list[tuple[Id, Id, Place]], Field(min_length=1, max_length=PLACES_MAX)]


Shapes: TypeAlias = CloseFlight | ConfirmFlight
