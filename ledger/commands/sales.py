"""What a player buys into an event, and the refund before it starts."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .ages import AsksAge
from .every_command import Amount, Common, Reason

__all__ = ["AddOn", "BuyIn", "DealerAddOn", "ReEntry", "Rebuy", "Sale", "Shapes", "Unregister"]


class _Sale(AsksAge):
    receives: ClassVar = True
    tournament: Id
    entry: Id
    method: Literal["cash", "card", "bank", "balance", "received", "comp"]
    amount: Amount


class _Entry(_Sale):
    """`flight`: in which it plays, of an event that has any."""

    flight: Id | None = None


class BuyIn(_Entry):
    kind: Literal["buy_in"]
    method: Literal["cash", "card", "bank", "balance", "received", "ticket", "comp"]  # type: ignore[assignment]


class ReEntry(_Entry):
    kind: Literal["re_entry"]
    method: Literal["cash", "card", "bank", "balance", "received", "ticket", "comp"]  # type: ignore[assignment]


class Rebuy(_Sale):
    kind: Literal["rebuy"]


class AddOn(_Sale):
    kind: Literal["add_on"]


class DealerAddOn(_Sale):
    """A payment to the staff for extra chips."""

    kind: Literal["dealer_add_on"]


class Unregister(Common):
    """Back the way it was paid; `drawer` is needed where that was cash."""

    kind: Literal["unregister"]
    tournament: Id
    entry: Id
    back_to: Literal["balance"] | None = None  # instead of cash, card or bank
    reason: Reason


Sale: TypeAlias = BuyIn | ReEntry | Rebuy | AddOn | DealerAddOn
Shapes: TypeAlias = Sale | Unregister
