"""Money comes and goes by cash, card, bank or balance, and a refund goes back the way it came."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.commands import Second
from ledger.journal import Posted
from tests.ledger.till import PROFILE, Till, sale

CARD = {"method": "card", "reference": "slip 7", "drawer": None}
BANK = {"method": "bank", "reference": "TX-9", "drawer": None}
COMP = {"method": "comp", "drawer": None}
BALANCE = {"method": "balance", "drawer": None}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        yield till


def legs(posted: Posted) -> list[tuple[str, int]]:
    return [(account, amount) for account, amount in posted.link.entry.postings]


@pytest.mark.parametrize(("means", "account"), [(CARD, "1015"), (BANK, "1015"), (COMP, "5010")])
def test_an_entry_is_paid_and_refunded_the_same_way(
    till: Till, means: dict[str, str], account: str
) -> None:  # [LE51] [LE52]
    zoe = Second("zoe", "cashier")
    assert legs(till.post(**{**sale("buy_in", "ann", "a1", approved=zoe), **means}))[0] == (account, 10_000)
    till.post("unregister", tournament="t", entry="a1", reason="ill")
    assert till.balance(account) == till.balance("2010/t") == 0
    assert till.balance("1010/d") == 20_000


def test_parts_paid_in_different_ways_go_back_each_its_own(till: Till) -> None:  # [LE52]
    till.post(**{**sale("buy_in", "ann", "a1"), **CARD})
    till.post(**sale("rebuy", "ann", "a1"))
    assert till.refuse("unregister", tournament="t", entry="a1", reason="ill") == "drawer_closed"
    posted = till.post("unregister", tournament="t", entry="a1", reason="ill", drawer="d")
    assert legs(posted)[:2] == [("1015", -10_000), ("1010/d", -5_000)]


def test_what_the_house_gives_is_approved(till: Till) -> None:  # [LE51]
    comped = {**sale("buy_in", "ann", "a1"), **COMP}
    assert till.refuse(**comped) == "needs_second"
    till.post("adopt_profile", profile={**PROFILE, "comp_limit_cents": 10_000})
    till.post(**comped)


def test_a_balance_is_never_overdrawn(till: Till) -> None:  # [LE53]
    assert till.refuse(**{**sale("buy_in", "ann", "a1"), **BALANCE}) == "not_enough_balance"
    till.post(**sale("buy_in", "ann", "a1"))
    till.post("unregister", tournament="t", entry="a1", back_to="balance", reason="next week")
    assert till.balance("2030/ann") == -10_000
    assert legs(till.post(**{**sale("buy_in", "ann", "a1"), **BALANCE}))[0] == ("2030/ann", 10_000)
    assert till.refuse(**{**sale("rebuy", "ann", "a1"), **BALANCE}) == "not_enough_balance"
    till.post("unregister", tournament="t", entry="a1", reason="ill")
    assert till.balance("2030/ann") == -10_000


def test_the_profile_names_the_ways_money_may_move(till: Till) -> None:  # [LE51]
    till.post("adopt_profile", profile={**PROFILE, "cash": False, "methods": ["bank"]})
    assert till.refuse(**{**sale("buy_in", "ann", "a1"), **CARD}) == "no_such_method"
    assert till.refuse(**sale("buy_in", "ann", "a1")) == "no_cash"
    till.post(**{**sale("buy_in", "ann", "a1"), **BANK})


def test_a_card_slip_taken_without_the_leaf_is_always_booked(till: Till) -> None:  # [LE15]
    asked = {**sale("buy_in", "ann", "a1", intent={"recorded_ms": 5}, key="i1", amount=5), **CARD}
    assert legs(till.post(**asked)) == [("1015", 5), ("2090/till1/i1", -5)]
    promised = {**sale("buy_in", "ann", "a1", intent={"recorded_ms": 5}), **BALANCE}
    assert till.refuse(**promised) == "not_enough_balance"


def test_chips_given_out_are_not_reversed_once_cashed(till: Till) -> None:  # [LE53]
    seq = till.post("cash_buy_in", player="ann", drawer="d", amount=500).link.entry.seq
    till.post("cash_out", player="ann", drawer="d", amount=500)
    assert till.refuse("reverse", seq=seq, reason="x") == "over_due"
