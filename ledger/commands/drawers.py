"""Cash of a drawer inside the house: its shift, its float, its counts."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id
from .every_command import Amount, Common, Reason, Something
from .pieces import Pieces, worth_cents

__all__ = [
    "CloseDrawer", "CountDrawer", "DropToVault", "FillDrawer", "LendCash", "OpenDrawer", "Shapes",
    "SignOverDrawer",
]  # fmt: skip


class OpenDrawer(Common):
    """`amount`: the float, nothing included."""

    two_names: ClassVar = True
    kind: Literal["open_drawer"]
    drawer: Id
    amount: Amount


class FillDrawer(Common):
    """More float from the vault while the shift runs."""

    two_names: ClassVar = True
    kind: Literal["fill_drawer"]
    drawer: Id
    amount: Something


class DropToVault(Common):
    two_names: ClassVar = True
    kind: Literal["drop_to_vault"]
    drawer: Id
    amount: Something


class LendCash(Common):
    """From one open drawer to another."""

    takes_two: ClassVar = True
    kind: Literal["lend_cash"]
    drawer: Id
    to: Id
    amount: Something

    def faults(self) -> dict[str, str]:
        return {"to": "choose another drawer than the one that lends"} if self.to == self.drawer else {}


class _Counted(Common):
    """`counted`: pieces per denomination in minor units."""

    drawer: Id
    counted: Pieces

    @property
    def counted_cents(self) -> int:
        """What was found in the drawer."""
        return worth_cents(self.counted)


class CountDrawer(_Counted):
    """A count that ends nothing; a recount is another one, and both stay in the ledger."""

    kind: Literal["count_drawer"]


class CloseDrawer(_Counted):
    """`reason`: why the count differs from what should be there."""

    kind: Literal["close_drawer"]
    reason: Reason | None = None


class SignOverDrawer(_Counted):
    """The count between two cashiers: the one who asks goes, the second person comes."""

    takes_two: ClassVar = True
    kind: Literal["sign_over_drawer"]
    reason: Reason | None = None


Shapes: TypeAlias = (
    OpenDrawer | FillDrawer | DropToVault | LendCash | CountDrawer | CloseDrawer | SignOverDrawer
)
