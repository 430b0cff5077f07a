"""The owner's cash and the bank's, into the vault and out of it."""

from typing import ClassVar, Literal, TypeAlias

from .common import MANAGERS, Common, Something
from .means import Reference

__all__ = ["Shapes", "VaultIn", "VaultOut"]


class VaultIn(Common):
    """The owner's cash, or cash fetched from the bank."""

    roles: ClassVar = MANAGERS
    kind: Literal["vault_in"]
    source: Literal["owner", "bank"] = "owner"
    reference: Reference | None = None
    amount: Something


class VaultOut(Common):
    """To the owner, or to the bank with the deposit's slip."""

    roles: ClassVar = MANAGERS
    takes_two: ClassVar = True
    kind: Literal["vault_out"]
    to: Literal["owner", "bank"]
    reference: Reference | None = None
    amount: Something

    def faults(self) -> dict[str, str]:
        return {"reference": "the slip of the deposit"} if self.to == "bank" and not self.reference else {}


Shapes: TypeAlias = VaultIn | VaultOut
