"""From a pool to paid prizes."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .common import MANAGERS, Common, Place, Something

__all__ = ["CloseRegistration", "ConfirmResult", "PayPrize", "Shapes"]


class CloseRegistration(Common):
    roles: ClassVar = MANAGERS
    kind: Literal["close_registration"]
    tournament: Id


class ConfirmResult(Common):
    """`places`: [player, entry, place] of every paid place; people who tie have the same place."""

    roles: ClassVar = MANAGERS
    kind: Literal["confirm_result"]
    tournament: Id
    places: Annotated[list[tuple[Id, Id, Place]], Field(min_length=1, max_length=500)]


class PayPrize(Common):
    pays_out: ClassVar = True
    kind: Literal["pay_prize"]
    tournament: Id
    player: Id
    place: Place
    drawer: Id
    method: Literal["cash"]
    amount: Something


Shapes: TypeAlias = CloseRegistration | ConfirmResult | PayPrize
