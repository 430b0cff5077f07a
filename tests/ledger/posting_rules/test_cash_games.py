"""Chips against money by any means, the house's time, drop boxes."""

from typing import Any

import pytest

from ledger.commands import Second
from ledger.gaming_days import DAY_MS
from tests.ledger.till import PROFILE, Till, legs

ZOE = Second("zoe", "cashier")
MEANS: list[tuple[dict[str, Any], str]] = [
    ({"drawer": "d"}, "1010/d"),
    ({"method": "cash", "drawer": "d"}, "1010/d"),
    ({"method": "card", "reference": "slip 17"}, "1015"),
    ({"method": "bank", "reference": "T-17"}, "1015"),
]
BAD_BEAT: dict[str, Any] = {
    "name": "Bad beat",
    "reserve_basis_points": 1_500,
    "shares": [
        {"name": "losing_hand", "basis_points": 5_000},
        {"name": "winning_hand", "basis_points": 2_500},
        {"name": "table", "basis_points": 2_500},
    ],
}


def drop(box: str = "b1", **fields: Any) -> dict[str, Any]:
    given = {"kind": "count_drop", "table": "c1", "box": box, "counted": {"500": 7, "100": 3}}
    return {**given, "approved": ZOE, **fields}


@pytest.mark.parametrize(("means", "account"), MEANS)
def test_chips_are_bought_and_bought_back_by_any_means(  # [LE80]
    till: Till, means: dict[str, Any], account: str
) -> None:
    chips = {"player": "ann", "amount": 5_000, **means}
    assert legs(till.post("cash_buy_in", **chips)) == [(account, 5_000), ("2000", -5_000)]
    assert legs(till.post("cash_out", **chips)) == [("2000", 5_000), (account, -5_000)]
    assert till.refuse("cash_out", **chips) == "over_due"


def test_chips_go_to_a_balance_and_come_from_it(till: Till) -> None:  # [LE80]
    balance = {"player": "ann", "method": "balance", "amount": 5_000}
    assert till.refuse("cash_buy_in", **balance) == "not_enough_balance"
    till.post("cash_buy_in", player="ann", drawer="d", amount=5_000)
    assert legs(till.post("cash_out", **balance)) == [("2000", 5_000), ("2030/ann", -5_000)]
    assert till.refuse("cash_buy_in", **{**balance, "player": "bob"}) == "not_enough_balance"
    assert legs(till.post("cash_buy_in", **balance)) == [("2030/ann", 5_000), ("2000", -5_000)]


def test_a_house_without_cash_still_sells_chips_by_card(till: Till) -> None:  # [LE80]
    till.post("adopt_profile", profile={**PROFILE, "cash": False})
    assert till.refuse("cash_buy_in", player="ann", drawer="d", amount=5) == "no_cash"
    till.post("cash_buy_in", player="ann", method="card", reference="1", amount=5)


def test_time_is_paid_in_chips_or_money(till: Till) -> None:  # [LE80]
    till.post("cash_buy_in", player="ann", drawer="d", amount=5_000)
    assert legs(till.post("collect_time", table="c1", player="ann", amount=600)) == [
        ("2000", 600), ("4020", -600),
    ]  # fmt: skip
    posted = till.post("collect_time", table="c1", method="cash", drawer="d", amount=600)
    assert legs(posted) == [("1010/d", 600), ("4020", -600)]
    assert till.refuse("collect_time", table="c1", amount=4_401) == "over_due"
    till.post("reverse", seq=posted.link.entry.seq, reason="x")
    assert till.balance("4020") == -600


def test_a_rake_box_is_counted_by_two_once_a_day(till: Till) -> None:  # [LE81]
    till.post("cash_buy_in", player="ann", drawer="d", amount=20_000)
    assert till.refuse(**drop(approved=None)) == "needs_second"
    posted = till.post(**drop())
    assert legs(posted) == [("2000", 3_800), ("4010", -3_800)]
    assert till.refuse(**drop()) == "already_counted"
    till.post(**drop("b2"))
    till.post(**drop(table="c2"))
    undo = {"seq": posted.link.entry.seq, "reason": "other box"}
    assert till.refuse("reverse", **undo) == "needs_second"
    till.post("reverse", **undo, approved=ZOE)
    till.post(**drop(counted={}))
    assert till.refuse(**drop()) == "already_counted"
    till.asked += DAY_MS
    till.post(**drop())
    assert till.balance("4010") == -3 * 3_800


def test_cash_in_a_box_bought_chips_at_the_table(till: Till) -> None:  # [LE141]
    vault = till.balance("1000")
    posted = till.post(**drop(cash={"5000": 2}))
    assert legs(posted) == [("1000", 10_000), ("2000", -6_200), ("4010", -3_800)]
    assert posted.link.entry.data["cash_cents"] == 10_000
    assert (till.balance("1000"), till.journal.book.state.chips_out_cents) == (vault + 10_000, 6_200)
    assert legs(till.post(**drop("b2", counted={}, cash={"500": 1}))) == [("1000", 500), ("2000", -500)]
    till.post("reverse", seq=posted.link.entry.seq, reason="other box", approved=ZOE)
    assert (till.balance("1000"), till.balance("4010")) == (vault + 500, 0)


def test_a_house_without_cash_has_none_in_its_boxes(till: Till) -> None:  # [LE141]
    till.post("adopt_profile", profile={**PROFILE, "cash": False})
    assert till.refuse(**drop(cash={"500": 1}, counted={})) == "no_cash"


def test_counted_boxes_are_remembered_for_two_days(till: Till) -> None:  # [LE81]
    for _ in range(4):
        till.post(**drop(counted={}))
        till.asked += DAY_MS
    assert len(till.journal.book.state.drops) == 2


def test_more_than_is_out_is_in_no_box(till: Till) -> None:  # [LE81]
    till.post("cash_buy_in", player="ann", drawer="d", amount=3_799)
    assert till.refuse(**drop()) == "over_due"


def test_a_jackpots_box_belongs_to_the_players(till: Till) -> None:  # [LE81]
    till.post("cash_buy_in", player="ann", drawer="d", amount=20_000)
    assert till.refuse(**drop(jackpot="bbj")) == "unknown_jackpot"
    adopted = till.post("adopt_jackpot", jackpot="bbj", rules=BAD_BEAT).link.entry.seq
    posted = till.post(**drop(jackpot="bbj", counted={"100": 33, "1": 1}))
    assert legs(posted) == [("2000", 3_301), ("2050/bbj", -2_806), ("2051/bbj", -495)]
    assert posted.link.entry.rules == {"profile": 2, "jackpot": adopted}
    assert posted.link.entry.data["reserve_cents"] == 495


def test_a_house_without_cash_games_has_none_of_it(till: Till) -> None:  # [LE80]
    till.post("adopt_profile", profile={**PROFILE, "cash_games": False})
    assert till.refuse("collect_time", table="c1", amount=5) == "no_cash_games"
    assert till.refuse("take_tip", amount=5) == "no_cash_games"
    assert till.refuse(**drop()) == "no_cash_games"
    assert till.refuse("adopt_jackpot", jackpot="bbj", rules=BAD_BEAT) == "no_cash_games"
    line: dict[str, Any] = {"player": "ann", "amount": 5, "reason": "x", "approved": ZOE}
    assert till.refuse("adopt_credit_line", **line) == "no_cash_games"
    assert till.refuse("redeem_comp", player="ann", amount=5, reason="x") == "no_cash_games"
