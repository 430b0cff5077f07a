"""Bytes for a printer, read back by one that knows no mercy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaf_server.paper.slip import Row, Slip
from leaf_server.paper.thermal import slip_bytes, why_not_ready
from tests.leaf_server.paper.virtual_printer import COVER_OPEN, PAPER_OUT, READY, Decoder, Paper


def printed(slip: Slip, columns: int = 42) -> Paper:
    decoder = Decoder()
    decoder.feed(slip_bytes(slip, columns))
    (paper,) = decoder.slips
    assert not decoder.begun
    return paper


def test_a_slip_is_text_a_code_and_one_cut() -> None:  # [LE120]
    rows = (Row("Prize pool", "50.00 EUR"), Row("COPY", strong=True, large=True, centred=True), Row("-"))
    paper = printed(Slip(rows, qr='{"seq":1}'), columns=32)
    assert paper.texts == ["Prize pool             50.00 EUR", "COPY", "-" * 32]
    assert [(line.bold, line.large) for line in paper.lines] == [(False, False), (True, True), (False, False)]
    assert (paper.codes, paper.kicks) == (['{"seq":1}'], 0)


def test_only_a_slip_that_says_so_opens_the_drawer() -> None:  # [LE120]
    assert printed(Slip((Row("x"),), opens_drawer=True)).kicks == 1


@pytest.mark.parametrize(
    ("name", "on_paper"),
    [
        ("Žofia Čapek", "Žofia Čapek"),
        ("Søren Ærø", "Søren Ærø"),
        ("Ольга", "Ольга"),
        ("Nguyễn", None),
        ("王小明", None),
    ],
)
def test_letters_come_out_as_they_are_or_plainly(name: str, on_paper: str | None) -> None:  # [LE120]
    (text,) = printed(Slip((Row(name),))).texts
    assert text == on_paper if on_paper else len(text) == len(name)


@given(st.text(max_size=60), st.integers(24, 80))
def test_no_text_of_a_person_is_a_command(text: str, columns: int) -> None:  # [LE120]
    paper = printed(Slip((Row("Player", text), Row(text, strong=True)), qr="q"), columns)
    assert (paper.codes, paper.kicks) == (["q"], 0)
    assert all(len(line.text) <= columns for line in paper.lines)


def test_what_a_printer_says_of_itself_is_told_by_code() -> None:  # [LE122]
    assert [why_not_ready(state) for state in (READY, PAPER_OUT, COVER_OPEN, b"\x1a\x12\x12")] == [
        None, "printer_paper", "printer_cover", "printer_fault",
    ]  # fmt: skip
