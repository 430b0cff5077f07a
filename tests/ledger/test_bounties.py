"""Heads: taken, shared, paid on the spot or due, grown in a progressive event, and given to first place."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.journal import Posted
from tests.ledger.till import PROFILE, RULES, Till, sale

PLACES = [["ann", "a1", 1], ["bob", "b1", 2]]
CASH = {"method": "cash", "drawer": "d"}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        enter(till)
        yield till


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house(bounty="progressive")
        enter(till)
        yield till


def enter(till: Till) -> None:
    for name in ("ann", "bob", "cid"):
        till.post(**sale("buy_in", name, f"{name[0]}1"))


def legs(posted: Posted) -> list[tuple[str, int]]:
    return [(account, amount) for account, amount in posted.link.entry.postings]


def out(entry: str, *by: str, **fields: Any) -> dict[str, Any]:
    return {"kind": "knock_out", "tournament": "t", "entry": entry, "by": list(by), **fields}


def finish(till: Till) -> None:
    till.post("close_registration", tournament="t")
    till.post("confirm_result", tournament="t", places=PLACES)


def heads(till: Till) -> dict[str, int]:
    return {
        name: entry.head_cents for name, entry in till.journal.book.state.tournaments["t"].entries.items()
    }


def test_what_one_player_won_with_two_entries_is_taken_back_whole_or_not(till: Till) -> None:  # [LE25]
    till.post(**sale("re_entry", "ann", "a2"))
    seq = till.post(**out("c1", "a1", "a2")).link.entry.seq
    till.post("pay_bounty", tournament="t", player="ann", amount=500, **CASH)
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"


def test_a_bounty_is_paid_on_the_spot(till: Till) -> None:  # [LE60]
    assert legs(till.post(**out("c1", "a1", **CASH))) == [("2020/t", 1_000), ("1010/d", -1_000)]
    assert legs(till.post(**out("b1", "a1", method="balance"))) == [("2020/t", 1_000), ("2030/ann", -1_000)]
    finish(till)
    assert till.refuse(**out("a1", "b1")) != ""  # anybody may still be booked
    till.post("end_bounties", tournament="t", reason="x") if till.balance("2020/t") else None
    assert till.balance("2020/t") == 0


def test_a_bounty_shared_is_due_and_paid_later(till: Till) -> None:  # [LE60]
    posted = till.post(**out("c1", "a1", "b1"))
    assert legs(posted) == [("2020/t", 1_000), ("2070/t", -500), ("2070/t", -500)]
    due = {"tournament": "t", "player": "bob", **CASH}
    assert till.refuse("pay_bounty", **due, amount=501) == "over_due"
    assert till.refuse("pay_bounty", **due, amount=500, expects={"due_cents": 400}) == "changed"
    paid = till.post("pay_bounty", **due, amount=500, expects={"due_cents": 500})
    assert till.refuse("pay_bounty", **due, amount=1) == "nothing_due"
    assert till.refuse("reverse", seq=posted.link.entry.seq, reason="x") == "not_reversible"
    till.post("reverse", seq=paid.link.entry.seq, reason="x")
    till.post("reverse", seq=posted.link.entry.seq, reason="x")
    assert heads(till) == {"a1": 1_000, "b1": 1_000, "c1": 1_000}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (out("zz", "a1"), "unknown_player_entry"),
        (out("c1", "zz"), "unknown_player_entry"),
        (out("c1", "c1"), "own_head"),
        (out("c1", "a1", method="cash", drawer="e"), "drawer_closed"),
        (out("b1", "a1"), "is_out"),
    ],
)
def test_a_head_that_can_not_be_taken(till: Till, asked: dict[str, Any], code: str) -> None:  # [LE60]
    till.post(**out("b1", "a1"))
    assert till.refuse(**asked) == code


def test_a_progressive_head_grows(growing: Till) -> None:  # [LE61]
    posted = growing.post(**out("c1", "b1", **CASH))
    assert legs(posted) == [("2020/t", 500), ("1010/d", -500)]
    assert heads(growing) == {"a1": 1_000, "b1": 1_500, "c1": 0}
    assert growing.refuse("unregister", tournament="t", entry="b1", drawer="d", reason="x") == "is_out"
    assert legs(growing.post(**out("b1", "a1")))[0] == ("2020/t", 750)
    assert growing.refuse("reverse", seq=posted.link.entry.seq, reason="x") == "not_reversible"
    finish(growing)
    own = growing.post(**out("a1", "a1"))
    assert legs(own) == [("2020/t", 1_750), ("2070/t", -1_750)]
    assert growing.balance("2020/t") == 0
    assert growing.journal.book.state.tournaments["t"].bounties_due == {"ann": 2_500}


def test_a_share_for_a_head_that_is_gone_is_all_cash(growing: Till) -> None:  # [LE61]
    growing.post(**out("c1", "b1"))
    assert legs(growing.post(**out("a1", "c1"))) == [("2020/t", 1_000), ("2070/t", -1_000)]


def test_who_buys_in_again_has_a_new_head(tmp_path: Path) -> None:  # [LE61]
    prices = {**RULES["prices"], "rebuy": {"prize_cents": 4_000, "bounty_cents": 1_000}}
    with Till(tmp_path) as till:
        till.open_house(bounty="progressive", prices=prices)
        enter(till)
        taken = till.post(**out("c1", "b1")).link.entry.seq
        assert till.refuse(**sale("add_on", "cid", "c1")) == "is_out"
        again = till.post(**sale("rebuy", "cid", "c1")).link.entry.seq
        assert heads(till)["c1"] == 1_000
        assert till.refuse("reverse", seq=taken, reason="x") == "not_reversible"
        till.post("reverse", seq=again, reason="not paid")
        assert till.refuse(**out("c1", "a1")) == "is_out"
        till.post("reverse", seq=taken, reason="x")
        assert heads(till) == {"a1": 1_000, "b1": 1_000, "c1": 1_000}


def test_an_entry_that_has_played_is_not_refunded(till: Till) -> None:  # [LE60]
    till.post(**out("c1", "a1"))
    assert till.refuse("unregister", tournament="t", entry="c1", drawer="d", reason="x") == "is_out"
    assert till.refuse("reverse", seq=8, reason="x") == "not_reversible"


def test_heads_nobody_took_go_to_first_place(till: Till) -> None:  # [LE62]
    assert till.refuse("end_bounties", tournament="t", reason="x") == "not_confirmed"
    till.post(**out("c1", "b1"))
    finish(till)
    ended = till.post("end_bounties", tournament="t", reason="nobody knows who took bob")
    assert legs(ended) == [("2020/t", 2_000), ("2070/t", -2_000)]
    assert till.refuse("end_bounties", tournament="t", reason="x") == "no_bounty"
    confirmed = till.journal.book.state.tournaments["t"].confirmed_seq
    assert till.refuse("reverse", seq=confirmed, reason="x") == "not_reversible"
    turned = [["bob", "b1", 1], ["ann", "a1", 2]]
    assert till.refuse("correct_result", tournament="t", places=turned, reason="x") == "not_reversible"
    till.post("reverse", seq=ended.link.entry.seq, reason="bob won")
    till.post("correct_result", tournament="t", places=turned, reason="bob won")
    till.post("end_bounties", tournament="t", reason="again")
    assert till.journal.book.state.tournaments["t"].bounties_due == {"ann": 0, "bob": 3_000}


def test_a_knock_out_stands_once_its_head_went_to_first_place(growing: Till) -> None:  # [LE61] [LE62]
    taken = growing.post(**out("c1", "b1")).link.entry.seq
    finish(growing)
    ended = growing.post("end_bounties", tournament="t", reason="x").link.entry.seq
    assert growing.refuse("reverse", seq=taken, reason="x") == "not_reversible"
    growing.post("reverse", seq=ended, reason="x")
    growing.post("reverse", seq=taken, reason="x")
    assert heads(growing) == {"a1": 1_000, "b1": 1_000, "c1": 1_000}


def test_where_nothing_is_paid_during_play_a_bounty_is_due(till: Till) -> None:  # [LE63]
    till.post("adopt_profile", profile={**PROFILE, "pay_during_play": 0 == 1})
    assert till.refuse(**out("c1", "a1", **CASH)) == "not_confirmed"
    assert legs(till.post(**out("c1", "a1"))) == [("2020/t", 1_000), ("2070/t", -1_000)]
    due = {"tournament": "t", "player": "ann", "amount": 1_000, **CASH}
    assert till.refuse("pay_bounty", **due) == "not_confirmed"
    finish(till)
    till.post("pay_bounty", **due)


@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_heads_add_up_to_what_was_paid_in(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:  # [LE61]
    with Till(tmp_path_factory.mktemp("heads")) as till:
        prices = {"buy_in": {"prize_cents": 100, "bounty_cents": data.draw(st.integers(1, 999))}}
        till.open_house(bounty="progressive", prices=prices, bounty_cash_bp=data.draw(st.integers(0, 10_000)))
        total = sum(prices["buy_in"].values())
        names = [f"p{n}" for n in range(6)]
        for name in names:
            till.post(**sale("buy_in", name, name, amount=total))
        left = list(names)
        while len(left) > 1:
            victim = data.draw(st.sampled_from(left))
            left.remove(victim)
            till.post(**out(victim, *data.draw(st.lists(st.sampled_from(left), min_size=1, unique=True))))
            event = till.journal.book.state.tournaments["t"]
            assert -till.balance("2020/t") == event.heads_cents()
            assert -till.balance("2070/t") == sum(event.bounties_due.values())
            assert event.heads_cents() + sum(event.bounties_due.values()) == event.bounties_cents
