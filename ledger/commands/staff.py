"""The staff pool: tips that come in, shares that go out."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .every_command import Something
from .means import ByMeans

__all__ = ["PayStaff", "Shapes", "TakeTip"]


class TakeTip(ByMeans):
    """For the pool of all."""

    receives: ClassVar = True
    kind: Literal["take_tip"]
    table: Id | None = None
    method: Literal["cash", "card", "chips"] = "chips"
    amount: Something


class PayStaff(ByMeans):
    """One person's share of the pool."""

    pays_out: ClassVar = True
    kind: Literal["pay_staff"]
    dealer: Id
    method: Literal["cash", "bank"] = "cash"
    amount: Something


Shapes: TypeAlias = TakeTip | PayStaff
