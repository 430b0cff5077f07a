"""What a player buys into an event, and the refund before it starts."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id, Line
from .common import Amount, Common

__all__ = ["AddOn", "BuyIn", "ReEntry", "Rebuy", "Sale", "Shapes", "Unregister"]


class _Sale(Common):
    receives: ClassVar = True
    tournament: Id
    player: Id
    entry: Id
    drawer: Id
    method: Literal["cash"]
    amount: Amount


class BuyIn(_Sale):
    kind: Literal["buy_in"]


class ReEntry(_Sale):
    kind: Literal["re_entry"]


class Rebuy(_Sale):
    kind: Literal["rebuy"]


class AddOn(_Sale):
    kind: Literal["add_on"]


class Unregister(Common):
    kind: Literal["unregister"]
    tournament: Id
    entry: Id
    drawer: Id
    reason: Line


Sale: TypeAlias = BuyIn | ReEntry | Rebuy | AddOn
Shapes: TypeAlias = Sale | Unregister
