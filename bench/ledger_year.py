"""A year of one venue as a ledger file, for what must hold at that size: replay, start, verify.

Each day: a tournament is sold (a fifth of all entries), closed, decided and paid; the rest is chips of the
cash games bought and cashed, over three drawers that open and close. Written by the ledger's own rules.
"""

import json
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import apsw

from ledger.commands import Asked, read_command
from ledger.heads import Signer
from ledger.journal import BATCH_MAX, Journal, Posted

__all__ = ["CURRENCY", "DAYS", "SIGNER", "VENUE", "open_year", "write_year"]

VENUE: Final = "bench"
CURRENCY: Final = "EUR"
SIGNER: Final = Signer.from_seed(sha256(b"bench").digest())
DAYS: Final = 365

_DAY_MS: Final = 86_400_000
_START_MS: Final = 1_767_250_800_000
_DRAWERS: Final = ("d0", "d1", "d2")
_PROFILE: Final = {
    "name": "Bench", "cash": True, "cash_games": True, "reverse_limit_cents": 10**9,
    "payout_limit_cents": 10**9,
}  # fmt: skip
_RULES: Final = {
    "name": "Bench",
    "prices": {"buy_in": {"prize_cents": 8_000, "fee_cents": 1_000, "bounty_cents": 0, "staff_cents": 1_000}},
    "entries_per_player": 1,
    "guarantee_cents": 0,
    "payout": {
        "unit_cents": 100,
        "tables": [{"entries_min": 1, "entries_max": 100_000, "basis_points": [5_000, 3_000, 2_000]}],
    },
}
_Said = tuple[str, dict[str, Any]]


def open_year(path: Path) -> Journal:
    """Raises as `Journal.open`."""
    return Journal.open(path, venue=VENUE, currency=CURRENCY, signer=SIGNER, at_ms=_START_MS)


def write_year(path: Path, entries: int) -> float:
    """A ledger of at least so many entries over a year; not synced while it is written. Seconds it took."""
    started = time.perf_counter()
    journal = open_year(path)
    unsynced(journal)
    waiting: list[Asked] = []
    for count, (at_ms, (kind, fields)) in enumerate(_year(entries)):
        body = json.dumps({"kind": kind, **fields}, separators=(",", ":")).encode()
        waiting.append(Asked(read_command(body), f"k{count}", "mia", "manager", "till1", at_ms))
        if len(waiting) == BATCH_MAX:
            _book(journal, waiting)
    _book(journal, waiting)
    journal.close()
    return time.perf_counter() - started


def unsynced(journal: Journal) -> None:
    db: apsw.Connection = journal._db
    db.execute("PRAGMA synchronous = OFF").fetchall()


def _book(journal: Journal, waiting: list[Asked]) -> None:
    for result in journal.commit(waiting):
        assert isinstance(result, Posted), result
    waiting.clear()


def _year(entries: int) -> Iterator[tuple[int, _Said]]:
    a_day = max(entries // DAYS, 40)
    yield _START_MS, ("adopt_profile", {"profile": _PROFILE})
    yield _START_MS, ("vault_in", {"amount": _money(10**12)})
    for day in range(DAYS):
        for n, said in enumerate(_day(day, a_day)):
            yield _START_MS + day * _DAY_MS + n * (_DAY_MS // (2 * a_day)), said


def _day(day: int, entries: int) -> Iterator[_Said]:
    event, players = f"event-{day}", entries // 5
    for drawer in _DRAWERS:
        yield "open_drawer", {"drawer": drawer, "amount": _money(players * 8_000)}
    yield "adopt_tournament", {"tournament": event, "rules": _RULES}
    for n in range(players):
        sale = {"tournament": event, "player": f"p{n}", "entry": f"{event}-{n}", "method": "cash"}
        yield "buy_in", {**sale, "drawer": _DRAWERS[n % 3], "amount": _money(10_000)}
    yield "close_registration", {"tournament": event}
    places = [[f"p{n}", f"{event}-{n}", n + 1] for n in range(3)]
    yield "confirm_result", {"tournament": event, "places": places}
    pool = players * 8_000
    for n, share in enumerate((5_000, 3_000, 2_000)):
        prize = {"tournament": event, "player": f"p{n}", "place": n + 1, "drawer": "d0", "method": "cash"}
        yield "pay_prize", {**prize, "amount": _money(pool * share // 10_000)}
    for n in range((entries - players - 13) // 2):
        chips = {"player": f"p{n % 300}", "drawer": _DRAWERS[n % 3], "amount": _money(20_000)}
        yield "cash_buy_in", chips
        yield "cash_out", chips
    for drawer in _DRAWERS:
        yield "drop_to_vault", {"drawer": drawer, "amount": _money(players * 3_000)}
        yield "close_drawer", {"drawer": drawer, "counted": {}}


def _money(cents: int) -> dict[str, Any]:
    return {"amount": cents, "currency": CURRENCY}
