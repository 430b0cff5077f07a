"""What a receipt says on a strip of paper."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaf_server.paper.slip import RULE, Row, Told, laid_out, receipt_slip, short_name
from ledger.journal import Posted
from ledger.receipts import receipt, short_hash
from tests.ledger.till import SIGNER, Till, sale

TOLD = Told("The Felt Room", ZoneInfo("Europe/Vienna"), "Ola", "Zoe", "Ana S.", "Friday", footer="Come again")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        yield till


def texts(posted: Posted, *, copy: bool = False, reversed_by: int | None = None) -> list[str]:
    head = SIGNER.sign(posted.link.tip)
    made = receipt_slip(receipt(posted.link, head, "EUR", copy=copy, reversed_by=reversed_by), TOLD)
    return [line.strip() for row in made.rows for line in laid_out(row, 32)]


def test_a_buy_ins_slip_names_the_parts_of_the_price_and_who_took_it(till: Till) -> None:  # [LE120]
    posted = till.post(**sale("buy_in", "ann", "a1"))
    assert texts(posted) == [
        "The Felt Room", "Buy-in", "Receipt                    00006", "1970-01-01 01:16:40",
        "Event                     Friday", "Player                    Ana S.",
        "Entry number                   1", "Cashier                      Ola",
        "Second person                Zoe", "Drawer                         d",
        "Method                      cash", RULE * 32, "Prize pool             80.00 EUR",
        "Fee                    10.00 EUR", "Bounty                 10.00 EUR",
        "Received              100.00 EUR", RULE * 32, short_hash(posted.link.hash),
        "Come again",
    ]  # fmt: skip


def test_a_buy_ins_slip_names_the_seat_large_and_its_draw(till: Till) -> None:  # [LE120] [RU181]
    posted = till.post(**sale("buy_in", "ann", "a1"))
    told = replace(TOLD, seat="Table 6 Seat 2", draw="1.14")
    made = receipt_slip(receipt(posted.link, SIGNER.sign(posted.link.tip), "EUR", copy=False), told)
    assert Row("Table 6 Seat 2", strong=True, large=True, centred=True) in made.rows
    assert Row("Draw", "1.14") in made.rows


def test_a_copy_says_so_above_everything(till: Till) -> None:  # [LE121]
    posted = till.post(**sale("buy_in", "ann", "a1"))
    assert texts(posted, copy=True)[1] == "COPY"
    assert "COPY" not in texts(posted)


def test_a_void_and_its_original_name_each_other(till: Till) -> None:  # [LE120]
    original = till.post(**sale("buy_in", "ann", "a1"))
    void = till.post("reverse", seq=6, reason="wrong player")
    assert {"Voids receipt 00006", "Reason: wrong player"} <= set(texts(void))
    assert "Voided by receipt 00007" in texts(original, copy=True, reversed_by=7)


@given(st.text(max_size=80), st.text(max_size=50), st.integers(10, 80))
def test_a_row_fits_and_loses_no_word(text: str, right: str, columns: int) -> None:  # [LE120]
    lines = laid_out(Row(text, right), columns)
    assert all(len(line) <= columns for line in lines)
    if text != RULE:
        said = "".join("".join(lines).split())
        assert said == "".join((text + right[-columns:]).split())


@pytest.mark.parametrize(
    ("name", "short"), [("Ana Maria Silva", "Ana S."), ("Ana", "Ana"), ("", ""), ("  Bo  Li ", "Bo L.")]
)
def test_a_name_is_shortened(name: str, short: str) -> None:  # [LE120]
    assert short_name(name) == short
