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
    "drop_to_vault": "Drop to the vault",
    "vault_in": "Cash into the vault",
    "suspense": "Received, not settled",
}
_PARTS: Final = (
    ("prize_cents", "Prize pool"), ("fee_cents", "Fee"), ("bounty_cents", "Bounty"), ("staff_cents", "Staff")
)  # fmt: skip
_SHOWN: Final = (
    "tournament", "player", "entry", "number", "place", "drawer", "shift", "table", "method", "reference",
    "ticket", "reason", "counted_cents", "expected_cents", "difference_cents",
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
    cash = sum(amount for account, amount in entry.postings if account.startswith(("1010/", "1015")))
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
        "lines": [{"text": text, "amount_cents": cents} for text, cents in _lines(said, cash)],
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
    if "counted_cents" in said:
        yield "Counted", said["counted_cents"]
        yield "Expected", said["expected_cents"]
        yield "Over" if said["difference_cents"] >= 0 else "Short", said["difference_cents"]
    elif cash:
        yield "Received" if cash > 0 else "Paid out", abs(cash)
    if said.get("due_after_cents"):
        yield "Still due", said["due_after_cents"]
