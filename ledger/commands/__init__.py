"""Money commands: what a cashier or manager asks for, as typed shapes, and how bytes become one.

One file per family; `kinds` knows them all. A new kind is a shape in its family's file with a rule of the
same name in `posting_rules` and, if it changes more than balances, an effect in `effects`.
"""

from .adoptions import AdoptProfile, AdoptTournament
from .ages import AsksAge
from .asked import Asked, Read, Second, is_key
from .balances import Deposit, Settle, Withdraw
from .bounties import EndBounties, KnockOut, PayBounty, WonByOthers
from .cash_games import CashBuyIn, CashOut, CollectTime, CountDrop
from .chips import AddChips, CountChips, CreditTray, FillTray, RemoveChips
from .deals import AgreeDeal
from .drawers import (
    CloseDrawer,
    CountDrawer,
    DropToVault,
    FillDrawer,
    LendCash,
    OpenDrawer,
    SignOverDrawer,
)
from .every_command import MANAGERS, TILLS, Amount, Common, Expects
from .flights import CloseFlight, ConfirmFlight
from .house import BankIn, BankOut, OtherIncome, PayExpense, SettleClearing, VaultIn, VaultOut
from .jackpots import AdoptJackpot, PayJackpot, SeedJackpot
from .kinds import AnyCommand, Command, command_again, pays_out, roles_of, takes_two
from .left_branch import SetAside
from .markers import AdoptCreditLine, IssueMarker, RepayMarker, WriteOffMarker
from .means import ByMeans
from .mystery import DrawEnvelope, SealEnvelopes
from .payouts import PaysPlayer
from .prizes import PayPrize, PayTax, ReturnPrize
from .promotions import AddMoney, RedeemComp
from .reading import read_command
from .results import CloseRegistration, ConfirmResult, CorrectResult, Result, Withhold
from .reversals import Reverse
from .sales import AddOn, BuyIn, DealerAddOn, Rebuy, ReEntry, Sale, Unregister
from .sponsors import SponsorMoney, SponsorPrize
from .staff import PayStaff, TakeTip
from .tickets import AwardSeat, CashTicket, ConfirmSeats, ExpireTicket, IssueTicket
from .transit import ReceiveCash, SendCash

__all__ = [
    "AgreeDeal",
    "AwardSeat",
    "DrawEnvelope",
    "SealEnvelopes",
    "WonByOthers",
    "SponsorMoney",
    "SponsorPrize",
    "CashTicket",
    "ConfirmSeats",
    "ExpireTicket",
    "IssueTicket",
    "EndBounties",
    "KnockOut",
    "PayBounty",
    "MANAGERS",
    "TILLS",
    "AddChips",
    "AddMoney",
    "AddOn",
    "AdoptCreditLine",
    "AdoptJackpot",
    "AdoptProfile",
    "AdoptTournament",
    "Amount",
    "AnyCommand",
    "BankIn",
    "BankOut",
    "Asked",
    "AsksAge",
    "BuyIn",
    "ByMeans",
    "CashBuyIn",
    "CashOut",
    "CloseDrawer",
    "CloseFlight",
    "ConfirmFlight",
    "CloseRegistration",
    "CollectTime",
    "Command",
    "Common",
    "ConfirmResult",
    "CorrectResult",
    "Result",
    "ReturnPrize",
    "Withhold",
    "CountChips",
    "CountDrawer",
    "CountDrop",
    "CreditTray",
    "DealerAddOn",
    "Deposit",
    "DropToVault",
    "Expects",
    "FillDrawer",
    "FillTray",
    "IssueMarker",
    "LendCash",
    "OpenDrawer",
    "OtherIncome",
    "PayExpense",
    "PayJackpot",
    "PayPrize",
    "PayTax",
    "PayStaff",
    "PaysPlayer",
    "ReEntry",
    "Read",
    "Rebuy",
    "ReceiveCash",
    "RedeemComp",
    "RemoveChips",
    "RepayMarker",
    "Reverse",
    "Sale",
    "Second",
    "SeedJackpot",
    "SendCash",
    "SetAside",
    "Settle",
    "SettleClearing",
    "SignOverDrawer",
    "TakeTip",
    "Unregister",
    "VaultIn",
    "VaultOut",
    "Withdraw",
    "WriteOffMarker",
    "command_again",
    "is_key",
    "pays_out",
    "read_command",
    "roles_of",
    "takes_two",
]
