"""Tickets: sold, won as seats, used once by their owner, cashed or expired as the profile has it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.gaming_days import DAY_MS
from ledger.journal import Posted
from ledger.prizes.satellites import rest_in_steps, seats_of
from tests.ledger.till import PROFILE, RULES, Till, sale

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "payouts.json").read_text(encoding="utf-8")
)
CASH = {"method": "cash", "drawer": "d"}
TICKET = {"method": "ticket", "drawer": None}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    """Event `t` is a satellite for `main`: entries of 100.00 of which 80.00 go to seats of 100.00."""
    with Till(tmp_path) as till:
        till.open_house(satellite={"target": "main", "seat_cents": 10_000})
        till.post("adopt_tournament", tournament="main", rules=RULES)
        yield till


def legs(posted: Posted) -> list[tuple[str, int]]:
    return [(account, amount) for account, amount in posted.link.entry.postings]


def enter(till: Till, *names: str) -> None:
    for name in names:
        till.post(**sale("buy_in", name, f"{name[0]}1"))
    till.post("close_registration", tournament="t")


def sold(till: Till, **fields: Any) -> str:
    asked = {"player": "ann", "target": "main", "amount": 10_000, **CASH, **fields}
    name: str = till.post("issue_ticket", **asked).link.entry.data["tickets"][0][0]
    return name


def use(ticket: str, player: str = "ann", **fields: Any) -> dict[str, Any]:
    return {**sale("buy_in", player, f"m{player}", tournament="main"), **TICKET, "ticket": ticket, **fields}


def test_a_satellite_pays_seats_and_the_rest_to_the_next(till: Till) -> None:  # [LE64]
    enter(till, "ann", "bob", "cid")  # 24,000: two seats, 4,000 left
    asked = {"tournament": "t", "seats": [["ann", "a1"], ["bob", "b1"]], "next": ["cid", "c1"]}
    posted = till.post("confirm_seats", **asked)
    assert legs(posted) == [("2010/t", 24_000), ("2060", -20_000), ("2070/t", -4_000)]
    seq = posted.link.entry.seq
    assert posted.link.entry.data["tickets"] == [
        [f"{seq}-1", "ann", "main", 10_000],
        [f"{seq}-2", "bob", "main", 10_000],
    ]
    assert legs(till.post(**use(f"{seq}-1"))) == [
        ("2060", 10_000), ("2010/main", -8_000), ("4000", -1_000), ("2020/main", -1_000),
    ]  # fmt: skip
    till.post("pay_prize", tournament="t", player="cid", place=3, amount=4_000, **CASH)
    till.post("end_bounties", tournament="t", reason="x")
    till.post("pay_bounty", tournament="t", player="ann", amount=1_500, **CASH)
    till.post("pay_bounty", tournament="t", player="bob", amount=1_500, **CASH)
    assert till.journal.book.state.tournaments["t"].shown_state == "settled"
    assert till.balance("2060") == -10_000


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seats": [["ann", "a1"]]}, "places_wrong"),
        ({"seats": [["ann", "a1"], ["ann", "a1"]]}, "places_wrong"),
        ({"seats": [["ann", "a1"], ["bob", "a1"]]}, "unknown_player_entry"),
        ({"next": None}, "places_wrong"),
        ({"next": ["bob", "b1"]}, "places_wrong"),
        ({"tournament": "main"}, "no_satellite"),
    ],
)
def test_seats_that_the_pool_does_not_pay_are_refused(
    till: Till, changes: dict[str, Any], code: str
) -> None:  # [LE64]
    enter(till, "ann", "bob", "cid")
    asked = {"tournament": "t", "seats": [["ann", "a1"], ["bob", "b1"]], "next": ["cid", "c1"]}
    assert till.refuse("confirm_seats", **{**asked, **changes}) == code
    assert till.refuse("confirm_result", tournament="t", places=[["ann", "a1", 1]]) == "is_satellite"


def test_where_everybody_wins_a_seat_the_rest_is_shared(tmp_path: Path) -> None:  # [LE64]
    with Till(tmp_path) as till:
        till.open_house(satellite={"target": "main", "seat_cents": 3_333})
        enter(till, "ann", "bob")
        posted = till.post("confirm_seats", tournament="t", seats=[["ann", "a1"], ["bob", "b1"]])
        assert legs(posted) == [("2010/t", 16_000), ("2060", -6_666), ("2070/t", -4_667), ("2070/t", -4_667)]
        till.post("reverse", seq=posted.link.entry.seq, reason="x")
        assert (till.balance("2060"), till.balance("2010/t")) == (0, -16_000)


def test_a_pool_below_one_seat_is_paid_in_cash(tmp_path: Path) -> None:  # [LE64]
    with Till(tmp_path) as till:
        till.open_house(satellite={"target": "main", "seat_cents": 10_000})
        enter(till)
        assert till.refuse("confirm_seats", tournament="t", seats=[]) == "places_wrong"
        till.post("reverse", seq=till.journal.tip.seq, reason="nobody came")
        enter(till, "ann")
        posted = till.post("confirm_seats", tournament="t", seats=[], next=["ann", "a1"])
        assert legs(posted) == [("2010/t", 8_000), ("2070/t", -8_000)]


def test_a_used_seat_keeps_its_result(till: Till) -> None:  # [LE64]
    enter(till, "ann", "bob", "cid")
    asked = {"tournament": "t", "seats": [["ann", "a1"], ["bob", "b1"]], "next": ["cid", "c1"]}
    seq = till.post("confirm_seats", **asked).link.entry.seq
    used = till.post(**use(f"{seq}-1")).link.entry.seq
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"
    till.post("reverse", seq=used, reason="x")
    till.post("reverse", seq=seq, reason="x")
    assert till.refuse(**use(f"{seq}-1")) == "unknown_ticket"


def test_a_ticket_is_good_once_for_its_owner_in_its_event(till: Till) -> None:  # [LE65]
    ticket = sold(till)
    assert till.balance("2060") == -10_000
    assert till.refuse(**use("nope")) == "unknown_ticket"
    assert till.refuse(**use(ticket, "bob")) == "other_ticket"
    assert till.refuse(**use(ticket, tournament="t")) == "other_ticket"
    till.post(**use(ticket))
    assert till.refuse(**use(ticket, kind="re_entry", entry="m2")) == "ticket_used"
    refunded = till.post("unregister", tournament="main", entry="mann", reason="ill")
    assert legs(refunded)[0] == ("2060", -10_000)
    till.post(**use(ticket))


def test_a_ticket_of_another_value_is_not_the_price(till: Till) -> None:  # [LE65]
    assert till.refuse(**use(sold(till, amount=9_000))) == "wrong_amount"


def test_a_ticket_is_cashed_where_the_profile_lets_it(till: Till) -> None:  # [LE66]
    ticket = sold(till)
    asked = {"ticket": ticket, "player": "ann", **CASH}
    assert till.refuse("cash_ticket", **{**asked, "player": "bob"}) == "other_ticket"
    till.post("adopt_profile", profile={**PROFILE, "tickets_cashable": False})
    assert till.refuse("cash_ticket", **asked) == "not_cashable"
    till.post("adopt_profile", profile=PROFILE)
    cashed = till.post("cash_ticket", **asked)
    assert legs(cashed) == [("2060", 10_000), ("1010/d", -10_000)]
    assert till.refuse("cash_ticket", **asked) == "ticket_used"
    till.post("reverse", seq=cashed.link.entry.seq, reason="x")
    till.post(**use(ticket))


def test_a_ticket_that_the_house_gave_is_played_and_not_cashed(till: Till) -> None:  # [LE66]
    till.post("adopt_profile", profile={**PROFILE, "comp_limit_cents": 10_000})
    ticket = sold(till, method="comp")
    assert till.balance("5010") == 10_000
    assert till.refuse("cash_ticket", ticket=ticket, player="ann", **CASH) == "not_cashable"
    till.post(**use(ticket))


def test_a_ticket_expires_after_the_days_of_the_profile(till: Till) -> None:  # [LE66]
    ticket = sold(till)
    asked = {"ticket": ticket, "reason": "two years"}
    till.asked += 2 * DAY_MS
    assert till.refuse("expire_ticket", **asked) == "not_expired"
    till.post("adopt_profile", profile={**PROFILE, "ticket_days": 3})
    assert till.refuse("expire_ticket", **asked) == "not_expired"
    till.asked += DAY_MS
    expired = till.post("expire_ticket", **asked)
    assert legs(expired) == [("2060", 10_000), ("4030", -10_000)]
    till.post("reverse", seq=expired.link.entry.seq, reason="found")
    till.post(**use(ticket))


def test_a_sale_of_a_ticket_is_reversed_while_it_is_open(till: Till) -> None:  # [LE65]
    ticket = sold(till)
    used = till.post(**use(ticket)).link.entry.seq
    seq = int(ticket.partition("-")[0])
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"
    till.post("reverse", seq=used, reason="x")
    till.post("reverse", seq=seq, reason="x")
    assert till.balance("2060") == 0


@pytest.mark.parametrize(
    ("pool", "seat", "players", "expected"),
    [(24_000, 10_000, 3, (2, 4_000)), (30_000, 10_000, 2, (2, 10_000)), (9_999, 10_000, 5, (0, 9_999))],
)
def test_a_pool_pays_whole_seats(
    pool: int, seat: int, players: int, expected: tuple[int, int]
) -> None:  # [LE64]
    assert seats_of(pool, seat, players) == expected
    with pytest.raises(ValueError, match="seat"):
        seats_of(-1, seat, players)


@pytest.mark.parametrize("vector", VECTORS["satellites"], ids=lambda vector: vector["id"])
def test_published_satellites(vector: dict[str, Any]) -> None:  # [LE64] [LE155]
    pays = seats_of(vector["pool"], vector["seat"], 100)
    rest = rest_in_steps(pays.rest_cents, vector.get("consolation_step"), 100 - pays.seats)
    assert ["seat"] * pays.seats + list(rest) == vector["expect"]


@pytest.mark.parametrize(
    ("rest", "step", "players", "shares"),
    [
        (15_000, 6_000, 9, (6_000, 6_000, 3_000)),
        (15_000, 6_000, 2, (9_000, 6_000)),
        (15_000, None, 9, (15_000,)),
        (0, 6_000, 0, ()),
        (5_999, 6_000, 3, (5_999,)),
    ],
)
def test_a_rest_goes_in_steps(
    rest: int, step: int | None, players: int, shares: tuple[int, ...]
) -> None:  # [LE155]
    assert rest_in_steps(rest, step, players) == shares
    with pytest.raises(ValueError, match="rest"):
        rest_in_steps(1, step, 0)


def test_what_is_left_goes_in_steps_to_the_next_finishers(till: Till) -> None:  # [LE155]
    steps = {"target": "main", "seat_cents": 10_000, "step_cents": 2_500}
    till.post("adopt_tournament", tournament="t", rules={**RULES, "satellite": steps})
    enter(till, "ann", "bob", "cid", "dan")  # 32,000: three seats, 2,000 left
    till.post("withhold", tournament="t", part="staff", amount=6_000, reason="x")  # two seats, 6,000 left
    seats = [["ann", "a1"], ["bob", "b1"]]
    named = {"tournament": "t", "seats": seats, "rest": [["cid", "c1"]]}
    assert till.refuse("confirm_seats", **named) == "places_wrong"
    posted = till.post("confirm_seats", tournament="t", seats=seats, rest=[["cid", "c1"], ["dan", "d1"]])
    assert posted.link.entry.data["due"] == [["cid", "c1", 3, 3_500], ["dan", "d1", 4, 2_500]]


def test_a_seat_is_won_in_play_at_a_target_of_chips(till: Till) -> None:  # [LE156]
    for name in ("ann", "bob", "cid"):
        till.post(**sale("buy_in", name, f"{name[0]}1"))
    asked = {"tournament": "t", "player": "ann", "entry": "a1"}
    seq = till.post("award_seat", **asked).link.entry.seq
    assert legs(till.post("award_seat", **{**asked, "player": "bob", "entry": "b1"})) == [
        ("2010/t", 10_000), ("2060", -10_000),
    ]  # fmt: skip
    assert till.refuse("award_seat", **asked) == "places_wrong"
    assert till.refuse("award_seat", **{**asked, "player": "cid", "entry": "c1"}) == "places_wrong"
    assert till.refuse("unregister", tournament="t", entry="a1", drawer="d", reason="x") == "is_out"
    till.post(**use(f"{seq}-1"))
    assert till.refuse("reverse", seq=seq, reason="x") == "not_reversible"
    till.post("reverse", seq=seq + 1, reason="wrong stack")
    till.post("close_registration", tournament="t")
    assert till.refuse("confirm_seats", tournament="t", seats=[["ann", "a1"]]) == "places_wrong"
    named = {"seats": [["bob", "b1"]], "next": ["cid", "c1"]}
    posted = till.post("confirm_seats", tournament="t", **named)
    assert legs(posted) == [("2010/t", 14_000), ("2060", -10_000), ("2070/t", -4_000)]
    assert posted.link.entry.data["due"] == [["cid", "c1", 3, 4_000]]
    assert till.balance("2010/t") == 0


def test_no_seat_in_play_where_nothing_is_given_before_the_end(till: Till) -> None:  # [LE156] [LE63]
    till.post(**sale("buy_in", "ann", "a1"))
    till.post(**sale("buy_in", "bob", "b1"))
    till.post("adopt_profile", profile={**PROFILE, "pay_during_play": False})
    assert till.refuse("award_seat", tournament="t", player="ann", entry="a1") == "not_confirmed"
    assert till.refuse("award_seat", tournament="main", player="ann", entry="a1") == "no_satellite"


def milestone(till: Till, again: str, *players: str) -> None:
    """Event `t` gives a seat in play at a target of chips, and what `again` says to who has one."""
    rules = {**RULES, "satellite": {"target": "main", "seat_cents": 10_000, "again": again}}
    till.post("adopt_tournament", tournament="t", rules=rules)
    for name in players:
        till.post(**sale("buy_in", name, f"{name[0]}1"))


def award(till: Till, player: str, entry: str) -> Posted:
    return till.post("award_seat", tournament="t", player=player, entry=entry)


def test_a_second_seat_is_another_ticket_where_the_house_says_so(till: Till) -> None:  # [LE163]
    milestone(till, "ticket", "ann", "bob", "cid")
    award(till, "ann", "a1")
    asked = {"tournament": "t", "player": "ann", "entry": "a1"}
    assert till.refuse("award_seat", **asked) == "places_wrong"  # that stack left play
    till.post(**sale("re_entry", "ann", "a2"))
    second = award(till, "ann", "a2")
    assert legs(second) == [("2010/t", 10_000), ("2060", -10_000)]
    till.post("close_registration", tournament="t")
    posted = till.post("confirm_seats", tournament="t", seats=[["bob", "b1"]], next=["cid", "c1"])
    assert [owner for _, owner, *_ in posted.link.entry.data["tickets"]] == ["bob"]
    assert [one.owner for one in till.journal.book.state.tickets.values()] == ["ann", "ann", "bob"]


def test_a_second_seat_is_its_worth_in_cash_where_the_house_says_so(till: Till) -> None:  # [LE163]
    milestone(till, "cash", "ann", "bob", "cid")
    award(till, "ann", "a1")
    till.post(**sale("re_entry", "ann", "a2"))
    second = award(till, "ann", "a2").link.entry
    assert (second.data["tickets"], second.data["due"]) == ([], [["ann", "a2", 1, 10_000]])
    assert [(one.account, one.amount) for one in second.postings] == [("2010/t", 10_000), ("2070/t", -10_000)]
    pay = {"tournament": "t", "player": "ann", "place": 1, "amount": 10_000, **CASH}
    paid = till.post("pay_prize", **pay).link.entry.seq
    assert till.refuse("reverse", seq=second.seq, reason="x") == "not_reversible"
    till.post("reverse", seq=paid, reason="x")
    till.post("reverse", seq=second.seq, reason="wrong stack")
    assert (till.balance("2070/t"), till.refuse("pay_prize", **pay)) == (0, "not_confirmed")


def test_who_has_a_seat_of_another_satellite_is_paid_the_second_in_cash(till: Till) -> None:  # [LE163]
    milestone(till, "cash", "ann", "bob", "cid")
    held = sold(till)
    till.post("close_registration", tournament="t")
    named = {"tournament": "t", "seats": [["ann", "a1"], ["bob", "b1"]], "next": ["cid", "c1"]}
    posted = till.post("confirm_seats", **named)
    assert legs(posted) == [("2010/t", 24_000), ("2060", -10_000), ("2070/t", -10_000), ("2070/t", -4_000)]
    assert posted.link.entry.data["due"] == [["ann", "a1", 1, 10_000], ["cid", "c1", 3, 4_000]]
    till.post("reverse", seq=posted.link.entry.seq, reason="the ticket goes back first")
    till.post("cash_ticket", ticket=held, player="ann", **CASH)
    tickets = till.post("confirm_seats", **named).link.entry.data["tickets"]
    assert [owner for _, owner, *_ in tickets] == ["ann", "bob"]


def test_a_seat_paid_in_cash_waits_for_the_end_where_nothing_is_paid_in_play(till: Till) -> None:  # [LE163]
    milestone(till, "cash", "ann", "bob", "cid")
    sold(till)
    award(till, "ann", "a1")
    till.post("adopt_profile", profile={**PROFILE, "pay_during_play": False})
    pay = {"tournament": "t", "player": "ann", "place": 1, "amount": 10_000, **CASH}
    assert till.refuse("pay_prize", **pay) == "not_confirmed"
    till.post("close_registration", tournament="t")
    till.post("confirm_seats", tournament="t", seats=[["bob", "b1"]], next=["cid", "c1"])
    till.post("pay_prize", **pay)
    assert till.journal.book.state.tournaments["t"].shown_state == "confirmed"  # cid's rest is due
