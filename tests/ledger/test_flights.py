"""One pool over several flights: sold for each, closed each by itself, paid in each where the house does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.prizes.flights import after_flights
from ledger.settlement import left_open
from tests.ledger.till import RULES, Till, legs, sale

FLIGHTS = {"ids": ["t1a", "t1b"], "entries_per_player": 2}
PAYING = {**FLIGHTS, "field_bp": 5_000}
MIN_CASH = {**RULES["payout"], "min_cash_cents": 9_950}
WHY: dict[str, Any] = {"reason": "x"}
CASH: dict[str, Any] = {"method": "cash", "drawer": "d"}


def adopt(
    till: Till, flights: dict[str, Any] | None = None, event: str = "t", **rules: Any
) -> dict[str, Any]:
    said = {**RULES, "entries_per_player": 4, "guarantee_cents": 60_000, **rules}
    return {"tournament": event, "rules": {**said, **({"flights": flights} if flights else {})}}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        till.post("adopt_tournament", **adopt(till, FLIGHTS))
        yield till


def enter(till: Till, player: str, entry: str, flight: str | None, kind: str = "buy_in") -> int:
    return till.post(**sale(kind, player, entry, flight=flight)).link.entry.seq


def close(till: Till, *flights: str) -> None:
    for flight in flights:
        till.post("close_flight", tournament="t", flight=flight)


def test_entries_of_all_flights_fill_one_pool(till: Till) -> None:  # [LE170]
    posted = till.post(**sale("buy_in", "ann", "a1", flight="t1a"))
    assert ("2010/t", -8_000) in legs(posted)
    assert posted.link.entry.data["flight"] == "t1a"
    enter(till, "bob", "b1", "t1b")
    enter(till, "ann", "a2", "t1b", "re_entry")
    till.post(**sale("rebuy", "bob", "b1"))
    event = till.journal.book.state.tournaments["t"]
    assert event.pool_cents == 29_000 == -till.balance("2010/t")
    assert [len(event.entries_in(flight)) for flight in ("t1a", "t1b", "")] == [1, 2, 0]
    assert till.journal.book.state.event_of("t1b") == "t"


def test_a_sale_names_a_flight_of_its_event(till: Till) -> None:  # [LE170]
    assert till.refuse(**sale("buy_in", "ann", "a1")) == "unknown_flight"
    assert till.refuse(**sale("buy_in", "ann", "a1", flight="t1c")) == "unknown_flight"
    till.post("adopt_tournament", **adopt(till, {**FLIGHTS, "direct": True}))
    enter(till, "ann", "a1", None)
    till.post("adopt_tournament", tournament="u", rules=RULES)
    assert till.refuse(**sale("buy_in", "ann", "a9", tournament="u", flight="t1a")) == "unknown_flight"
    assert till.refuse(**sale("buy_in", "bob", "b9", tournament="t1a")) == "unknown_tournament"


def test_entries_are_limited_in_a_flight_and_in_all(till: Till) -> None:  # [LE170]
    enter(till, "ann", "a1", "t1a")
    enter(till, "ann", "a2", "t1a", "re_entry")
    assert till.refuse(**sale("re_entry", "ann", "a3", flight="t1a")) == "entries_used"
    assert till.refuse(**sale("buy_in", "ann", "a3", flight="t1b")) == "entries_used"  # a first one it is not
    enter(till, "ann", "a3", "t1b", "re_entry")
    enter(till, "ann", "a4", "t1b", "re_entry")
    till.post("adopt_tournament", **adopt(till, {"ids": ["t1a", "t1b"]}))
    assert till.refuse(**sale("re_entry", "ann", "a5", flight="t1b")) == "entries_used"  # four in all


def test_a_closed_flight_sells_nothing_and_the_others_go_on(till: Till) -> None:  # [LE171]
    seq = enter(till, "ann", "a1", "t1a")
    posted = till.post("close_flight", tournament="t", flight="t1a")
    assert (legs(posted), posted.link.entry.data["entries"]) == ([], 1)
    assert till.refuse(**sale("buy_in", "bob", "b1", flight="t1a")) == "registration_closed"
    assert till.refuse(**sale("rebuy", "ann", "a1")) == "registration_closed"
    assert till.refuse("unregister", tournament="t", entry="a1", drawer="d", **WHY) == "registration_closed"
    assert till.refuse("reverse", seq=seq, **WHY) == "not_reversible"
    assert till.refuse("close_flight", tournament="t", flight="t1a") == "registration_closed"
    assert till.refuse("close_flight", tournament="t", flight="t1c") == "unknown_flight"
    assert till.refuse("close_flight", tournament="u", flight="t1a") == "unknown_tournament"
    enter(till, "bob", "b1", "t1b")
    till.post("reverse", seq=posted.link.entry.seq, **WHY)
    till.post(**sale("rebuy", "ann", "a1"))


def test_the_pool_is_settled_when_the_last_flight_is_closed(till: Till) -> None:  # [LE172]
    enter(till, "ann", "a1", "t1a")
    enter(till, "bob", "b1", "t1b")
    closed = till.post("close_flight", tournament="t", flight="t1a").link.entry.seq
    assert till.refuse("close_registration", tournament="t") == "flight_open"
    close(till, "t1b")
    posted = till.post("close_registration", tournament="t")
    assert legs(posted) == [("5000", 44_000), ("2010/t", -44_000)]  # one overlay, of both
    assert till.refuse("reverse", seq=closed, **WHY) == "not_reversible"
    till.post("confirm_result", tournament="t", places=[["bob", "b1", 1], ["ann", "a1", 2]])
    assert till.balance("2070/t") == -60_000


def paid_in_flight(till: Till, **fields: Any) -> dict[str, Any]:
    """Six in flight A, of whom three are in the money and one of those went on."""
    till.post("adopt_tournament", **adopt(till, PAYING, payout=MIN_CASH))
    for n in range(6):
        enter(till, f"p{n}", f"e{n}", "t1a")
    close(till, "t1a")
    places = [["p1", "e1", 2], ["p2", "e2", 3]]
    return {"tournament": "t", "flight": "t1a", "places": places, **fields}


def test_who_goes_out_in_the_money_of_a_flight_is_due_the_min_cash(till: Till) -> None:  # [LE173]
    posted = till.post("confirm_flight", **paid_in_flight(till))
    assert legs(posted) == [("2010/t", 20_000), ("2070/t", -10_000), ("2070/t", -10_000)]  # in whole units
    event = till.journal.book.state.tournaments["t"]
    assert [item.cents for item in left_open(event) if item.number == "2070"] == [10_000, 10_000]
    assert sum(item.cents for item in left_open(event) if item.number == "2010") == -till.balance("2010/t")
    one = {"tournament": "t", "player": "p1", "place": 2, **CASH}
    assert till.refuse("pay_prize", **one, amount=10_000) == "not_confirmed"  # that would be one of the event
    expects = {"due_cents": 10_000}
    paid = till.post("pay_prize", **one, flight="t1a", amount=10_000, expects=expects)
    assert legs(paid) == [("2070/t", 10_000), ("1010/d", -10_000)]
    assert till.refuse("pay_prize", **one, flight="t1a", amount=1) == "nothing_due"
    assert till.refuse("reverse", seq=posted.link.entry.seq, **WHY) == "not_reversible"
    till.post("reverse", seq=paid.link.entry.seq, **WHY)
    till.post("reverse", seq=posted.link.entry.seq, **WHY)
    assert till.balance("2070/t") == 0


@pytest.mark.parametrize(
    ("places", "code"),
    [
        ([["p1", "e1", 3]], None),
        ([["p1", "e1", 3], ["p2", "e2", 3]], None),  # on the bubble, in one hand: they share the last
        ([["p1", "e1", 2]], "places_wrong"),
        ([["p1", "e1", 2], ["p2", "e2", 4]], "places_wrong"),
        ([["p1", "e1", 1], ["p2", "e2", 2], ["p3", "e3", 3]], "places_wrong"),  # somebody plays on
        ([["p1", "e1", 4]], "places_wrong"),
        ([["p1", "e1", 2], ["p1", "e1", 3]], "places_wrong"),
        ([["p1", "e2", 3]], "unknown_player_entry"),
        ([["zoe", "z1", 3]], "unknown_player_entry"),  # of the other flight
    ],
)
def test_a_flight_pays_its_last_paid_places(
    till: Till, places: list[Any], code: str | None
) -> None:  # [LE173]
    asked = paid_in_flight(till, places=places)
    enter(till, "zoe", "z1", "t1b")
    if code:
        assert till.refuse("confirm_flight", **asked) == code
        return
    due = till.post("confirm_flight", **asked).link.entry.data["due"]
    assert sum(cents for *_, cents in due) == 10_000
    assert till.refuse("confirm_flight", **asked) == "already_confirmed"


def test_what_flights_paid_is_not_played_for_again(till: Till) -> None:  # [LE174]
    till.post("confirm_flight", **paid_in_flight(till))
    for n in range(6, 10):
        enter(till, f"p{n}", f"e{n}", "t1b")
    close(till, "t1b")
    till.post("close_registration", tournament="t")
    places = [["p0", "e0", 1]]  # ten entries pay three places, two of them in flight A
    assert till.refuse("confirm_result", tournament="t", places=[["p1", "e1", 1]]) == "places_wrong"
    posted = till.post("confirm_result", tournament="t", places=places)
    assert posted.link.entry.data["due"] == [["p0", "e0", 1, 60_000]]  # 80,000 less 20,000
    assert till.balance("2010/t") == 0
    assert till.refuse("confirm_flight", **paid_again()) == "already_confirmed"


def test_a_result_is_taken_back_although_a_flight_has_paid(till: Till) -> None:  # [LE173] [LE174]
    """What was paid in a flight is no prize of the result; a prize of it stands in the way."""
    till.post("confirm_flight", **paid_in_flight(till))
    till.post("pay_prize", tournament="t", player="p1", place=2, flight="t1a", amount=10_000, **CASH)
    for n in range(6, 10):
        enter(till, f"p{n}", f"e{n}", "t1b")
    close(till, "t1b")
    till.post("close_registration", tournament="t")
    result = {"tournament": "t", "places": [["p0", "e0", 1]]}
    first = till.post("confirm_result", **result).link.entry.seq
    till.post("reverse", seq=first, **WHY)
    assert -till.balance("2010/t") == 60_000
    again = till.post("confirm_result", **result).link.entry.seq
    till.post("pay_prize", tournament="t", player="p0", place=1, amount=50, **CASH)
    assert till.refuse("reverse", seq=again, **WHY) == "not_reversible"


def paid_again() -> dict[str, Any]:
    return {"tournament": "t", "flight": "t1b", "places": [["p9", "e9", 2]]}


def test_a_flight_pays_after_its_close_and_before_a_deal(till: Till) -> None:  # [LE173]
    till.post("adopt_tournament", **adopt(till, PAYING, payout=MIN_CASH))
    for n in range(4):
        enter(till, f"p{n}", f"e{n}", "t1a")
    asked = {"tournament": "t", "flight": "t1a", "places": [["p1", "e1", 2]]}
    assert till.refuse("confirm_flight", **asked) == "registration_open"
    close(till, "t1a", "t1b")
    till.post("close_registration", tournament="t")
    shares = [["p0", "e0", 30_000], ["p1", "e1", 30_000]]
    deal = till.post(
        "agree_deal", tournament="t", way="even", shares=shares, aside_cents=0, consents=["p0", "p1"]
    )
    assert till.refuse("confirm_flight", **asked) == "already_agreed"
    till.post("reverse", seq=deal.link.entry.seq, **WHY)
    till.post("confirm_flight", **asked)
    more = {"tournament": "t", "part": "costs", "amount": 50_001, **WHY}
    assert till.refuse("withhold", **more) == "limit"


def test_a_flight_belongs_to_one_event_for_good(till: Till) -> None:  # [LE175]
    assert till.refuse("adopt_tournament", tournament="t1a", rules=RULES) == "flight_wrong"
    for ids in (["t1b"], ["u"]):
        assert till.refuse("adopt_tournament", **adopt(till, {"ids": ids}, "u")) == "flight_wrong"
    enter(till, "ann", "a1", "t1a")
    assert till.refuse("adopt_tournament", **adopt(till, {"ids": ["t1b"]})) == "flight_wrong"
    assert till.refuse("adopt_tournament", **adopt(till)) == "flight_wrong"
    till.post("adopt_tournament", **adopt(till, {"ids": ["t1a", "t1c"]}))  # nobody had entered t1b
    till.post("adopt_tournament", tournament="t1b", rules=RULES)
    till.post(**sale("buy_in", "bob", "b1", tournament="t1b"))
    assert (
        till.refuse("adopt_tournament", **adopt(till, FLIGHTS)) == "flight_wrong"
    )  # it has money of its own


def test_rules_of_a_flight_that_were_adopted_by_mistake_are_dropped(till: Till) -> None:  # [LE175]
    till.post("adopt_tournament", tournament="t1c", rules=RULES)
    till.post("adopt_tournament", **adopt(till, {"ids": ["t1a", "t1b", "t1c"]}))
    assert "t1c" not in till.journal.book.state.tournaments
    state = till.journal.book.state
    till.reopen()
    assert till.journal.book.state == state


@given(
    amounts=st.lists(st.integers(0, 10**6), min_size=1, max_size=30),
    paid=st.lists(st.integers(1, 10**5), max_size=20),
)
def test_what_is_left_and_what_flights_paid_are_the_pool(amounts: list[int], paid: list[int]) -> None:
    """[LE174]"""
    amounts.sort(reverse=True)
    if sum(paid) > sum(amounts):
        return
    left = after_flights(amounts, paid)
    assert sum(left) + sum(paid) == sum(amounts)
    assert list(left) == sorted(left, reverse=True)
    assert min(left) >= 0
    assert len(left) == max(1, len(amounts) - len(paid)) or not paid
