"""Receipts: what a player or cashier gets in hand for one entry.

A receipt names the entry's number and 80 bits of its hash, and carries the signed head at that entry, so
that paper alone proves a later rewrite. A reprint is the same receipt marked `copy`.
"""

from base64 import b32encode
from collections.abc import Iterator, Sequence
from typing import Any, Final

from .canonical import canonical
from .chain import Link
from .entry import Entry, Posting
from .heads import Head

__all__ = ["cash_moved", "direction", "receipt", "short_hash"]

_TITLES: Final = {
    "buy_in": "Buy-in",
    "re_entry": "Re-entry",
    "rebuy": "Rebuy",
    "add_on": "Add-on",
    "dealer_add_on": "Dealer add-on",
    "unregister": "Refund of an entry",
    "pay_prize": "Prize paid",
    "knock_out": "Bounty",
    "draw_envelope": "Bounty out of an envelope",
    "seal_envelopes": "Envelopes sealed",
    "agree_deal": "Deal agreed",
    "pay_bounty": "Bounty paid",
    "issue_ticket": "Ticket",
    "cash_ticket": "Ticket paid out",
    "confirm_seats": "Seats won",
    "award_seat": "Seat won in play",
    "deposit": "Paid into the balance",
    "withdraw": "Paid out of the balance",
    "settle": "Received money settled",
    "reverse": "Void",
    "cash_buy_in": "Chips bought",
    "cash_out": "Chips cashed",
    "open_drawer": "Drawer opened",
    "close_drawer": "Drawer closed",
    "count_drawer": "Drawer counted",
    "sign_over_drawer": "Drawer signed over",
    "fill_drawer": "More float",
    "drop_to_vault": "Drop to the vault",
    "lend_cash": "Loan to a drawer",
    "send_cash": "Cash sent",
    "receive_cash": "Cash arrived",
    "vault_in": "Cash into the vault",
    "vault_out": "Cash out of the vault",
    "set_aside": "Old entry set aside",
    "bank_in": "Onto the bank account",
    "bank_out": "Off the bank account",
    "collect_time": "Time",
    "count_drop": "Drop box counted",
    "pay_jackpot": "Jackpot paid",
    "issue_marker": "Marker",
    "repay_marker": "Marker repaid",
    "take_tip": "Tip for the staff",
    "pay_staff": "Paid from the staff pool",
    "redeem_comp": "Comp",
    "suspense": "Received, not settled",
    "pay_tax": "Tax handed on",
    "return_prize": "Prize handed back",
    "expire_ticket": "Ticket expired",
    "confirm_result": "Result confirmed",
    "correct_result": "Result corrected",
    "close_registration": "Registration closed",
    "close_flight": "Registration of a flight closed",
    "confirm_flight": "Prizes of a flight confirmed",
    "withhold": "Withheld from the pool",
    "add_money": "Money added to the pool",
    "end_bounties": "Bounties ended",
    "seed_jackpot": "Jackpot seeded",
    "adopt_credit_line": "Credit line",
    "write_off_marker": "Marker written off",
    "settle_clearing": "Card and bank settled",
    "other_income": "Other income",
    "pay_expense": "Expense paid",
    "sponsor_money": "Money of a sponsor",
    "sponsor_prize": "Prize of a sponsor",
}
_PARTS: Final = (
    ("prize_cents", "Prize pool"), ("fee_cents", "Fee"), ("bounty_cents", "Bounty"), ("staff_cents", "Staff")
)  # fmt: skip
_AFTER: Final = (
    ("tax_cents", "Tax withheld"), ("repaid_cents", "Marker repaid"), ("due_after_cents", "Still due"),
    ("left_cents", "Still to settle"), ("balance_after_cents", "Balance after it"),
)  # fmt: skip
_MEANS: Final = (
    (("2030",), "From the balance", "Into the balance"),
    (("1100",), "On a marker", "Off the markers"),
    (("5010",), "Comp", "Comp taken back"),
)
_SHOWN: Final = (
    "tournament", "flight", "player", "entry", "number", "place", "drawer", "shift", "table", "method",
    "reference", "ticket", "reason", "box", "jackpot", "courier", "dealer", "verified_by", "witnessed_by",
    "counted_cents", "expected_cents", "difference_cents",
)  # fmt: skip


