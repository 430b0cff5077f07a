"""Statements: what a gaming day, or one shift of a drawer, came to. A fold of its entries, in order.

Take the entries one by one, then ask for the statement; the same entries give the same statement for ever.
A day's shifts are the drawers opened in it; a shift's entries are those that move its drawer's cash.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .accounts import CHART, number_of
from .entry import Entry

__all__ = ["LISTED_MAX", "Shift", "Statement", "shift_begins", "shift_ends"]

LISTED_MAX: Final = 500
"""Voids, counts and suspended entries named one by one; more are only counted."""

_BEGINS: Final = frozenset({"open_drawer", "sign_over_drawer"})
_ENDS: Final = frozenset({"close_drawer", "sign_over_drawer"})


@dataclass(slots=True)
class Kind:
    """All entries of one kind: how many, and the cash they brought into drawers and took out."""

    count: int = 0
    in_cents: int = 0
    out_cents: int = 0


@dataclass(slots=True)
class Moved:
    """What went into an account (`debit_cents`) and out of it (`credit_cents`); both positive."""

    debit_cents: int = 0
    credit_cents: int = 0


@dataclass(slots=True)
class Shift:
    """One shift of a drawer, from its opening entry. The last four are None while it is open."""

    drawer: str
    opened_seq: int
    opened_ms: int
    person: str
    in_cents: int = 0
    out_cents: int = 0
    closed_seq: int | None = None
    expected_cents: int | None = None
    counted_cents: int | None = None
    difference_cents: int | None = None
    reason: str = ""


@dataclass(slots=True)
class Statement:
    """Of all entries taken; with `drawer`, of those that are about it."""

    drawer: str = ""
    first_seq: int = 0
    last_seq: int = 0
    count: int = 0
    kinds: dict[str, Kind] = field(default_factory=lambda: defaultdict(Kind))
    accounts: dict[str, Moved] = field(default_factory=lambda: defaultdict(Moved))  # by number of the chart
    drawers: dict[str, Moved] = field(default_factory=lambda: defaultdict(Moved))
    shifts: list[Shift] = field(default_factory=list)
    listed: list[dict[str, Any]] = field(default_factory=list)
    not_listed: int = 0

    def take(self, entry: Entry) -> None:
        """The next entry. One that is not about the drawer is left out."""
        cash = [
            (one.account.partition("/")[2], one.amount) for one in entry.postings if _is_drawer(one.account)
        ]
        if self.drawer and not (_is_about(entry, self.drawer) or self.drawer in dict(cash)):
            return
        self.first_seq = self.first_seq or entry.seq
        self.last_seq, self.count = entry.seq, self.count + 1
        self._move(entry, cash)
        self._follow_shift(entry, cash)
        self._list(entry)

    def _move(self, entry: Entry, cash: list[tuple[str, int]]) -> None:
        kind = self.kinds[entry.kind]
        kind.count += 1
        for posting in entry.postings:
            _add(self.accounts[number_of(posting.account)], posting.amount)
        for drawer, amount in cash:
            if not self.drawer or drawer == self.drawer:
                _add(self.drawers[drawer], amount)
                kind.in_cents += max(amount, 0)
                kind.out_cents += max(-amount, 0)

    def _follow_shift(self, entry: Entry, cash: list[tuple[str, int]]) -> None:
        ends = shift_ends(entry)
        open_shifts = {shift.drawer: shift for shift in self.shifts if shift.closed_seq is None}
        if ends in open_shifts:
            shift, said = open_shifts.pop(ends), entry.data
            shift.closed_seq, shift.reason = entry.seq, str(said.get("reason", ""))
            shift.expected_cents, shift.counted_cents = said["expected_cents"], said["counted_cents"]
            shift.difference_cents = said["difference_cents"]
        begins = shift_begins(entry)
        if begins and (not self.drawer or begins == self.drawer):
            open_shifts[begins] = Shift(begins, entry.seq, entry.at_ms, _holder(entry))
            self.shifts.append(open_shifts[begins])
        for drawer, amount in cash:
            if drawer in open_shifts and not ends:  # a count's over or short is no cash that moved
                open_shifts[drawer].in_cents += max(amount, 0)
                open_shifts[drawer].out_cents += max(-amount, 0)

    def _list(self, entry: Entry) -> None:
        """What somebody who reads a statement asks about."""
        difference = entry.data.get("difference_cents", 0)
        if entry.kind not in ("reverse", "suspense") and not difference and "second" not in entry.data:
            return
        if len(self.listed) >= LISTED_MAX:
            self.not_listed += 1
            return
        moved = sum(posting.amount for posting in entry.postings if posting.amount > 0)
        self.listed.append(
            {
                "seq": entry.seq, "kind": entry.kind, "at_ms": entry.at_ms, "person": entry.person,
                "amount_cents": difference or moved, "reason": str(entry.data.get("reason", "")),
                "second": entry.data.get("second", {}).get("person", ""),
                "undoes": entry.data.get("undoes", {}).get("seq"),
                "refusal": entry.data.get("refusal", ""),
            }
        )  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Everything, sorted; `accounts` in the order of the chart with their names."""
        return {
            "first_seq": self.first_seq,
            "last_seq": self.last_seq,
            "count": self.count,
            "kinds": [{"kind": name, **_fields(kind)} for name, kind in sorted(self.kinds.items())],
            "accounts": [
                {"account": number, "name": CHART[number].name, **_fields(moved)}
                for number, moved in sorted(self.accounts.items())
            ],
            "drawers": [{"drawer": name, **_fields(moved)} for name, moved in sorted(self.drawers.items())],
            "shifts": [_fields(shift) for shift in self.shifts],
            "listed": self.listed,
            "not_listed": self.not_listed,
        }


def shift_begins(entry: Entry) -> str:
    """The drawer whose shift begins with this entry; empty: none does."""
    return str(entry.data["drawer"]) if entry.kind in _BEGINS else ""


def shift_ends(entry: Entry) -> str:
    """The drawer whose shift ends with this entry; empty: none does."""
    return str(entry.data["drawer"]) if entry.kind in _ENDS else ""


def _holder(entry: Entry) -> str:
    """Whose shift it is: who signs over hands the drawer to the second person."""
    if entry.kind == "sign_over_drawer":
        return str(entry.data.get("second", {}).get("person", entry.person))
    return entry.person


def _is_about(entry: Entry, drawer: str) -> bool:
    return entry.data.get("drawer") == drawer


def _is_drawer(account: str) -> bool:
    return account.startswith("1010/")


def _add(moved: Moved, amount: int) -> None:
    moved.debit_cents += max(amount, 0)
    moved.credit_cents += max(-amount, 0)


def _fields(record: Kind | Moved | Shift) -> Mapping[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}
