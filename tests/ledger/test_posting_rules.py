"""Every kind's postings and refusals, as a cashier would meet them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.commands import Second
from ledger.entry import Posting
from ledger.journal import Posted, Refused
from tests.ledger.till import PROFILE, RULES, Till, sale

PLACES = [["ann", "a1", 1], ["bob", "b1", 2]]


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        yield till


def legs(posted: Posted) -> list[tuple[str, int]]:
    return [(account, amount) for account, amount in posted.link.entry.postings]


def enter(till: Till, *names: str) -> None:
    for name in names:
        till.post(**sale("buy_in", name, f"{name[0]}1"))


def finish(till: Till) -> None:
    enter(till, "ann", "bob", "cid")
    till.post("close_registration", tournament="t")
    till.post("confirm_result", tournament="t", places=PLACES)


def pay(cents: int, **fields: Any) -> dict[str, Any]:
    given = {"tournament": "t", "player": "ann", "place": 1, "drawer": "d", "method": "cash"}
    return {"kind": "pay_prize", **given, "amount": cents, **fields}


def test_a_buy_in_goes_to_pool_fee_and_bounty(till: Till) -> None:  # [LE21]
    posted = till.post(**sale("buy_in", "ann", "a1"))
    assert legs(posted) == [("1010/d", 10_000), ("2010/t", -8_000), ("4000", -1_000), ("2020/t", -1_000)]
    assert posted.link.entry.rules == {"profile": 2, "tournament": 3}
    assert posted.link.entry.data["number"] == 1


def test_an_add_on_gives_staff_their_part(till: Till) -> None:  # [LE21]
    enter(till, "ann")
    posted = till.post(**sale("add_on", "ann", "a1"))
    assert legs(posted) == [("1010/d", 5_000), ("2010/t", -4_000), ("2040", -1_000)]


def test_entries_of_a_player_are_counted(till: Till) -> None:  # [LE20]
    assert till.refuse(**sale("re_entry", "ann", "a1")) == "unknown_player_entry"
    enter(till, "ann")
    assert till.refuse(**sale("buy_in", "ann", "a2")) == "entries_used"
    assert till.refuse(**sale("re_entry", "ann", "a1")) == "entries_used"
    assert till.refuse(**sale("buy_in", "bob", "a1")) == "entries_used"
    till.post(**sale("re_entry", "ann", "a2"))
    assert till.refuse(**sale("re_entry", "ann", "a3")) == "entries_used"
    assert till.refuse(**sale("rebuy", "bob", "a1")) == "unknown_player_entry"
    assert till.refuse(**sale("rebuy", "ann", "zz")) == "unknown_player_entry"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 9_999}, "wrong_amount"),
        ({"amount": {"amount": 10_000, "currency": "USD"}}, "other_currency"),
        ({"drawer": "e"}, "drawer_closed"),
        ({"tournament": "u"}, "unknown_tournament"),
        ({"expects": {"entries": 1}}, "changed"),
        ({"expects": {"pool_cents": 5}}, "changed"),
        ({"expects": {"seq": 4}}, "changed"),
    ],
)
def test_what_is_not_as_said_is_refused(till: Till, changes: dict[str, Any], code: str) -> None:  # [LE13]
    assert till.refuse(**{**sale("buy_in", "ann", "a1"), **changes}) == code
    assert till.balance("2010/t") == 0


def test_a_difference_tells_expected_and_now(till: Till) -> None:  # [LE13]
    outcome = till.ask(**sale("buy_in", "ann", "a1", expects={"entries": 1, "pool_cents": 0}))
    assert not isinstance(outcome, Posted)
    assert outcome.refusal.details == {"changed": {"entries": [1, 0]}}


def test_what_was_seen_counts_for_refunds_and_reversals_too(till: Till) -> None:  # [LE13]
    seq = till.post(**sale("buy_in", "ann", "a1")).link.entry.seq
    refund = {"tournament": "t", "entry": "a1", "drawer": "d", "reason": "ill"}
    assert till.refuse("unregister", **refund, expects={"entries": 2}) == "changed"
    assert till.refuse("reverse", seq=seq, reason="x", expects={"pool_cents": 0}) == "changed"
    till.post("reverse", seq=seq, reason="x", expects={"pool_cents": 8_000, "entries": 1, "seq": 6})
    enter(till, "ann")
    till.post("unregister", **refund, expects={"entries": 1})


def test_unregistering_gives_all_parts_back(till: Till) -> None:
    enter(till, "ann")
    till.post(**sale("rebuy", "ann", "a1"))
    posted = till.post("unregister", tournament="t", entry="a1", drawer="d", reason="ill")
    assert legs(posted) == [("1010/d", -15_000), ("2010/t", 13_000), ("4000", 1_000), ("2020/t", 1_000)]
    assert (
        till.refuse("unregister", tournament="t", entry="a1", drawer="d", reason="ill")
        == "unknown_player_entry"
    )
    enter(till, "ann")


def test_a_close_books_the_overlay_and_ends_selling(tmp_path: Path) -> None:  # [LE22]
    with Till(tmp_path) as till:
        till.open_house(guarantee_cents=50_000)
        enter(till, "ann")
        posted = till.post("close_registration", tournament="t")
        assert legs(posted) == [("5000", 42_000), ("2010/t", -42_000)]
        assert till.refuse("close_registration", tournament="t") == "registration_closed"
        assert till.refuse(**sale("buy_in", "bob", "b1")) == "registration_closed"
        assert till.refuse(**sale("add_on", "ann", "a1")) == "registration_closed"
        refund = {"tournament": "t", "entry": "a1", "drawer": "d", "reason": "x"}
        assert till.refuse("unregister", **refund) == "registration_closed"
        assert till.refuse("adopt_tournament", tournament="t", rules=RULES) == "registration_closed"


def test_a_result_makes_prizes_of_the_whole_pool(till: Till) -> None:  # [LE23]
    enter(till, "ann", "bob", "cid")
    assert till.refuse("confirm_result", tournament="t", places=PLACES) == "registration_open"
    till.post("close_registration", tournament="t")
    posted = till.post("confirm_result", tournament="t", places=PLACES)
    assert legs(posted) == [("2010/t", 24_000), ("2070/t", -15_600), ("2070/t", -8_400)]
    assert till.refuse("confirm_result", tournament="t", places=PLACES) == "already_confirmed"


@pytest.mark.parametrize(
    ("places", "code"),
    [
        ([["ann", "a1", 1]], "places_wrong"),
        ([["ann", "a1", 1], ["bob", "b1", 3]], "places_wrong"),
        ([["ann", "a1", 1], ["bob", "b1", 2], ["cid", "c1", 3]], "places_wrong"),
        ([["ann", "a1", 1], ["ann", "a1", 2]], "places_wrong"),
        ([["ann", "b1", 1], ["bob", "a1", 2]], "unknown_player_entry"),
        ([["ann", "a1", 1], ["dan", "d1", 2]], "unknown_player_entry"),
    ],
)
def test_a_result_that_does_not_fit_is_refused(till: Till, places: list[Any], code: str) -> None:  # [LE23]
    enter(till, "ann", "bob", "cid")
    till.post("close_registration", tournament="t")
    assert till.refuse("confirm_result", tournament="t", places=places) == code


def test_players_who_tie_share_to_the_cent(till: Till) -> None:  # [LE23]
    enter(till, "ann", "bob", "cid")
    till.post("close_registration", tournament="t")
    tie = [["bob", "b1", 1], ["ann", "a1", 2], ["cid", "c1", 2]]
    posted = till.post("confirm_result", tournament="t", places=tie)
    assert [cents for _, cents in legs(posted)] == [24_000, -15_600, -4_200, -4_200]


def test_places_that_nobody_can_hold_go_to_first(till: Till) -> None:  # [LE23]
    enter(till, "ann")
    till.post("close_registration", tournament="t")
    posted = till.post("confirm_result", tournament="t", places=[["ann", "a1", 1]])
    assert legs(posted) == [("2010/t", 8_000), ("2070/t", -8_000)]


def test_a_prize_is_paid_in_parts_and_never_beyond(till: Till) -> None:  # [LE24]
    enter(till, "zed")
    assert till.refuse(**pay(1)) == "not_confirmed"
    till.post("unregister", tournament="t", entry="z1", drawer="d", reason="x")
    finish(till)
    assert till.refuse(**pay(1, player="cid")) == "nothing_due"
    assert till.refuse(**pay(1, place=2)) == "nothing_due"
    assert legs(till.post(**pay(5_600, expects={"due_cents": 15_600}))) == [
        ("2070/t", 5_600),
        ("1010/d", -5_600),
    ]
    assert till.refuse(**pay(5_600, expects={"due_cents": 15_600})) == "changed"
    assert till.refuse(**pay(10_001)) == "over_due"
    till.post(**pay(10_000))
    twice = till.ask(**pay(10_000))  # another till paid it meanwhile: this one hears so
    assert isinstance(twice, Refused)
    assert twice.refusal.code == "nothing_due"
    assert twice.refusal.details == {"amount_cents": 15_600, "paid_cents": 15_600}
    assert till.balance("2070/t") == -8_400


def test_an_event_paid_whole_leaves_nothing(till: Till) -> None:  # [LE24]
    finish(till)
    till.post(**pay(15_600))
    till.post(**pay(8_400, player="bob", place=2))
    assert till.journal.book.state.tournaments["t"].shown_state == "confirmed"  # heads stand
    till.post("end_bounties", tournament="t", reason="heads up")
    till.post("pay_bounty", tournament="t", player="ann", drawer="d", method="cash", amount=3_000)
    assert till.journal.book.state.tournaments["t"].shown_state == "settled"
    assert (till.balance("2010/t"), till.balance("2020/t"), till.balance("2070/t")) == (0, 0, 0)


def test_a_drawer_opens_drops_and_closes_over_or_short(till: Till) -> None:  # [LE26]
    assert till.refuse("open_drawer", drawer="d", amount=0) == "drawer_open"
    assert till.refuse("open_drawer", drawer="e", amount=10**9) == "not_enough_cash"
    till.post("drop_to_vault", drawer="d", amount=5_000)
    posted = till.post("close_drawer", drawer="d", counted={"5000": 2, "1000": 4})
    assert legs(posted) == [("1010/d", -1_000), ("5020", 1_000)]
    assert posted.link.entry.data["difference_cents"] == -1_000
    assert till.refuse("close_drawer", drawer="d", counted={}) == "drawer_closed"
    assert till.refuse("drop_to_vault", drawer="d", amount=1) == "drawer_closed"
    till.post("open_drawer", drawer="d", amount=0)
    assert legs(till.post("close_drawer", drawer="d", counted={"5000": 3})) == [
        ("1010/d", 1_000),
        ("5020", -1_000),
    ]


def test_no_drawer_and_no_vault_goes_below_zero(till: Till) -> None:  # [LE14]
    assert till.refuse("drop_to_vault", drawer="d", amount=20_001) == "not_enough_cash"
    till.post("cash_buy_in", player="ann", drawer="d", amount=7_000)
    till.post("drop_to_vault", drawer="d", amount=27_000)
    assert till.refuse("cash_out", player="ann", drawer="d", amount=7_000) == "not_enough_cash"
    till.post("open_drawer", drawer="e", amount=50_000)
    assert till.refuse("reverse", seq=4, reason="x") == "not_enough_cash"


def test_no_account_grows_beyond_all_bounds(till: Till) -> None:  # [LE14]
    for _ in range(9):
        till.post("vault_in", amount=10**12)
    assert till.refuse("vault_in", amount=10**12) == "limit"


def test_chips_of_cash_games_are_a_debt(till: Till) -> None:
    assert legs(till.post("cash_buy_in", player="ann", table="c1", drawer="d", amount=9_000)) == [
        ("1010/d", 9_000), ("2000", -9_000),
    ]  # fmt: skip
    assert till.refuse("cash_out", player="ann", drawer="d", amount=9_001) == "over_due"
    assert legs(till.post("cash_out", player="ann", drawer="d", amount=9_000)) == [
        ("2000", 9_000), ("1010/d", -9_000),
    ]  # fmt: skip


def test_the_house_profile_decides_what_there_is(tmp_path: Path) -> None:  # [LE27]
    with Till(tmp_path) as till:
        till.post("vault_in", amount=1_000)
        till.post("open_drawer", drawer="d", amount=0)
        chips = {"player": "ann", "drawer": "d", "amount": 5}
        assert till.refuse("cash_buy_in", **chips) == "not_adopted"
        till.post("adopt_profile", profile={**PROFILE, "cash_games": False})
        assert till.refuse("cash_buy_in", **chips) == "no_cash_games"
        till.post("adopt_profile", profile={**PROFILE, "cash": False})
        assert till.refuse("cash_buy_in", **chips) == "no_cash"
        till.post("adopt_tournament", tournament="t", rules={**RULES, "prices": {}})
        assert till.refuse(**sale("buy_in", "ann", "a1")) == "not_adopted"


def test_the_danish_limits_hold(tmp_path: Path) -> None:  # [LE27]
    profile = {
        **PROFILE, "stake_per_tournament_cents": 15_000, "stake_per_day_cents": 25_000,
        "pool_max_cents": 55_000, "players_min": 3,
    }  # fmt: skip
    with Till(tmp_path) as till:
        till.open_house()
        till.post("adopt_profile", profile=profile)
        till.post("adopt_tournament", tournament="u", rules=RULES)
        enter(till, "ann")
        till.post(**sale("rebuy", "ann", "a1"))
        assert till.refuse(**sale("rebuy", "ann", "a1")) == "limit"
        till.post(**sale("buy_in", "ann", "ua", tournament="u"))
        assert till.refuse(**sale("rebuy", "ann", "ua", tournament="u")) == "limit"
        assert till.refuse("close_registration", tournament="t") == "limit"
        enter(till, "bob", "cid", "dan", "eva")
        assert till.refuse(**sale("buy_in", "fay", "f1")) == "limit"
        till.post("close_registration", tournament="t")


def test_a_reversal_swaps_the_sides_once(till: Till) -> None:  # [LE25]
    posted = till.post(**sale("buy_in", "ann", "a1"))
    seq = posted.link.entry.seq
    reversed_ = till.post("reverse", seq=seq, reason="wrong player")
    assert legs(reversed_) == [(account, -amount) for account, amount in legs(posted)]
    assert reversed_.link.entry.data["undoes"]["seq"] == seq
    assert till.refuse("reverse", seq=seq, reason="x") == "already_reversed"
    assert till.refuse("reverse", seq=reversed_.link.entry.seq, reason="x") == "not_reversible"
    enter(till, "ann")


@pytest.mark.parametrize("seq", [1, 2, 3, 5, 99, 2**53 - 1])
def test_what_cannot_be_reversed_is_not(till: Till, seq: int) -> None:  # [LE25]
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"


def test_what_others_stand_on_is_not_reversed_before_them(till: Till) -> None:  # [LE25]
    first = till.post(**sale("buy_in", "ann", "a1")).link.entry.seq
    rebuy = till.post(**sale("rebuy", "ann", "a1")).link.entry.seq
    assert till.refuse("reverse", seq=first, reason="x") == "not_reversible"
    till.post("reverse", seq=rebuy, reason="x")
    enter(till, "bob")
    closed = till.post("close_registration", tournament="t").link.entry.seq
    assert till.refuse("reverse", seq=first, reason="x") == "not_reversible"
    result = till.post("confirm_result", tournament="t", places=PLACES).link.entry.seq
    assert till.refuse("reverse", seq=closed, reason="x") == "not_reversible"
    paid = till.post(**pay(100)).link.entry.seq
    assert till.refuse("reverse", seq=result, reason="x") == "not_reversible"
    for seq in (paid, result, closed, first):
        till.post("reverse", seq=seq, reason="all back")
    assert (till.balance("2010/t"), till.balance("2070/t")) == (-8_000, 0)


def test_a_refunded_entry_is_not_reversed_too(till: Till) -> None:  # [LE25]
    seq = till.post(**sale("buy_in", "ann", "a1")).link.entry.seq
    till.post("unregister", tournament="t", entry="a1", drawer="d", reason="ill")
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"


def test_a_reversal_may_go_through_another_open_drawer(till: Till) -> None:  # [LE25]
    seq = till.post(**sale("buy_in", "ann", "a1")).link.entry.seq
    till.post("close_drawer", drawer="d", counted={"10000": 3})
    assert till.refuse("reverse", seq=seq, reason="x") == "drawer_closed"
    assert till.refuse("reverse", seq=seq, reason="x", drawer="e") == "drawer_closed"
    till.post("open_drawer", drawer="e", amount=50_000)
    assert legs(till.post("reverse", seq=seq, reason="x", drawer="e"))[0] == ("1010/e", -10_000)


def test_a_cashier_reverses_what_a_cashier_books_up_to_a_limit(till: Till) -> None:  # [LE16] [LE25]
    small = till.post(**sale("buy_in", "ann", "a1")).link.entry.seq
    large = till.post("cash_buy_in", player="bob", drawer="d", amount=20_001).link.entry.seq
    till.post("reverse", seq=small, reason="x", role="cashier")
    again = {"seq": large, "reason": "x", "role": "cashier"}
    assert till.refuse("reverse", **again) == "needs_second"
    assert till.refuse("reverse", **again, approved=Second("zoe", None)) == "wrong_second"
    assert till.refuse("reverse", **again, approved=Second("mia", "manager")) == "wrong_second"
    assert till.refuse("reverse", **again, approved=Second("flo", "floor")) == "wrong_second"
    assert till.refuse("reverse", seq=4, reason="x", role="cashier") == "limit"
    till.post("reverse", **again, approved=Second("zoe", "cashier"))


def test_a_payout_above_the_limit_takes_two(till: Till) -> None:  # [LE16]
    till.post("vault_in", amount=10**6)
    till.post("cash_buy_in", player="bob", drawer="d", amount=60_000)
    chips = {"player": "bob", "drawer": "d", "amount": 50_001}
    assert till.refuse("cash_out", **chips) == "needs_second"
    till.post("cash_out", **chips, approved=Second("zoe", "manager"))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 9_000}, "wrong_amount"),
        ({"drawer": "e"}, "drawer_closed"),
        ({"tournament": "u"}, "unknown_tournament"),
        ({"expects": {"entries": 3}}, "changed"),
    ],
)
def test_cash_received_without_the_leaf_is_always_booked(
    till: Till, changes: dict[str, Any], code: str
) -> None:  # [LE15]
    asked = {**sale("buy_in", "ann", "a1", intent={"recorded_ms": 5}, key="i1"), **changes}
    posted = till.post(**asked)
    entry = posted.link.entry
    assert (entry.kind, entry.data["asked"], entry.data["refusal"]) == ("suspense", "buy_in", code)
    cents = changes.get("amount", 10_000)
    assert entry.postings == (Posting(f"1010/{asked['drawer']}", cents), Posting("2090/till1/i1", -cents))


def test_an_intent_that_no_rule_refuses_is_an_ordinary_entry(till: Till) -> None:  # [LE15]
    assert till.post(**sale("buy_in", "ann", "a1", intent={"recorded_ms": 5})).link.entry.kind == "buy_in"
    wrong = {"amount": 1, "currency": "USD"}
    assert (
        till.refuse(**{**sale("re_entry", "ann", "a2", intent={"recorded_ms": 5}), "amount": wrong})
        == "other_currency"
    )


def test_what_is_not_settled_can_be_given_back(till: Till) -> None:  # [LE15] [LE25]
    asked = sale("buy_in", "ann", "a1", intent={"recorded_ms": 5})
    seq = till.post(**{**asked, "amount": 9_000}).link.entry.seq
    till.post("reverse", seq=seq, reason="given back")
    assert till.balance("1010/d") == 20_000
