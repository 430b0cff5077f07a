"""What pays a player: the payout limits hold, and a marker that is due wants a choice."""

from typing import ClassVar, Literal

from ..adopted import Id
from .every_command import Common

__all__ = ["PaysPlayer"]


class PaysPlayer(Common):
    """`set_off`: repay markers that are due out of this payout, or leave them (a second person approves)."""

    pays_out: ClassVar = True
    player: Id
    set_off: Literal["repay", "leave"] | None = None
