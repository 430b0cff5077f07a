"""A till for tests: a ledger in a folder, and short ways to ask it for something."""

import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ledger.commands import Asked, Second, read_command
from ledger.errors import KeyReused
from ledger.heads import Signer
from ledger.journal import Journal, Outcome, Posted, Refused

VENUE = "venue1"
SIGNER = Signer.from_seed(bytes(range(32)))
PROFILE: dict[str, Any] = {
    "name": "House",
    "cash": True,
    "cash_games": True,
    "reverse_limit_cents": 20_000,
    "payout_limit_cents": 50_000,
}
RULES: dict[str, Any] = {
    "name": "Friday",
    "prices": {
        "buy_in": {"prize_cents": 8_000, "fee_cents": 1_000, "bounty_cents": 1_000, "staff_cents": 0},
        "re_entry": {"prize_cents": 8_000, "fee_cents": 1_000, "bounty_cents": 1_000, "staff_cents": 0},
        "rebuy": {"prize_cents": 5_000, "fee_cents": 0, "bounty_cents": 0, "staff_cents": 0},
        "add_on": {"prize_cents": 4_000, "fee_cents": 0, "bounty_cents": 0, "staff_cents": 1_000},
    },
    "entries_per_player": 2,
    "guarantee_cents": 0,
    "payout": {
        "unit_cents": 100,
        "tables": [
            {"entries_min": 1, "entries_max": 9, "basis_points": [6_500, 3_500]},
            {"entries_min": 10, "entries_max": 1_000, "basis_points": [5_000, 3_000, 2_000]},
        ],
    },
}
PRICES = {"buy_in": 10_000, "re_entry": 10_000, "rebuy": 5_000, "add_on": 5_000, "dealer_add_on": 500}


def body(kind: str, **fields: Any) -> bytes:
    """A command's JSON; `amount` may be given in cents."""
    if isinstance(fields.get("amount"), int):
        fields["amount"] = {"amount": fields["amount"], "currency": "EUR"}
    return json.dumps({"kind": kind, **fields}).encode()


def sale(kind: str, player: str, entry: str, **fields: Any) -> dict[str, Any]:
    """The fields of a buy-in, re-entry, rebuy or add-on at its price, in event `t` and drawer `d`."""
    given = {"tournament": "t", "player": player, "entry": entry, "drawer": "d", "method": "cash"}
    return {"kind": kind, **given, "amount": PRICES[kind], **fields}


def legs(posted: Posted) -> list[tuple[str, int]]:
    """What an entry moved."""
    return [(account, amount) for account, amount in posted.link.entry.postings]


class Till:
    """A venue's journal. Keys count up by themselves, the clock a millisecond per command."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ledger.db"
        self.journal = self._open()
        self.asked = 2 * self.journal.tip.seq - 2  # keys go on after those of an earlier till

    def _open(self) -> Journal:
        return Journal.open(self.path, venue=VENUE, currency="EUR", signer=SIGNER, at_ms=1_000_000)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.journal.close()

    def reopen(self) -> None:
        self.journal.close()
        self.journal = self._open()

    def asking(
        self, kind: str, *, key: str = "", role: str = "manager", person: str = "mia", device: str = "till1",
        approved: Second | None = None, **fields: Any,
    ) -> Asked:  # fmt: skip
        self.asked += 1
        read = read_command(body(kind, **fields))
        return Asked(read, key or f"k{self.asked}", person, role, device, 1_000_000 + self.asked, approved)

    def ask(self, kind: str, **fields: Any) -> Outcome:
        (result,) = self.journal.commit([self.asking(kind, **fields)])
        assert not isinstance(result, KeyReused)
        return result

    def post(self, kind: str, **fields: Any) -> Posted:
        result = self.ask(kind, **fields)
        assert isinstance(result, Posted), result
        return result

    def refuse(self, kind: str, **fields: Any) -> str:
        result = self.ask(kind, **fields)
        assert isinstance(result, Refused), result
        return result.refusal.code

    def asks_well(self, kind: str, **fields: Any) -> bool:
        """Whether it was posted."""
        return isinstance(self.ask(kind, **fields), Posted)

    def balance(self, account: str) -> int:
        return self.journal.book.balances().get(account, 0)

    def open_house(self, **rules: Any) -> None:
        """Profile, event `t`, 1,000.00 in the vault, drawer `d` with a float of 200.00."""
        self.post("adopt_profile", profile=PROFILE)
        self.post("adopt_tournament", tournament="t", rules={**RULES, **rules})
        self.post("vault_in", amount=100_000)
        self.post("open_drawer", drawer="d", amount=20_000)
