"""What a sponsor gives to an event: money for its pool, or a thing of some worth."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id, Line
from .every_command import MANAGERS, Common, Something
from .means import ByMeans, CardBankCash

__all__ = ["Shapes", "SponsorMoney", "SponsorPrize"]


class SponsorMoney(ByMeans):
    """Into the pool of an event that still sells."""

    roles: ClassVar = MANAGERS
    kind: Literal["sponsor_money"]
    tournament: Id
    sponsor: Line
    method: CardBankCash
    amount: Something


class SponsorPrize(Common):
    """A thing; `amount` is its market value. No money moves."""

    roles: ClassVar = MANAGERS
    kind: Literal["sponsor_prize"]
    tournament: Id
    sponsor: Line
    what: Line
    amount: Something


Shapes: TypeAlias = SponsorMoney | SponsorPrize
