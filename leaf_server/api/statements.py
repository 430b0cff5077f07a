"""`/api/v1/statements`: what a gaming day or a shift came to, as JSON, PDF or CSV; every look is logged."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from starlette.responses import Response

from crdt_models.documents.cage import drawer_name
from leaf_server.money.cage import Cage
from leaf_server.money.gaming_dates import date_of, day_of
from leaf_server.money.receipts import Receipts
from leaf_server.money.statements import DayStatement, day_statement, shift_statement
from leaf_server.paper.sheet import Sheet, Table, sheet_csv, statement_tables
from leaf_server.paper.slip import local_time
from ledger.accounts import CHART, number_of
from ledger.commands import MANAGERS, TILLS
from serving.operations import Call, Operation
from serving.problems import Problem

__all__ = ["statement_operations"]

_FORMS: Final = {"as": "json (as it is), pdf or csv"}
_LOG: Final = logging.getLogger("felt.reports")


def statement_operations(cage: Cage, receipts: Receipts) -> list[Operation]:
    """Statements. A shift that goes on is for managers alone: it would tell what has to be counted blind."""
    api = _Api(cage, receipts)
    return [
        Operation(
            "GET", "/api/v1/statements/days/{day}", "What a gaming day (2026-11-28, or today) came to.",
            api.day, MANAGERS, query=_FORMS, problems={404: "no_day"},
        ),
        Operation(
            "GET", "/api/v1/statements/shifts/{seq}", "The shift that entry began.", api.shift, TILLS,
            query=_FORMS, problems={403: "shift_open", 404: "no_shift"},
        ),
    ]  # fmt: skip


class _Api:
    def __init__(self, cage: Cage, receipts: Receipts) -> None:
        self._cage = cage
        self._receipts = receipts

    async def day(self, call: Call) -> Any:
        days = await self._cage.gaming_days()
        today = days.of(self._cage.now_ms())
        number = today if call.path("day") == "today" else day_of(call.path("day"))
        found = await day_statement(self._cage, number)
        said = {
            "day": date_of(number), "today": date_of(today),
            "from_ms": days.begins_ms(number), "until_ms": days.begins_ms(number + 1),
            "currency": self._cage.currency,
            **found.statement.as_json(), "opening": found.opening, "closing": found.closing,
        }  # fmt: skip
        return await self._answer(call, f"Day {date_of(number)}", said, _balances(found))

    async def shift(self, call: Call) -> Any:
        text = call.path("seq")
        seq = int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else 0
        found = await shift_statement(self._cage, seq)
        if found.is_open and call.sign_in.role not in MANAGERS:
            raise Problem(403, "shift_open", "A shift's statement is told after the drawer was counted.")
        said = {"is_open": found.is_open, "currency": self._cage.currency, **found.statement.as_json()}
        return await self._answer(
            call, f"Shift of {drawer_name(found.statement.drawer)} from {seq:05d}", said, []
        )

    async def _answer(self, call: Call, title: str, said: dict[str, Any], more: list[Table]) -> Any:
        form = call.request.query_params.get("as", "json")
        if form not in ("json", "pdf", "csv"):
            raise Problem(422, "invalid", "as is json, pdf or csv.", {"fields": {"as": _FORMS["as"]}})
        sign_in = call.sign_in
        _LOG.info("%s read as %s by %s on %s", title, form, sign_in.person, sign_in.device)
        if form == "json":
            return said
        sheet = await self._sheet(title, said, more)
        if form == "csv":
            return _file(sheet_csv(sheet).encode(), "text/csv; charset=utf-8", title, "csv")
        from leaf_server.paper.pdf import sheet_pdf  # here: a leaf starts sooner without its library

        return _file(sheet_pdf(sheet), "application/pdf", title, "pdf")

    async def _sheet(self, title: str, said: Mapping[str, Any], more: list[Table]) -> Sheet:
        people, zone = await self._receipts.people(), self._receipts.zone
        (house, _), head = await self._receipts.house(), await self._cage.look(lambda journal: journal.head())
        notes = [
            ("House", house), ("Currency", self._cage.currency),
            ("Entries", f"{said['first_seq']:05d} to {said['last_seq']:05d}, {said['count']} of them"),
            ("Ledger", f"at entry {head.seq:05d}, head {head.hash}"),
            ("Times", f"in {zone.key}"),
        ]  # fmt: skip
        tables = statement_tables(
            said, name=lambda one: people.get(one, one), clock=lambda at_ms: local_time(at_ms, zone)
        )
        return Sheet(f"{house}: {title}", self._cage.currency, notes, [*tables, *more])


def _balances(found: DayStatement) -> list[Table]:
    """Opening and closing by account; several of one number are told together."""
    if found.opening is None or found.closing is None:
        return []
    opening, closing = _by_number(found.opening), _by_number(found.closing)
    rows = [
        (number, CHART[number].name, opening.get(number, 0), closing.get(number, 0))
        for number in sorted({*opening, *closing})
    ]
    return [Table("Balances (debit positive)", ("Account", "Name", "Opening", "Closing"), rows)]


def _by_number(balances: Mapping[str, int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for account, cents in balances.items():
        sums[number_of(account)] = sums.get(number_of(account), 0) + cents
    return sums


def _file(data: bytes, media: str, title: str, ending: str) -> Response:
    name = f"{title.lower().replace(' ', '-')}.{ending}"
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media, headers=headers)
