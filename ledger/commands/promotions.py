"""What the house gives: comps, and money added to an event's pool."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .every_command import MANAGERS, Common, Reason, Something
from .means import ByMeans
from .payouts import PaysPlayer

__all__ = ["AddMoney", "RedeemComp", "Shapes"]


class RedeemComp(PaysPlayer, ByMeans):
    """Comps are counted elsewhere; this is what they are worth when they become chips, balance or cash."""

    limited_by: ClassVar = "comp_limit_cents"
    kind: Literal["redeem_comp"]
    method: Literal["chips", "balance", "cash"] = "chips"
    amount: Something
    reason: Reason


class AddMoney(Common):
    """Into the pool of an event that still sells."""

    roles: ClassVar = MANAGERS
    kind: Literal["add_money"]
    tournament: Id
    amount: Something
    reason: Reason


Shapes: TypeAlias = RedeemComp | AddMoney
