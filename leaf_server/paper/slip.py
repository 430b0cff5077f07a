"""A slip: what a receipt says on a narrow strip of paper, as rows of text. Pure.

Names come in from outside, since the ledger holds none. A slip knows no width; `laid_out` breaks one row
into lines of a given width.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap
from typing import Any, Final
from zoneinfo import ZoneInfo

from crdt_models.documents.cage import drawer_name
from ledger.money import render

__all__ = ["Row", "Slip", "Told", "amount", "laid_out", "local_time", "receipt_slip", "short_name"]

RULE: Final = "-"


@dataclass(frozen=True, slots=True)
class Row:
    """`right` stands at the right edge; a text of one dash is a rule across the paper."""

    text: str
    right: str = ""
    strong: bool = False
    large: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """`qr` is printed as a code below the rows; `opens_drawer`: the till's drawer springs open with it."""

    rows: tuple[Row, ...]
    qr: str = ""
    opens_drawer: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a receipt says that the ledger does not know: names, and the clock on the wall."""

    venue: str
    zone: ZoneInfo
    person: str = ""
    second: str = ""
    player: str = ""
    event: str = ""
    seat: str = ""
    draw: str = ""
    footer: str = ""


def short_name(name: str) -> str:
    """`Ana Maria Silva` → `Ana S.`: enough for the one who holds the receipt."""
    first, *rest = name.split()[:20] or [""]
    return f"{first[:24]} {rest[-1][0]}." if rest else first[:24]


def local_time(at_ms: int, zone: ZoneInfo) -> str:
    """`2026-11-28 18:03:12`, on the venue's wall."""
    return datetime.fromtimestamp(at_ms // 1000, zone).strftime("%Y-%m-%d %H:%M:%S")


def amount(cents: int, currency: str) -> str:
    """`55.00`, as the column heads name the currency."""
    return render(cents, currency).rpartition(" ")[0]


def receipt_slip(receipt: Mapping[str, Any], told: Told) -> Slip:
    """A receipt as `ledger.receipts` makes it."""
    return Slip(
        rows=tuple(_rows(receipt, told)),
        qr=receipt["qr"],
        opens_drawer=receipt["drawer_cents"] != 0 and not receipt["copy"],
    )


def _rows(receipt: Mapping[str, Any], told: Told) -> Iterator[Row]:
    yield Row(told.venue, strong=True, centred=True)
    if receipt["copy"]:
        yield Row("COPY", strong=True, large=True, centred=True)
    yield Row(receipt["title"], strong=True, large=True, centred=True)
    if told.seat:
        yield Row(told.seat, strong=True, large=True, centred=True)
    yield Row("Receipt", f"{receipt['seq']:05d}", strong=True)
    yield Row(local_time(receipt["at_ms"], told.zone))
    yield from _about(receipt, told)
    yield Row(RULE)
    yield from _sums(receipt)
    yield Row(RULE)
    if receipt["undoes"]:
        yield Row(f"Voids receipt {receipt['undoes']:05d}", strong=True)
    if receipt["reversed_by"]:
        yield Row(f"Voided by receipt {receipt['reversed_by']:05d}", strong=True)
    if receipt.get("reason"):
        yield Row(f"Reason: {receipt['reason']}")
    yield Row(receipt["hash_short"], centred=True)
    if told.footer:
        yield Row(told.footer, centred=True)


def _about(receipt: Mapping[str, Any], told: Told) -> Iterator[Row]:
    number, place = receipt.get("number"), receipt.get("place")
    drawer = drawer_name(receipt["drawer"]).removeprefix("Drawer ") if receipt.get("drawer") else ""
    shift = f", shift {receipt['shift']}" if receipt.get("shift") else ""
    for text, right in (
        ("Event", told.event),
        ("Player", told.player),
        ("Draw", told.draw),
        ("Entry number", str(number) if number else ""),
        ("Place", str(place) if place else ""),
        ("Cashier", told.person),
        ("Second person", told.second),
        ("Drawer", f"{drawer}{shift}" if drawer else ""),
        ("Method", str(receipt.get("method", ""))),
    ):
        if right:
            yield Row(text, right)


def _sums(receipt: Mapping[str, Any]) -> Iterator[Row]:
    currency = receipt["currency"]
    last = {"in": "Received", "out": "Paid out"}.get(receipt["direction"])
    for line in receipt["lines"]:
        yield Row(line["text"], render(line["amount_cents"], currency), strong=line["text"] == last)


def laid_out(row: Row, columns: int) -> list[str]:
    """The row's lines of at most `columns` characters; `right` ends the last one, whole if it fits at all."""
    if row.text == RULE:
        return [RULE * columns]
    right = row.right[-columns:]
    room = columns - len(right) - 1 if right else columns
    if right and room < min(8, len(row.text)):
        return [*wrap(row.text, columns), right.rjust(columns)]
    lines = wrap(row.text, max(room, 1)) or [""]
    if right:
        lines[-1] = f"{lines[-1]:<{room}} {right}"
    return [line.center(columns).rstrip() for line in lines] if row.centred else lines
