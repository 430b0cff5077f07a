"""Money commands: what a cashier or manager asks for, as typed shapes, and how bytes become one.

One file per family; `kinds` knows them all. A new kind is a shape in its family's file with a rule of the
same name in `posting_rules` and, if it changes more than balances, an effect in `effects`.
"""

from .adoptions import AdoptProfile, AdoptTournament
from .asked import Asked, Read, Second, is_key
from .cash_games import CashBuyIn, CashOut
from .common import MANAGERS, TILLS, Amount, Common, Expects
from .drawers import CloseDrawer, DropToVault, OpenDrawer, VaultIn
from .kinds import AnyCommand, Command, roles_of
from .means import ByMeans
from .reading import read_command
from .results import CloseRegistration, ConfirmResult, PayPrize
from .reversals import Reverse
from .sales import AddOn, BuyIn, Rebuy, ReEntry, Sale, Unregister

__all__ = [
    "MANAGERS",
    "TILLS",
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
    "DropToVault",
    "Expects",
    "OpenDrawer",
    "PayPrize",
    "ReEntry",
    "Read",
    "Rebuy",
    "Reverse",
    "Sale",
    "Second",
    "Unregister",
    "VaultIn",
    "is_key",
    "read_command",
    "roles_of",
]
