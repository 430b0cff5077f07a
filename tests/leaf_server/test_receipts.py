"""Receipts on paper and statements, over HTTP on a whole leaf with a printer on the network."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.gaming_days import GamingDays
from ledger.heads import Head, from_base64url, verify_head
from serving.printer_places import PrinterPlace
from tests.leaf_server.fix_leaf import Leaf, found, running
from tests.leaf_server.paper.virtual_printer import PAPER_OUT, VirtualPrinter, printing
from tests.leaf_server.test_ledger_api import LEDGER, Till, open_house
from tests.ledger.till import PROFILE, sale

pytestmark = pytest.mark.anyio
DAY = "/api/v1/statements/days/"


@pytest.fixture
async def printer() -> AsyncIterator[VirtualPrinter]:
    async with printing() as printer:
        yield printer


@pytest.fixture
async def leaf(tmp_path: Path, printer: VirtualPrinter) -> AsyncIterator[Leaf]:
    data = tmp_path / "leaf"
    place = PrinterPlace("cage", host="127.0.0.1", port=printer.port)
    async with running(data, await found(data), printers=(place,)) as leaf:
        await leaf.enrol()
        yield leaf


async def print_(till: Till, seq: int, key: str, status: int = 201) -> dict[str, str]:
    headers = {**till.sign_in, "idempotency-key": key}
    answer = await till.http.post("/api/v1/print-jobs", json={"seq": seq}, headers=headers)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_a_receipt_comes_out_with_names_and_the_signed_head(
    leaf: Leaf, printer: VirtualPrinter
) -> None:  # [LE120] [LE121]
    await open_house(leaf)
    till = Till(leaf.http, await leaf.token("cat", "cage"))
    booked = await till.post(**sale("buy_in", "ann", "a1", key="sale"))
    assert (await print_(till, 6, "p1"))["state"] == "printed"
    (slip,) = printer.slips
    assert (slip.said("Receipt"), slip.said("Received"), slip.kicks) == ("00006", "100.00 EUR", 1)
    assert slip.said("Cashier") == "Cat"
    assert booked["receipt"]["hash_short"] in slip.texts
    head = Head.from_text(slip.codes[0])
    keys = await till.get(f"{LEDGER}/keys")
    assert (head.seq, head.hash) == (6, booked["hash"])
    assert keys["keys"][0]["key_id"] == head.key
    assert verify_head(head, from_base64url(keys["keys"][0]["public_key"]))
    assert (await print_(till, 6, "p1"))["state"] == "printed"
    assert (await print_(till, 6, "p2"))["copy"] is True
    assert ["COPY" in one.texts for one in printer.slips] == [False, True]
    assert printer.slips[1].kicks == 0


async def test_no_paper_costs_no_booking(leaf: Leaf, printer: VirtualPrinter) -> None:  # [LE122]
    till = await open_house(leaf)
    await till.post(**sale("buy_in", "ann", "a1"))
    printer.state = PAPER_OUT
    job = await print_(till, 6, "p1")
    assert (job["state"], job["why"]) == ("failed", "printer_paper")
    assert await till.get("/api/v1/print-jobs/p1") == job
    assert (await till.get("/api/v1/print-jobs"))["jobs"] == []


async def test_what_can_not_be_printed_is_said_so(leaf: Leaf) -> None:  # [LE122]
    till = Till(leaf.http, await leaf.token("ana", "cage"))
    assert (await till.get("/api/v1/printers"))["printers"] == [{"name": "cage"}]
    assert (await print_(till, 99, "p1", 404))["error"]["code"] == "no_entry"  # type: ignore[index]
    assert (await print_(till, 1, "a b", 400))["error"]["code"] == "key_missing"  # type: ignore[index]
    seen = {"device": "x", "key": "y", "on_paper": True}
    answer = await till.http.post("/api/v1/print-jobs/outcome", json=seen, headers=till.sign_in)
    assert answer.json()["error"]["code"] == "no_print_job"


async def test_a_receipt_as_pdf_is_a_copy(leaf: Leaf) -> None:  # [LE121]
    till = await open_house(leaf)
    await till.post(**sale("buy_in", "ann", "a1"))
    answer = await till.http.get("/api/v1/receipts/6?as=pdf", headers=till.sign_in)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert (await till.http.get("/api/v1/receipts/6?as=doc", headers=till.sign_in)).status_code == 422


async def test_a_days_statement_adds_up_to_the_balances(leaf: Leaf) -> None:  # [LE124]
    till = await open_house(leaf)
    await till.post(**sale("buy_in", "ann", "a1"))
    await till.post("close_drawer", drawer="d", counted={"10000": 2, "5000": 1})
    at_ms = (await till.get(f"{LEDGER}/entries?after=5"))["entries"][0]["entry"]["at_ms"]
    day = _gaming_day(at_ms)
    said = await till.get(f"{DAY}{day}")
    balances = (await till.get(f"{LEDGER}/balances"))["balances"]
    assert (said["opening"], said["closing"], said["count"]) == ({}, balances, 7)
    assert said["shifts"][0]["difference_cents"] == -5_000
    assert (await till.get(f"{DAY}2001-01-01"))["count"] == 0
    assert (await till.get(f"{DAY}2001-13-01", 404))["error"]["code"] == "no_day"


async def test_the_day_is_that_of_the_venues_wall(leaf: Leaf) -> None:  # [LE142]
    till = await open_house(leaf)
    calendar = (await till.get(f"{LEDGER}/profiles"))["calendar"]
    assert calendar["day_starts_min"] == 360
    today = await till.get(f"{DAY}today")
    assert (today["day"], today["count"]) == (today["today"], 5)
    at_ms = (await till.get(f"{LEDGER}/entries?after=4"))["entries"][0]["entry"]["at_ms"]
    shifted = (at_ms // 60_000 + 2) % 1_440  # the next day begins within two minutes: this one goes on
    await till.post("adopt_profile", profile={**PROFILE, "day_starts_min": shifted, "wall_offsets": [[0, 0]]})
    before = await till.get(f"{DAY}today")
    assert before["from_ms"] <= at_ms < before["until_ms"] <= at_ms + 120_000
    assert before["count"] == 6


@pytest.mark.parametrize("reason", ["=HYPERLINK(1)", " =1+1", "\uff1d1"])
async def test_a_statement_is_a_sheet_that_runs_nothing(leaf: Leaf, reason: str) -> None:  # [LE124]
    till = await open_house(leaf)
    await till.post(**sale("buy_in", "ann", "a1"))
    await till.post("reverse", seq=6, reason=reason)
    at_ms = (await till.get(f"{LEDGER}/entries?after=5"))["entries"][0]["entry"]["at_ms"]
    path = f"{DAY}{_gaming_day(at_ms)}"
    sheet = (await till.http.get(f"{path}?as=csv", headers=till.sign_in)).content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(sheet)) for cell in row]
    assert f"'{reason}" in cells
    assert {"200.00", "-1000.00"} <= set(cells)
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@")) and not _is_amount(cell)]
    pdf = await till.http.get(f"{path}?as=pdf", headers=till.sign_in)
    assert pdf.content.startswith(b"%PDF-")


async def test_who_counts_blind_is_not_told_what_should_be_there(leaf: Leaf) -> None:  # [LE123]
    manager = await open_house(leaf)
    till = Till(leaf.http, await leaf.token("cat", "cage"))
    seen = await till.get(f"{LEDGER}/balances")
    assert seen["cash_cents"] is None
    assert not [account for account in seen["balances"] if account.startswith("10")]
    assert (await manager.get(f"{LEDGER}/balances"))["balances"]["1010/d"] == 20_000
    shift = "/api/v1/statements/shifts/5"
    assert (await till.get(shift, 403))["error"]["code"] == "shift_open"
    assert (await manager.get(shift))["is_open"] is True
    assert (await till.get(f"{DAY}2026-11-28", 403))["error"]["code"] == "forbidden"
    await till.post("close_drawer", key="count", drawer="d", counted={"10000": 2})
    told = await till.get(shift)
    assert (told["is_open"], told["shifts"][0]["expected_cents"]) == (False, 20_000)
    assert (await till.get("/api/v1/statements/shifts/4", 404))["error"]["code"] == "no_shift"


def _gaming_day(at_ms: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=GamingDays().of(at_ms))).isoformat()


def _is_amount(cell: str) -> bool:
    return cell[1:].replace(".", "", 1).isdecimal()
