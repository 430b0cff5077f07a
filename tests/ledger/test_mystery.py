"""Mystery bounties: sealed whole, drawn one by one, nothing appears and nothing goes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.settlement import left_open
from tests.ledger.till import PROFILE, Till, legs, sale

NAMES = ("ann", "bob", "cid", "dan")
CASH = {"method": "cash", "drawer": "d"}
LIST = [[2_500, 1], [500, 3]]
PLACES = [["ann", "a1", 1], ["bob", "b1", 2]]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """Four entries with 10.00 each for the envelopes."""
    with Till(tmp_path) as till:
        till.open_house(bounty="mystery")
        for name in NAMES:
            till.post(**sale("buy_in", name, f"{name[0]}1"))
        yield till


def seal(till: Till) -> int:
    till.post("close_registration", tournament="t")
    return till.post("seal_envelopes", tournament="t", envelopes=LIST).link.entry.seq


def drawn(entry: str, *by: str, amount: int, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "draw_envelope",
        "tournament": "t",
        "entry": entry,
        "by": list(by),
        "amount": amount,
        **fields,
    }


def open_items(till: Till) -> dict[str, int]:
    return {item.what: item.cents for item in left_open(till.journal.book.state.tournaments["t"])}


def test_all_bounty_parts_go_into_envelopes_once(till: Till) -> None:  # [LE152]
    asked = {"tournament": "t", "envelopes": LIST}
    assert till.refuse("seal_envelopes", **asked) == "registration_open"
    till.post("close_registration", tournament="t")
    assert (
        till.refuse("seal_envelopes", tournament="t", envelopes=[[2_500, 1], [500, 2]]) == "envelopes_wrong"
    )
    sealed = till.post("seal_envelopes", **asked)
    assert legs(sealed) == []
    assert till.refuse("seal_envelopes", **asked) == "already_sealed"
    assert till.balance("2020/t") == -4_000
    assert open_items(till)["envelopes"] == 4_000
    assert till.refuse("knock_out", tournament="t", entry="d1", by=["a1"]) == "is_mystery"


def test_a_drawn_envelope_is_gone(till: Till) -> None:  # [LE153]
    seal(till)
    won = till.post(**drawn("d1", "a1", amount=2_500, **CASH))
    assert legs(won) == [("2020/t", 2_500), ("1010/d", -2_500)]
    assert won.link.entry.data["envelopes_left"] == 3
    assert till.refuse(**drawn("c1", "a1", amount=2_500)) == "no_envelope"
    assert till.refuse(**drawn("d1", "a1", amount=500)) == "is_out"
    assert till.refuse(**drawn("c1", "c1", amount=500)) == "own_head"
    assert till.refuse(**drawn("x1", "a1", amount=500)) == "unknown_player_entry"


def test_several_share_an_envelope_and_the_winner_draws_the_last(till: Till) -> None:  # [LE153]
    seal(till)
    shared = till.post(**drawn("d1", "a1", "b1", "c1", amount=500))
    assert [cash for _, _, cash, _ in shared.link.entry.data["shares"]] == [167, 167, 166]
    till.post(**drawn("c1", "a1", amount=500))
    till.post(**drawn("b1", "a1", amount=500))
    assert till.refuse(**drawn("a1", "a1", amount=2_500)) == "own_head"
    till.post("confirm_result", tournament="t", places=PLACES)
    till.post(**drawn("a1", "a1", amount=2_500))
    assert till.balance("2020/t") == 0
    assert till.journal.book.state.tournaments["t"].bounties_due == {"ann": 3_667, "bob": 167, "cid": 166}


def test_envelopes_nobody_drew_go_to_first_place(till: Till) -> None:  # [LE154]
    seal(till)
    till.post(**drawn("d1", "b1", amount=500))
    till.post("confirm_result", tournament="t", places=PLACES)
    ended = till.post("end_bounties", tournament="t", reason="cid left in secret").link.entry
    assert ended.data["shares"] == [["a1", "ann", 3_500, 0]]
    assert till.balance("2020/t") == 0
    till.post("reverse", seq=ended.seq, reason="x")
    assert open_items(till)["envelopes"] == 3_500


def test_what_was_drawn_goes_back_and_can_be_drawn_again(till: Till) -> None:  # [LE154]
    sealed = seal(till)
    seq = till.post(**drawn("d1", "a1", amount=2_500)).link.entry.seq
    assert till.refuse("reverse", seq=sealed, reason="x") == "not_reversible"
    assert till.refuse("reverse", seq=sealed - 1, reason="x") == "not_reversible"
    till.post("pay_bounty", tournament="t", player="ann", amount=2_500, **CASH)
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"
    till.post("reverse", seq=till.journal.tip.seq, reason="x")
    till.post("reverse", seq=seq, reason="wrong one")
    till.post(**drawn("d1", "a1", amount=500))
    till.post("reverse", seq=till.journal.tip.seq, reason="x")
    till.post("reverse", seq=sealed, reason="x")
    till.post("reverse", seq=sealed - 1, reason="x")
    till.post("unregister", tournament="t", entry="d1", drawer="d", reason="ill")


def test_where_nothing_is_paid_in_play_an_envelope_is_due(till: Till) -> None:  # [LE153] [LE63]
    seal(till)
    till.post("adopt_profile", profile={**PROFILE, "pay_during_play": False})
    assert till.refuse(**drawn("d1", "a1", amount=500, **CASH)) == "not_confirmed"
    till.post(**drawn("d1", "a1", amount=500))
    assert till.refuse("pay_bounty", tournament="t", player="ann", amount=500, **CASH) == "not_confirmed"


def test_who_owes_a_marker_is_not_paid_at_once_and_heads_are_no_envelopes(tmp_path: Path) -> None:  # [LE152]
    with Till(tmp_path) as plain:
        plain.open_house()
        plain.post(**sale("buy_in", "ann", "a1"))
        plain.post(**sale("buy_in", "bob", "b1"))
        plain.post("knock_out", tournament="t", entry="b1", by=["a1"])
        plain.post("adopt_tournament", tournament="t", rules={**rules_of(plain), "bounty": "mystery"})
        plain.post("close_registration", tournament="t")
        assert plain.refuse("seal_envelopes", tournament="t", envelopes=[[1_000, 1]]) == "is_out"
        assert plain.refuse(**drawn("a1", "b1", amount=1_000)) == "no_envelope"


def rules_of(till: Till) -> dict[str, Any]:
    return till.journal.book.state.tournaments["t"].rules.model_dump(mode="json", exclude_none=True)
