"""Exports in the forms that other programs take: JSON lines, CSV for a spreadsheet, text for beancount.

An exporter gets entries one by one and answers the bytes of each, so that a year costs no memory. People and
what they typed stay out of CSV and beancount: accounts, kinds, numbers and hashes alone. Days are UTC.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, Protocol

from .accounts import CHART, number_of
from .chain import OPEN_TERM
from .entry import Entry, read_entry
from .export import entry_line, head_line
from .heads import Head
from .money import render

__all__ = ["FORMATS", "Exporter", "cell"]

_ROOTS: Final = {
    "asset": "Assets", "liability": "Liabilities", "equity": "Equity", "income": "Income",
    "expense": "Expenses",
}  # fmt: skip
_OTHER: Final = re.compile(r"[^A-Za-z0-9]")
_COLUMNS: Final = b"seq,day,at_ms,kind,account,name,debit,credit,currency,hash\r\n"
_DAY_MS: Final = 86_400_000


class Exporter(Protocol):
    """One export. `media_type` and `suffix` are for whoever sends or names the file."""

    media_type: str
    suffix: str

    def start(self) -> bytes: ...

    def entry(self, body: bytes, hash_: bytes) -> bytes:
        """The next entry, in order. Raises EntryInvalid for bytes that are none."""

    def end(self, head: Head) -> bytes:
        """After the last entry, which `head` is of."""


class _JsonLines:
    """What `felt ledger verify` reads."""

    media_type = "application/jsonl"
    suffix = "jsonl"

    def start(self) -> bytes:
        return b""

    def entry(self, body: bytes, hash_: bytes) -> bytes:
        return entry_line(body, hash_)

    def end(self, head: Head) -> bytes:
        return head_line(head)


class _Csv:
    """RFC 4180, a row per posting, an entry that moves nothing in one row. No cell is taken for a formula."""

    media_type = "text/csv; charset=utf-8"
    suffix = "csv"

    def __init__(self) -> None:
        self._currency = ""

    def start(self) -> bytes:
        return _COLUMNS

    def entry(self, body: bytes, hash_: bytes) -> bytes:
        entry = read_entry(body)
        self._currency = _currency(entry, self._currency)
        front = [str(entry.seq), _day(entry.at_ms), str(entry.at_ms), entry.kind]
        rows = [
            [*front, posting.account, CHART[number_of(posting.account)].name, *self._sides(posting.amount)]
            for posting in entry.postings
        ] or [[*front, "", "", "", "", ""]]
        return "".join(",".join(map(cell, [*row, hash_.hex()])) + "\r\n" for row in rows).encode()

    def end(self, head: Head) -> bytes:
        return b""

    def _sides(self, amount: int) -> list[str]:
        cents = render(abs(amount), self._currency).partition(" ")[0]
        return [cents, "", self._currency] if amount > 0 else ["", cents, self._currency]


class _Beancount:
    """Transactions and, at the end, what each account must hold: `bean-check` proves our balances."""

    media_type = "text/plain; charset=utf-8"
    suffix = "beancount"

    def __init__(self) -> None:
        self._currency = ""
        self._last_ms = 0
        self._balances: dict[str, int] = {}

    def start(self) -> bytes:
        return b'option "title" "Felt ledger"\n'

    def entry(self, body: bytes, hash_: bytes) -> bytes:
        entry = read_entry(body)
        self._currency, self._last_ms = _currency(entry, self._currency), entry.at_ms
        day = _day(entry.at_ms)
        if not entry.postings:
            return f'{day} custom "felt" "{entry.kind}" {entry.seq} "{hash_.hex()}"\n'.encode()
        lines = [f"{day} open {_beancount_account(one)} {self._currency}\n" for one in self._new(entry)]
        lines += [f'{day} * "{entry.kind}"\n', f'  seq: {entry.seq}\n  hash: "{hash_.hex()}"\n']
        for account, amount in ((posting.account, posting.amount) for posting in entry.postings):
            self._balances[account] += amount
            lines.append(f"  {_beancount_account(account)}  {render(amount, self._currency)}\n")
        return "".join(lines).encode()

    def end(self, head: Head) -> bytes:
        day = _day(self._last_ms + _DAY_MS)  # a balance holds at the beginning of its day
        return "".join(
            f"{day} balance {_beancount_account(account)}  {render(cents, self._currency)}\n"
            for account, cents in sorted(self._balances.items())
        ).encode()

    def _new(self, entry: Entry) -> list[str]:
        """The accounts it is the first to use; from now on they are known."""
        new = [one for one in dict.fromkeys(p.account for p in entry.postings) if one not in self._balances]
        self._balances.update(dict.fromkeys(new, 0))
        return new


FORMATS: Final[Mapping[str, Callable[[], Exporter]]] = {
    "jsonl": _JsonLines,
    "csv": _Csv,
    "beancount": _Beancount,
}


def cell(text: str) -> str:
    """A cell that no spreadsheet computes: what begins like a formula gets an apostrophe in front."""
    if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\r\n\']', text) else text


def _currency(entry: Entry, known: str) -> str:
    return str(entry.data["currency"]) if entry.kind == OPEN_TERM else known


def _beancount_account(account: str) -> str:
    """`1010/d_1` → `Assets:1010-d-5F1`: another account for each of ours."""
    number, slash, whose = account.partition("/")
    told = _OTHER.sub(lambda found: f"-{ord(found[0]):02X}", whose)
    return f"{_ROOTS[CHART[number].nature]}:{number}{'-' if slash else ''}{told}"


def _day(at_ms: int) -> str:
    """The UTC day of a Unix time as `2026-11-28`."""
    days = at_ms // _DAY_MS + 719_468  # since 1 March of year 0, so that a leap day is the last of its year
    era, of_era = divmod(days, 146_097)
    year = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    return f"{year + era * 400 + (month > 9):04d}-{(month + 2) % 12 + 1:02d}-{day:02d}"
