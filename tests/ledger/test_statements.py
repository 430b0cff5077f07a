"""What a day and a shift came to, against plain sums over the same entries."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.entry import Entry
from ledger.statements import LISTED_MAX, Statement
from tests.ledger.till import Till, sale


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        yield till


def entries(till: Till) -> list[Entry]:
    links = (till.journal.link(seq) for seq in range(1, till.journal.tip.seq + 1))
    return [link.entry for link in links if link is not None]


def statement(till: Till, drawer: str = "") -> Statement:
    made = Statement(drawer)
    for entry in entries(till):
        made.take(entry)
    return made


def evening(till: Till) -> None:
    till.post("open_drawer", drawer="e", amount=5_000)
    for n in range(5):
        till.post(**sale("buy_in", f"p{n}", f"a{n}", drawer="d" if n % 2 else "e"))
    till.post("reverse", seq=8, reason="wrong player")
    till.post("cash_buy_in", player="p1", drawer="d", amount=7_000)
    till.post("cash_out", player="p1", drawer="d", amount=2_500)
    till.post("drop_to_vault", drawer="d", amount=10_000)
    till.post("close_drawer", drawer="d", counted={"100": 244})


def test_what_a_day_came_to_is_the_sum_of_its_entries(till: Till) -> None:  # [LE124]
    evening(till)
    said = statement(till).as_json()
    net: Counter[str] = Counter()
    for entry in entries(till):
        for account, amount in entry.postings:
            net[account.partition("/")[0]] += amount
    told = {one["account"]: one["debit_cents"] - one["credit_cents"] for one in said["accounts"]}
    assert told == dict(net)
    kinds = {one["kind"]: (one["count"], one["in_cents"], one["out_cents"]) for one in said["kinds"]}
    assert kinds["buy_in"] == (5, 50_000, 0)
    assert kinds["drop_to_vault"] == (1, 0, 10_000)
    assert (said["first_seq"], said["last_seq"], said["count"]) == (
        1,
        till.journal.tip.seq,
        till.journal.tip.seq,
    )


def test_a_shift_is_what_moved_its_drawer(till: Till) -> None:  # [LE124]
    evening(till)
    (shift,) = statement(till, "d").shifts
    assert (shift.opened_seq, shift.closed_seq) == (5, till.journal.tip.seq)
    assert (shift.in_cents, shift.out_cents) == (20_000 + 20_000 + 7_000, 10_000 + 2_500 + 10_000)
    assert (shift.expected_cents, shift.counted_cents, shift.difference_cents) == (24_500, 24_400, -100)
    assert statement(till, "e").shifts[0].closed_seq is None
    assert {one.drawer for one in statement(till).shifts} == {"d", "e"}


def test_what_somebody_asks_about_is_listed(till: Till) -> None:  # [LE124]
    evening(till)
    void, count = statement(till).listed
    assert (void["kind"], void["undoes"], void["reason"], void["amount_cents"]) == (
        "reverse", 8, "wrong player", 10_000,
    )  # fmt: skip
    assert (count["kind"], count["amount_cents"]) == ("close_drawer", -100)


def test_so_many_are_listed_and_the_rest_is_counted(till: Till) -> None:  # [LE124]
    evening(till)
    void = next(entry for entry in entries(till) if entry.kind == "reverse")
    made = Statement()
    for _ in range(LISTED_MAX + 3):
        made.take(void)
    assert (len(made.listed), made.not_listed, made.kinds["reverse"].count) == (LISTED_MAX, 3, LISTED_MAX + 3)
