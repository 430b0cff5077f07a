"""A deal in play: agreed by all who are in, held against the result, reversed while nothing stands on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.till import RULES, Till, legs, sale

FOUR = {
    "unit_cents": 100,
    "tables": [{"entries_min": 1, "entries_max": 99, "basis_points": [5000, 3000, 2000]}],
}
SHARES = [["ann", "a1", 15_000], ["bob", "b1", 10_000], ["cid", "c1", 5_000]]
NAMES = ["ann", "bob", "cid"]
PLACES = [["ann", "a1", 1], ["bob", "b1", 2], ["cid", "c1", 3]]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """Four paid 80.00 each into the pool of 320.00; registration is closed, dan is out."""
    with Till(tmp_path) as till:
        till.open_house(payout=FOUR)
        for name in ("ann", "bob", "cid", "dan"):
            till.post(**sale("buy_in", name, f"{name[0]}1"))
        till.post("close_registration", tournament="t")
        yield till


def deal(**changes: Any) -> dict[str, Any]:
    said = {"way": "custom", "shares": SHARES, "aside_cents": 2_000, "consents": NAMES}
    return {"kind": "agree_deal", "tournament": "t", **said, **changes}


def test_a_deal_moves_nothing_and_becomes_the_prizes_of_the_result(till: Till) -> None:  # [LE150] [LE151]
    agreed = till.post(**deal())
    assert legs(agreed) == []
    assert agreed.link.entry.data["left_cents"] == 32_000
    turned = [["cid", "c1", 1], ["ann", "a1", 2], ["bob", "b1", 3]]
    confirmed = till.post("confirm_result", tournament="t", places=turned)
    assert confirmed.link.entry.data["due"] == [
        ["cid", "c1", 1, 7_000], ["ann", "a1", 2, 15_000], ["bob", "b1", 3, 10_000],
    ]  # fmt: skip
    assert till.balance("2010/t") == 0
    assert till.balance("2070/t") == -32_000


def test_who_ends_together_shares_what_was_set_aside(till: Till) -> None:  # [LE151]
    till.post(**deal())
    tied = [[player, entry, 1] for player, entry, _ in PLACES]
    due = till.post("confirm_result", tournament="t", places=tied).link.entry.data["due"]
    assert [cents for *_, cents in due] == [15_667, 10_667, 5_666]


def test_a_deal_of_more_players_than_places_pays_them_all(till: Till) -> None:  # [LE150]
    shares = [[name, f"{name[0]}1", 8_000] for name in (*NAMES, "dan")]
    till.post(**deal(way="even", shares=shares, aside_cents=0, consents=[*NAMES, "dan"]))
    assert till.refuse("confirm_result", tournament="t", places=PLACES) == "places_wrong"
    due = till.post("confirm_result", tournament="t", places=[*PLACES, ["dan", "d1", 4]]).link.entry.data[
        "due"
    ]
    assert [cents for *_, cents in due] == [8_000] * 4


def test_who_did_not_deal_is_paid_by_the_table(till: Till) -> None:  # [LE150]
    two = [["ann", "a1", 13_000], ["bob", "b1", 12_600]]
    till.post(**deal(shares=two, aside_cents=0, consents=["ann", "bob"]))
    due = till.post("confirm_result", tournament="t", places=PLACES).link.entry.data["due"]
    assert [cents for *_, cents in due] == [13_000, 12_600, 6_400]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"aside_cents": 0}, "deal_wrong"),
        ({"shares": [*SHARES[:2], ["cid", "c1", 5_001]]}, "deal_wrong"),
        ({"shares": [*SHARES[:2], ["ann", "a1", 5_000]]}, "deal_wrong"),
        ({"shares": [*SHARES[:2], ["cid", "d1", 5_000]]}, "unknown_player_entry"),
        ({"consents": ["ann", "bob"]}, "consent_missing"),
        ({"consents": [*NAMES, "dan"]}, "consent_missing"),
        ({"tournament": "none"}, "unknown_tournament"),
    ],
)  # fmt: skip
def test_a_deal_that_is_none_is_refused(till: Till, changes: dict[str, Any], code: str) -> None:  # [LE150]
    tip = till.journal.tip
    assert till.refuse(**deal(**changes)) == code
    assert till.journal.tip == tip


def test_one_no_is_named(till: Till) -> None:  # [LE150]
    outcome = till.ask(**deal(consents=["ann", "cid"]))
    assert outcome.refusal.details == {"missing": ["bob"]}  # type: ignore[union-attr]


def test_a_player_who_is_out_does_not_deal(till: Till) -> None:  # [LE150]
    till.post("knock_out", tournament="t", entry="c1", by=["a1"])
    assert till.refuse(**deal()) == "is_out"


def test_a_deal_waits_for_the_close_and_is_over_with_the_result(till: Till) -> None:  # [LE150]
    till.post("adopt_tournament", tournament="u", rules=RULES)
    assert till.refuse(**deal(tournament="u")) == "registration_open"
    satellite = {**RULES, "satellite": {"target": "t", "seat_cents": 8_000}}
    till.post("adopt_tournament", tournament="s", rules=satellite)
    assert till.refuse(**deal(tournament="s")) == "is_satellite"
    till.post("confirm_result", tournament="t", places=PLACES)
    assert till.refuse(**deal()) == "already_confirmed"


def test_a_result_without_those_who_agreed_is_refused(till: Till) -> None:  # [LE151]
    seq = till.post(**deal()).link.entry.seq
    others = [["ann", "a1", 1], ["dan", "d1", 2], ["cid", "c1", 3]]
    assert till.refuse("confirm_result", tournament="t", places=others) == "deal_wrong"
    sums = [["ann", 20_000], ["bob", 12_000]]
    assert till.refuse("confirm_result", tournament="t", places=PLACES, deal=sums) == "already_agreed"
    assert till.refuse(**deal()) == "already_agreed"
    till.post("reverse", seq=seq, reason="bob wants to play")
    till.post("confirm_result", tournament="t", places=others)


def test_what_a_deal_stands_on_stays(till: Till) -> None:  # [LE150]
    withheld = till.post("withhold", tournament="t", part="staff", amount=1_000, reason="x").link.entry.seq
    shares = [[*SHARES[0][:2], 14_000], *SHARES[1:]]
    seq = till.post(**deal(shares=shares)).link.entry.seq
    assert till.refuse("withhold", tournament="t", part="staff", amount=100, reason="x") == "already_agreed"
    assert till.refuse("reverse", seq=withheld, reason="x") == "not_reversible"
    assert till.refuse("reverse", seq=withheld - 1, reason="x") == "not_reversible"
    confirmed = till.post("confirm_result", tournament="t", places=PLACES).link.entry.seq
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"
    till.post("reverse", seq=confirmed, reason="x")
    till.post("reverse", seq=seq, reason="x")
    till.post("reverse", seq=withheld, reason="x")


def test_after_a_payout_the_deal_itself_is_corrected(till: Till) -> None:  # [LE151]
    till.post(**deal())
    till.post("confirm_result", tournament="t", places=PLACES)
    till.post("pay_prize", tournament="t", player="bob", place=2, amount=10_000, method="cash", drawer="d")
    again = [["ann", 18_000], ["bob", 9_000], ["cid", 5_000]]
    due = till.post("correct_result", tournament="t", places=PLACES, deal=again, reason="misheard")
    assert due.link.entry.data["differences"] == [["ann", 1_000], ["bob", -1_000]]
