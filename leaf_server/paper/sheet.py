"""A statement as a sheet of tables, for PDF and CSV alike. Pure.

A cell that is a number is an amount in minor units; counts and numbers of entries are text.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crdt_models.documents.cage import drawer_name
from leaf_server.paper.slip import amount

__all__ = ["Cell", "Sheet", "Table", "sheet_csv", "statement_tables"]

Cell = str | int | None
_Words = Callable[[str], str]
_Clock = Callable[[int], str]
_SHIFT: Final = (
    "Drawer", "From", "Opened", "By", "In", "Out", "Expected", "Counted", "Over or short", "Reason"
)  # fmt: skip
_LISTED: Final = ("Entry", "Kind", "At", "By", "Second", "Amount", "Undoes", "Why")
_FORMULA: Final = re.compile(r"\s*[=+\-@|%\t\r\n＝＋－＠]")  # wide signs too: some run them


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    heads: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`notes` stand above the tables: what it is about, up to which entry, who asked."""

    title: str
    currency: str
    notes: Sequence[tuple[str, str]]
    tables: Sequence[Table]


def statement_tables(said: Mapping[str, Any], *, name: _Words, clock: _Clock) -> list[Table]:
    """The tables of `Statement.as_json`. `name` tells a person's, `clock` a time's words."""
    return [
        Table("Shifts", _SHIFT, [_shift(shift, name, clock) for shift in said["shifts"]]),
        Table(
            "Bookings",
            ("Kind", "Count", "Cash in", "Cash out"),
            [
                (_words(one["kind"]), str(one["count"]), one["in_cents"], one["out_cents"])
                for one in said["kinds"]
            ],
        ),
        Table("Accounts", ("Account", "Name", "Debit", "Credit", "Net"), [*map(_account, said["accounts"])]),
        Table("To look at", _LISTED, [_listed(one, name, clock) for one in said["listed"]]),
    ]


def _shift(said: Mapping[str, Any], name: _Words, clock: _Clock) -> tuple[Cell, ...]:
    return (
        drawer_name(said["drawer"]), _number(said["opened_seq"]), clock(said["opened_ms"]),
        name(said["person"]),
        said["in_cents"], said["out_cents"], said["expected_cents"], said["counted_cents"],
        said["difference_cents"], said["reason"],
    )  # fmt: skip


def _account(said: Mapping[str, Any]) -> tuple[Cell, ...]:
    debit, credit = said["debit_cents"], said["credit_cents"]
    return said["account"], said["name"], debit, credit, debit - credit


def _listed(said: Mapping[str, Any], name: _Words, clock: _Clock) -> tuple[Cell, ...]:
    return (
        _number(said["seq"]), _words(said["kind"]), clock(said["at_ms"]), name(said["person"]),
        name(said["second"]), said["amount_cents"], _number(said["undoes"]),
        said["reason"] or said["refusal"],
    )  # fmt: skip


def sheet_csv(sheet: Sheet) -> str:
    """RFC 4180, in UTF-8 with a mark that spreadsheets look for. No text of it is ever run as a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    rows = csv.writer(out)
    rows.writerow([_safe(sheet.title), sheet.currency])
    rows.writerows([_safe(what), _safe(is_)] for what, is_ in sheet.notes)
    for table in sheet.tables:
        rows.writerow([])
        rows.writerow([_safe(table.title)])
        rows.writerow(map(_safe, table.heads))
        rows.writerows(list(_cells(row, sheet.currency)) for row in table.rows)
    return out.getvalue()


def _cells(row: tuple[Cell, ...], currency: str) -> Iterator[str]:
    for cell in row:
        if cell is None:
            yield ""
        elif isinstance(cell, int):
            yield amount(cell, currency)
        else:
            yield _safe(cell)


def _safe(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _number(seq: int | None) -> str:
    return f"{seq:05d}" if seq else ""
