"""Money commands: what a cashier or manager asks for, as typed shapes, and how bytes become one.

One file per family; `kinds` knows them all. A new kind is a shape in its family's file with a rule of the
same name in `posting_rules` and, if it changes more than balances, an effect in `effects`.
"""

from .adoptions import AdoptProfile, AdoptTournament
from .asked import Asked, Read, Second, is_key
from .balances import Deposit, Settle, Withdraw
from .cash_games import CashBuyIn, CashOut
from .chips import AddChips, CountChips, CreditTray, FillTray, RemoveChips
from .common import MANAGERS, TILLS, Amount, Common, Expects
from .drawers import (
    CloseDrawer,
    CountDrawer,
    DropToVault,
    FillDrawer,
    LendCash,
    OpenDrawer,
    SignOverDrawer,
)
from .house import VaultIn, VaultOut
from .kinds import AnyCommand, Command, pays_out, roles_of, takes_two
from .means import ByMeans
from .prizes import PayPrize, ReturnPrize
from .reading import read_command
from .results import CloseRegistration, ConfirmResult, CorrectResult, Result, Withhold
from .reversals import Reverse
from .sales import AddOn, BuyIn, DealerAddOn, Rebuy, ReEntry, Sale, Unregister
from .transit import ReceiveCash, SendCash

__all__ = [
    "MANAGERS",
    "TILLS",
    "AddChips",
    "AddOn",
    "AdoptProfile",
    "AdoptTournament",
    "Amount",
    "AnyCommand",
    "Asked",
    "BuyIn",
    "ByMeans",
    "CashBuyIn",
    "CashOut",
    "CloseDrawer",
    "CloseRegistration",
    "Command",
    "Common",
    "ConfirmResult",
    "CorrectResult",
    "Result",
    "ReturnPrize",
    "Withhold",
    "CountChips",
    "CountDrawer",
    "CreditTray",
    "DealerAddOn",
    "Deposit",
    "DropToVault",
    "Expects",
    "FillDrawer",
    "FillTray",
    "LendCash",
    "OpenDrawer",
    "PayPrize",
    "ReEntry",
    "Read",
    "Rebuy",
    "ReceiveCash",
    "RemoveChips",
    "Reverse",
    "Sale",
    "Second",
    "SendCash",
    "Settle",
    "SignOverDrawer",
    "Unregister",
    "VaultIn",
    "VaultOut",
    "Withdraw",
    "is_key",
    "pays_out",
    "read_command",
    "roles_of",
    "takes_two",
]
