"""Receipts: what a player or cashier gets in hand for one entry.

A receipt names the entry's number and 80 bits of its hash, and carries the signed head at that entry, so
that paper alone proves a later rewrite. A reprint is the same receipt marked `copy`.
"""

from base64 import b32encode
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .canonical import canonical
from .chain import Link
from .heads import Head

__all__ = ["receipt", "short_hash"]

_TITLES: Final = {
    "buy_in": "Buy-in",
    "re_entry": "Re-entry",
    "rebuy": "Rebuy",
    "add_on": "Add-on",
    "dealer_add_on": "Dealer add-on",
    "unregister": "Refund of an entry",
    "pay_prize": "Prize paid",
    "knock_out": "Bounty",
    "pay_bounty": "Bounty paid",
    "issue_ticket": "Ticket",
    "cash_ticket": "Ticket paid out",
    "confirm_seats": "Seats won",
    "return_prize": "Prize handed back",
    "deposit": "Paid into the balance",
    "withdraw": "Paid out of the balance",
    "settle": "Received money settled",
    "reverse": "Reversal",
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
    "collect_time": "Time",
    "count_drop": "Drop box counted",
    "pay_jackpot": "Jackpot paid",
    "issue_marker": "Marker",
    "repay_marker": "Marker repaid",
    "take_tip": "Tip for the staff",
    "pay_staff": "Paid from the staff pool",
    "redeem_comp": "Comp",
    "suspense": "Received, not settled",
}
_PARTS: Final = (
    ("prize_cents", "Prize pool"), ("fee_cents", "Fee"), ("bounty_cents", "Bounty"), ("staff_cents", "Staff")
)  # fmt: skip
_SHOWN: Final = (
    "tournament", "player", "entry", "number", "place", "drawer", "shift", "table", "method", "reference",
    "ticket", "reason", "box", "jackpot", "courier", "dealer", "counted_cents", "expected_cents",
    "difference_cents",
)  # fmt: skip


_COUNTED: Final = (
    ("counted_cents", "Counted"), ("expected_cents", "Expected"), ("sent_cents", "Sent"),
    ("reserve_cents", "Of it to the reserve"), ("chips_cents", "Chips"), ("made_cents", "Chips there are"),
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
    cash = sum(amount for account, amount in entry.postings if account.startswith(("1010/", "1015")))
    lines = list(_lines(said, cash)) or ([("Amount", moved)] if moved else [])
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
        "total_cents": abs(cash),
        "direction": "in" if cash > 0 else "out" if cash < 0 else "",
        "undoes": said.get("undoes", {}).get("seq"),
        "reversed_by": reversed_by,
        "head": head.as_json(),
        "qr": canonical(head.as_json()).decode(),
        "copy": copy,
    }


def _lines(said: Mapping[str, Any], cash: int) -> Iterator[tuple[str, int]]:
    """What the entry was made of; `cash` came into drawers and the bank by it; negative, it went out."""
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
    elif cash:
        yield "Received" if cash > 0 else "Paid out", abs(cash)
    if "repaid_cents" in said:
        yield "Marker repaid", said["repaid_cents"]
    if said.get("due_after_cents"):
        yield "Still due", said["due_after_cents"]
