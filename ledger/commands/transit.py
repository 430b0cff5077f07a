"""Cash with a courier between vault and drawers: sent by one, counted by another."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .every_command import Common, Reason, Something
from .pieces import Pieces, worth_cents

__all__ = ["ReceiveCash", "SendCash", "Shapes"]


class SendCash(Common):
    """Out of `drawer` for drawer `to`; the vault stands where none is named."""

    two_names: ClassVar = True
    kind: Literal["send_cash"]
    to: Id | None = None
    courier: Id
    amount: Something

    def faults(self) -> dict[str, str]:
        return {"to": "cash goes from one place to another"} if self.to == self.drawer else {}


class ReceiveCash(Common):
    """What the courier of entry `of` brought, counted. What differs needs a reason."""

    kind: Literal["receive_cash"]
    of: Annotated[int, Field(ge=1, le=2**53 - 1)]
    counted: Pieces
    reason: Reason | None = None

    @property
    def counted_cents(self) -> int:
        """What came."""
        return worth_cents(self.counted)


Shapes: TypeAlias = SendCash | ReceiveCash
