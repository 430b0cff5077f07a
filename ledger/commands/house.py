"""Money of the house itself: the owner's, the bank's, other income and expenses."""

from typing import ClassVar, Literal, TypeAlias

from .every_command import MANAGERS, Cents, Common, Reason, Something
from .means import ByMeans, CardBankCash, Reference

__all__ = [
    "BankIn",
    "BankOut",
    "OtherIncome",
    "PayExpense",
    "SettleClearing",
    "Shapes",
    "VaultIn",
    "VaultOut",
]


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
        return (
            {"reference": "give the number of the deposit slip"}
            if self.to == "bank" and not self.reference
            else {}
        )


class BankIn(Common):
    """The owner's money onto the house's bank account, by the number of the transfer."""

    roles: ClassVar = MANAGERS
    kind: Literal["bank_in"]
    reference: Reference
    amount: Something


class BankOut(Common):
    """To the owner from the house's bank account, by the number of the transfer."""

    roles: ClassVar = MANAGERS
    takes_two: ClassVar = True
    kind: Literal["bank_out"]
    reference: Reference
    amount: Something


class SettleClearing(Common):
    """What the bank has settled on the house's account; `amount` includes the `fee_cents` that it kept."""

    roles: ClassVar = MANAGERS
    kind: Literal["settle_clearing"]
    side: Literal["received", "paid"]
    amount: Something
    fee_cents: Cents = 0
    reference: Reference

    def faults(self) -> dict[str, str]:
        if self.fee_cents and (self.side == "paid" or self.fee_cents > self.amount.amount):
            return {"fee_cents": "a fee is kept of what was received only, and is less than that"}
        return {}


class OtherIncome(ByMeans):
    receives: ClassVar = True
    kind: Literal["other_income"]
    method: CardBankCash = "cash"
    amount: Something
    reason: Reason


class PayExpense(ByMeans):
    roles: ClassVar = MANAGERS
    pays_out: ClassVar = True
    kind: Literal["pay_expense"]
    method: Literal["cash", "bank"] = "cash"
    amount: Something
    reason: Reason


Shapes: TypeAlias = VaultIn | VaultOut | BankIn | BankOut | SettleClearing | OtherIncome | PayExpense
