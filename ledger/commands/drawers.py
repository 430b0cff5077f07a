"""Cash that moves inside the house."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from ..adopted import Id
from ..money import AMOUNT_MAX
from .common import MANAGERS, Amount, Common, Something

__all__ = ["CloseDrawer", "DropToVault", "OpenDrawer", "Shapes", "VaultIn"]

PIECES_MAX: Final = 1_000_000


class VaultIn(Common):
    """Owner's cash."""

    roles: ClassVar = MANAGERS
    kind: Literal["vault_in"]
    amount: Something


class OpenDrawer(Common):
    """`amount`: the float, nothing included."""

    kind: Literal["open_drawer"]
    drawer: Id
    amount: Amount


class DropToVault(Common):
    kind: Literal["drop_to_vault"]
    drawer: Id
    amount: Something


class CloseDrawer(Common):
    """`counted`: pieces per denomination in minor units."""

    kind: Literal["close_drawer"]
    drawer: Id
    counted: Annotated[
        dict[
            Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,8}$")],
            Annotated[int, Field(ge=0, le=PIECES_MAX)],
        ],
        Field(max_length=64),
    ]

    @model_validator(mode="after")
    def _is_countable(self) -> "CloseDrawer":
        if self.counted_cents > AMOUNT_MAX:
            raise ValueError(f"more than {AMOUNT_MAX} in one drawer")
        return self

    @property
    def counted_cents(self) -> int:
        """What was found in the drawer."""
        return sum(int(cents) * pieces for cents, pieces in self.counted.items())


Shapes: TypeAlias = VaultIn | OpenDrawer | DropToVault | CloseDrawer
