"""Chips as things: in existence − cage − trays = what players hold."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands import Second
from ledger.errors import CommandInvalid
from ledger.posting_rules.chips import TRAYS_MAX
from ledger.state import Chips
from tests.ledger.till import PROFILE, Till

ZOE = Second("zoe", "cashier")
MADE = {"100": 100, "500": 40}  # 300.00


def move(kind: str, chips: dict[str, int], **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "chips": chips, "approved": ZOE, **fields}


@pytest.fixture
def made(till: Till) -> Till:
    till.post(**move("add_chips", MADE, reason="new set"))
    return till


def chips(till: Till) -> Chips:
    return till.journal.book.state.chips


def test_no_money_moves_with_a_chip(made: Till) -> None:  # [LE79]
    before = made.journal.book.balances()
    filled = made.post(**move("fill_tray", {"500": 10}, table="c1")).link.entry
    assert (filled.postings, filled.data["tray_cents"]) == ((), 5_000)
    made.post(**move("credit_tray", {"500": 4, "100": 5}, table="c1"))
    assert chips(made).trays == {"c1": 2_500}
    assert chips(made).cage_cents(0) == 27_500
    made.post(**move("credit_tray", {"500": 5}, table="c1"))
    made.post(**move("remove_chips", {"100": 100, "500": 39}, reason="worn"))
    assert (chips(made).made, chips(made).trays) == ({"500": 1}, {})
    assert made.journal.book.balances() == before


@pytest.mark.parametrize("kind", ["add_chips", "remove_chips", "fill_tray", "credit_tray", "count_chips"])
def test_chips_move_before_two(made: Till, kind: str) -> None:  # [LE79] [LE70]
    fields: dict[str, Any] = {"chips": {"100": 1}, "table": "c1"}
    if kind in ("add_chips", "remove_chips"):
        fields = {"chips": {"100": 1}, "reason": "x"}
    elif kind == "count_chips":
        fields = {"cage": MADE, "trays": {}}
    elif kind == "credit_tray":
        made.post(**move("fill_tray", {"100": 1}, table="c1"))
    assert made.refuse(kind, **fields) == "needs_second"
    made.post(kind, **fields, approved=ZOE)


def test_what_is_not_there_is_not_moved(made: Till) -> None:  # [LE79]
    assert made.refuse(**move("fill_tray", {"1000": 1}, table="c1")) == "not_enough_chips"
    assert made.refuse(**move("fill_tray", {"100": 101}, table="c1")) == "not_enough_chips"
    assert made.refuse(**move("credit_tray", {"100": 1}, table="c1")) == "not_enough_chips"
    assert made.refuse(**move("remove_chips", {"500": 41}, reason="x")) == "not_enough_chips"
    made.post("cash_buy_in", player="ann", drawer="d", amount=29_000)
    assert made.refuse(**move("fill_tray", {"500": 3}, table="c1")) == "not_enough_chips"
    made.post(**move("fill_tray", {"500": 2}, table="c1"))


def test_a_count_says_what_is_missing(made: Till) -> None:  # [LE79]
    made.post("cash_buy_in", player="ann", drawer="d", amount=10_000)
    made.post(**move("fill_tray", {"500": 4}, table="c1"))
    count: dict[str, Any] = {"approved": ZOE, "cage": {"500": 16, "100": 100}}
    outcome = made.ask("count_chips", **count, trays={"c2": {}})
    assert getattr(outcome, "refusal").details == {"tables": ["c1"]}  # noqa: B009
    entry = made.post("count_chips", **count, trays={"c1": {"500": 3}}).link.entry
    said = {"made_cents": 30_000, "cage_cents": 18_000, "trays_cents": 1_500, "out_cents": 10_000}
    assert {name: entry.data[name] for name in said} == said
    assert entry.data["missing_cents"] == 500
    assert (chips(made).trays, chips(made).missing_cents) == ({"c1": 1_500}, 500)
    assert chips(made).cage_cents(10_000) == 18_000
    found = made.post("count_chips", **{**count, "cage": MADE}, trays={"c1": {}}).link.entry
    assert found.data["missing_cents"] == -10_000


def test_a_house_without_cash_games_has_no_chips(made: Till) -> None:  # [LE79]
    made.post(**move("fill_tray", {"100": 5}, table="c1"))
    made.post("adopt_profile", profile={**PROFILE, "cash_games": False})
    for asked in (
        move("add_chips", MADE, reason="x"), move("remove_chips", MADE, reason="x"),
        move("fill_tray", {"100": 1}, table="c1"), move("credit_tray", {"100": 1}, table="c1"),
    ):  # fmt: skip
        assert made.refuse(**asked) == "no_cash_games"
    counted: dict[str, Any] = {"cage": {}, "trays": {"c1": {}}, "approved": ZOE}
    assert made.refuse("count_chips", **counted) == "no_cash_games"


def test_chips_that_are_none_are_no_command(made: Till) -> None:  # [LE79]
    with pytest.raises(CommandInvalid):
        made.ask(**move("fill_tray", {"100": 0}, table="c1"))


def test_trays_and_kinds_of_chips_are_bounded(made: Till) -> None:  # [LE79]
    for number in range(4):
        many = {str(1_000 + number * 60 + one): 1 for one in range(60)}
        asked = move("add_chips", many, reason="x")
        if number == 3:
            assert made.refuse(**asked) == "limit"
        else:
            made.post(**asked)
    for table in range(TRAYS_MAX):
        made.post(**move("fill_tray", {"100": 1}, table=f"c{table}"))
    assert made.refuse(**move("fill_tray", {"500": 1}, table="more")) == "limit"


steps = st.lists(
    st.tuples(
        st.sampled_from(["fill_tray", "credit_tray", "cash_buy_in", "cash_out", "count_chips"]),
        st.sampled_from(["c1", "c2"]),
        st.integers(1, 30),
    ),
    max_size=25,
)


@given(steps)
@settings(max_examples=20, deadline=None)
def test_chips_are_always_somewhere(tmp_path_factory: pytest.TempPathFactory, steps: Any) -> None:  # [LE79]
    path: Path = tmp_path_factory.mktemp("chips")
    with Till(path) as till:
        till.open_house()
        till.post(**move("add_chips", MADE, reason="new set"))
        trays, out = {"c1": 0, "c2": 0}, 0
        for kind, table, pieces in steps:
            cents = 100 * pieces
            if kind == "cash_buy_in":
                till.post(kind, player="ann", drawer="d", amount=cents)
                out += cents
            elif kind == "cash_out":
                out -= cents if till.asks_well(kind, player="ann", drawer="d", amount=cents) else 0
            elif kind == "count_chips":
                cage = 30_000 - out - sum(trays.values())
                counted = {name: {"100": held // 100} for name, held in trays.items()}
                if cage >= 0:
                    asked = {"cage": {"100": cage // 100}, "trays": counted, "approved": ZOE}
                    assert till.post(kind, **asked).link.entry.data["missing_cents"] == 0
            elif till.asks_well(**move(kind, {"100": pieces}, table=table)):
                trays[table] += cents if kind == "fill_tray" else -cents
            assert min(trays.values()) >= 0
            state = till.journal.book.state
            assert state.chips.trays == {name: held for name, held in trays.items() if held}
            assert state.chips.cage_cents(state.chips_out_cents) == 30_000 - out - sum(trays.values())


def test_no_more_chips_exist_than_the_books_can_count(made: Till) -> None:  # [LE79]
    for _ in range(9):
        made.post(**move("add_chips", {"100000000": 10_000}, reason="x"))
    assert made.refuse(**move("add_chips", {"100000000": 10_000}, reason="x")) == "limit"


def test_the_greatest_count_is_still_an_entry(made: Till) -> None:  # [LE2] [LE79]
    all_faces = {str(10**8 + face): 1 for face in range(64)}
    trays = {f"{'t' * 33}{table:03d}": all_faces for table in range(TRAYS_MAX)}
    assert made.post("count_chips", cage=all_faces, trays=trays, approved=ZOE).link.entry.postings == ()
