"""Jackpots: adopted rules, seeds, awards shared to the cent."""

from typing import Any

import pytest

from ledger.commands import Second
from ledger.errors import CommandInvalid
from ledger.posting_rules.jackpots import JACKPOTS_MAX
from tests.ledger.posting_rules.test_cash_games import BAD_BEAT, drop
from tests.ledger.till import PROFILE, Till, legs

ZOE = Second("zoe", "manager")
WINNERS = [
    ["losing_hand", "ann"],
    ["winning_hand", "bob"],
    ["table", "cid"],
    ["table", "dan"],
    ["table", "eva"],
]


def pay(amount: int, **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"kind": "pay_jackpot", "jackpot": "bbj", "winners": WINNERS, "drawer": "d"}
    return {**given, "reason": "quads beaten", "amount": amount, "approved": ZOE, **fields}


@pytest.fixture
def fund(till: Till) -> Till:
    """60,000 chips out, 4,250 in the fund, 750 in its reserve."""
    till.post("cash_buy_in", player="ann", drawer="d", amount=60_000)
    till.post("adopt_jackpot", jackpot="bbj", rules=BAD_BEAT)
    till.post(**drop(jackpot="bbj", counted={"5000": 1}))
    return till


def test_an_award_is_shared_to_the_cent(fund: Till) -> None:  # [LE82]
    posted = fund.post(**pay(1_003))
    assert legs(posted) == [("2050/bbj", 1_003), ("1010/d", -1_003)]
    assert posted.link.entry.data["awards"] == [
        ["losing_hand", "ann", 503], ["winning_hand", "bob", 250], ["table", "cid", 84], ["table", "dan", 83],
        ["table", "eva", 83],
    ]  # fmt: skip


def test_an_award_is_paid_in_chips_or_to_balances(fund: Till) -> None:  # [LE82]
    assert legs(fund.post(**pay(1_000, method="chips"))) == [("2050/bbj", 1_000), ("2000", -1_000)]
    twice = [*WINNERS[:2], ["table", "ann"], ["table", "cid"]]
    assert legs(fund.post(**pay(1_000, method="balance", winners=twice))) == [
        ("2050/bbj", 1_000), ("2030/ann", -625), ("2030/bob", -250), ("2030/cid", -125),
    ]  # fmt: skip


def test_an_award_needs_two_and_what_is_in_the_fund(fund: Till) -> None:  # [LE82]
    assert fund.refuse(**pay(1_000, approved=None)) == "needs_second"
    assert fund.refuse(**pay(4_251)) == "over_due"
    fund.post("adopt_jackpot", jackpot="bbj", rules={**BAD_BEAT, "award_max_basis_points": 8_000})
    assert fund.refuse(**pay(3_401)) == "over_due"
    fund.post(**pay(3_400))
    assert fund.refuse(**pay(1_000, jackpot="other")) == "unknown_jackpot"


@pytest.mark.parametrize(
    "winners",
    [WINNERS[:2], [*WINNERS, ["room", "fay"]], [*WINNERS, ["table", "cid"]]],
    ids=["share without winner", "share that is none", "twice in a share"],
)
def test_every_share_has_its_winners_once(fund: Till, winners: list[list[str]]) -> None:  # [LE82]
    assert fund.refuse(**pay(1_000, winners=winners)) == "shares_wrong"


def test_a_fund_is_seeded_by_its_reserve_or_the_house(fund: Till) -> None:  # [LE83]
    seed: dict[str, Any] = {"jackpot": "bbj", "reason": "after a hit", "approved": ZOE}
    assert legs(fund.post("seed_jackpot", **seed, source="reserve", amount=750)) == [
        ("2051/bbj", 750), ("2050/bbj", -750),
    ]  # fmt: skip
    assert fund.refuse("seed_jackpot", **seed, source="reserve", amount=1) == "over_due"
    posted = fund.post("seed_jackpot", **seed, source="house", amount=5_000)
    assert legs(posted) == [("5010", 5_000), ("2050/bbj", -5_000)]
    assert (
        fund.refuse("seed_jackpot", **{**seed, "approved": None}, source="house", amount=1) == "needs_second"
    )
    fund.post(**pay(10_000))
    assert fund.refuse("reverse", seq=posted.link.entry.seq, reason="x", approved=ZOE) == "over_due"


def test_a_reversed_award_is_in_the_fund_again(fund: Till) -> None:  # [LE89]
    seq = fund.post(**pay(1_000)).link.entry.seq
    assert fund.refuse("reverse", seq=seq, reason="x") == "needs_second"
    fund.post("reverse", seq=seq, reason="x", approved=ZOE)
    assert fund.balance("2050/bbj") == -4_250


def test_awards_count_among_what_each_was_paid_that_day(fund: Till) -> None:  # [LE70]
    fund.post("adopt_profile", profile={**PROFILE, "payout_day_limit_cents": 1_000})
    fund.post(**pay(2_000))
    assert fund.refuse("cash_out", player="ann", drawer="d", amount=1) == "needs_second"
    fund.post("cash_out", player="bob", drawer="d", amount=500)
    fund.post(**pay(2_000, method="chips"))
    fund.post("cash_out", player="dan", drawer="d", amount=833)


@pytest.mark.parametrize(
    "changes",
    [
        {"shares": []},
        {"shares": [{"name": "a", "basis_points": 9_999}]},
        {"shares": [{"name": "a", "basis_points": 5_000}, {"name": "a", "basis_points": 5_000}]},
        {"reserve_basis_points": 10_001},
        {"award_max_basis_points": 0},
        {"fee": 1},
    ],
)
def test_rules_that_do_not_add_up_are_no_rules(till: Till, changes: dict[str, Any]) -> None:  # [LE82]
    with pytest.raises(CommandInvalid):
        till.ask("adopt_jackpot", jackpot="bbj", rules={**BAD_BEAT, **changes})


def test_jackpots_are_bounded(till: Till) -> None:  # [LE82]
    for number in range(JACKPOTS_MAX):
        till.post("adopt_jackpot", jackpot=f"j{number}", rules=BAD_BEAT)
    assert till.refuse("adopt_jackpot", jackpot="more", rules=BAD_BEAT) == "limit"
    till.post("adopt_jackpot", jackpot="j0", rules=BAD_BEAT)


def test_what_was_seen_of_a_fund_must_still_be_so(fund: Till) -> None:  # [LE13]
    fund.post(**pay(1_000, expects={"fund_cents": 4_250}))
    assert fund.refuse(**pay(1_000, expects={"fund_cents": 4_250})) == "changed"


def test_who_verified_an_award_did_not_witness_it(fund: Till) -> None:  # [LE144]
    posted = fund.post(**pay(1_000, verified_by="zoe", witnessed_by="ida"))
    assert (posted.link.entry.data["verified_by"], posted.link.entry.data["witnessed_by"]) == ("zoe", "ida")
    with pytest.raises(CommandInvalid):
        fund.ask(**pay(1_000, verified_by="zoe", witnessed_by="zoe"))