_COUNTED: Final = (
    ("counted_cents", "Counted"), ("expected_cents", "Expected"), ("sent_cents", "Sent"),
    ("cash_cents", "Cash in the box"), ("reserve_cents", "Of it to the reserve"),
    ("chips_cents", "Chips"), ("made_cents", "Chips there are"),
    ("cage_cents", "In the cage"), ("trays_cents", "In trays"), ("out_cents", "With players"),
    ("missing_cents", "Missing"),
)  # fmt: skip


def short_hash(hash_: bytes) -> str:
    """80 bits in 16 base32 characters."""
    return b32encode(hash_[:10]).decode()


def receipt(
    link: Link, head: Head, currency: str, *, copy: bool, reversed_by: int | None = None
) -> dict[str, Any]:
    """The receipt as JSON; `lines` are ready to print, in order. `head` is signed at this very entry."""
    entry = link.entry
    said = entry.data
    moved = sum(posting.amount for posting in entry.postings if posting.amount > 0)
    cash = cash_moved(entry)
    lines = list(_lines(entry, cash)) or ([("Amount", moved)] if moved else [])
    return {
        "seq": entry.seq,
        "hash_short": short_hash(link.hash),
        "title": _TITLES.get(entry.kind, entry.kind.replace("_", " ").capitalize()),
        "kind": entry.kind,
        "at_ms": entry.at_ms,
        "person": entry.person,
        "device": entry.device,
        "currency": currency,
        **{name: said[name] for name in _SHOWN if name in said},
        "lines": [{"text": text, "amount_cents": cents} for text, cents in lines],
        "drawer_cents": sum(amount for account, amount in entry.postings if account.startswith("1010/")),
        "total_cents": abs(cash),
        "direction": direction(cash),
        "undoes": said.get("undoes", {}).get("seq"),
        "reversed_by": reversed_by,
        "head": head.as_json(),
        "qr": canonical(head.as_json()).decode(),
        "copy": copy,
    }


def direction(cash: int) -> str:
    """Which way cash went, seen from the drawer."""
    return "in" if cash > 0 else "out" if cash < 0 else ""


def cash_moved(entry: Entry) -> int:
    """What came into drawers and over cards and transfers, in cents; negative: went out.

    Nothing where the house's bank account moved.
    """
    if any(account == "1030" for account, _ in entry.postings):
        return 0
    return sum(amount for account, amount in entry.postings if account.startswith(("1010/", "1015")))


def _lines(entry: Entry, cash: int) -> Iterator[tuple[str, int]]:
    """What the entry was made of; `cash` came into drawers and the bank by it; negative, it went out."""
    said = entry.data
    for part, text in _PARTS:
        if said.get("price", {}).get(part):
            yield text, said["price"][part]
    for ticket, _, target, cents in said.get("tickets", ()):
        yield f"Ticket {ticket} for {target}", cents
    for share, _, cents in said.get("awards", ()):
        yield share.replace("_", " ").capitalize(), cents
    for name, text in _COUNTED:
        if name in said:
            yield text, said[name]
    if "difference_cents" in said:
        yield "Over" if said["difference_cents"] >= 0 else "Short", said["difference_cents"]
    for _, _, place, cents in said.get("due", ()):
        yield f"Place {place}", cents
    if cash and "counted_cents" not in said:
        yield "Received" if cash > 0 else "Paid out", abs(cash)
    yield from _by_other_means(entry.postings)
    for name, text in _AFTER:
        if said.get(name):
            yield text, said[name]


def _by_other_means(postings: Sequence[Posting]) -> Iterator[tuple[str, int]]:
    """What moved without cash, card or bank; seen from who holds the receipt."""
    for numbers, taken, given in _MEANS:
        cents = sum(posting.amount for posting in postings if posting.account.partition("/")[0] in numbers)
        if cents:
            yield taken if cents > 0 else given, abs(cents)
