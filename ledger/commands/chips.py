"""Chips as things: how many there are, and where. No money moves by any of these."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .every_command import MANAGERS, Common, Reason
from .pieces import Pieces, worth_cents

__all__ = ["AddChips", "CountChips", "CreditTray", "FillTray", "RemoveChips", "Shapes"]


class _Moved(Common):
    takes_two: ClassVar = True
    chips: Pieces

    @property
    def chips_cents(self) -> int:
        """Face value."""
        return worth_cents(self.chips)

    def faults(self) -> dict[str, str]:
        return {} if self.chips_cents else {"chips": "no chips are named"}


class AddChips(_Moved):
    """New chips into the cage."""

    roles: ClassVar = MANAGERS
    kind: Literal["add_chips"]
    reason: Reason


class RemoveChips(_Moved):
    """Chips out of the cage for good."""

    roles: ClassVar = MANAGERS
    kind: Literal["remove_chips"]
    reason: Reason


class FillTray(_Moved):
    """Cage to a table's tray."""

    kind: Literal["fill_tray"]
    table: Id


class CreditTray(_Moved):
    """A table's tray to the cage."""

    kind: Literal["credit_tray"]
    table: Id


class CountChips(Common):
    """All that lies in the cage and in each tray; what is not there should be in players' hands."""

    takes_two: ClassVar = True
    kind: Literal["count_chips"]
    cage: Pieces
    trays: Annotated[dict[Id, Pieces], Field(max_length=100)]


Shapes: TypeAlias = AddChips | RemoveChips | FillTray | CreditTray | CountChips
