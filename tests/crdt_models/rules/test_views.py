"""Views of one small evening, and that any valid facts make every view."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.facts import FactReader, Json
from crdt_models.rules.reconcile import disagreements
from crdt_models.rules.seating.balancing import propose
from crdt_models.rules.seating.chart import seat_chart
from crdt_models.rules.views import VIEWS, documents_of, view
from tests.crdt_models.rules.arbitrary import Documents, documents, rivals
from tests.crdt_models.rules.rooms import venue
from tests.crdt_models.rules.written import reading

EVENING: dict[str, dict[str, Json]] = {
    "config": {
        "venue": {"name": "Club", "currency": "EUR", "time_zone": "Europe/Copenhagen"},
        "table/t1": {"number": 12, "seats": 9},
        "table/t2": {"number": 4, "seats": 9},
        "table/c1": {"number": 31, "seats": 9},
    },
    "roster": {
        "player/ana": {"name": "Ana", "club_number": 7},
        "player/an2": {"name": "Ana", "club_number": 9},
        "player/bea": {"name": "Bea"},
        "player/cyd": {"name": "cyd"},
    },
    "tournament/e": {
        "setup": {
            "kind": "tournament", "name": "Friday 55", "letter": "B", "starts_ms": 5, "seats_per_table": 9,
            "starting_stack": 20_000, "late_until_level": 1,
        },
        "level/1": {"kind": "play", "duration_ms": 60_000, "small": 100, "big": 200, "ante": 200},
        "level/2": {"kind": "break", "duration_ms": 30_000},
        "level/3": {"kind": "play", "duration_ms": 60_000, "small": 200, "big": 400, "ante": 400},
        "clock": {"level": 1, "state": "running", "anchor_ms": 1_000, "remaining_ms": 60_000},
        "table/t1": {"open": True, "order": 1},
        "table/t2": {"open": True, "order": 2},
        "entry/l1": {"player": "ana", "number": 1},
        "entry/l2": {"player": "an2", "number": 1},
        "entry/l3": {"player": "bea", "number": 1},
        "entry/l4": {"player": "cyd", "number": 1},
        "seat/ana": {"table": "t1", "seat": 4},
        "seat/an2": {"table": "t2", "seat": 2},
        "move/an2": {"from_table": "t1", "from_seat": 5, "to_table": "t2", "to_seat": 2, "at_ms": 1_500},
        "move/ana": {"from_table": "t1", "from_seat": 5, "to_table": "t2", "to_seat": 3, "at_ms": 1_400},
        "stack/ana": {"chips": 30_000, "at_ms": 1_600},
        "bust/l3": {"player": "bea", "at_ms": 1_700, "hand": "h1"},
        "bust/l4": {"player": "cyd", "at_ms": 1_700, "hand": "h1"},
    },
    "cage": {
        "tournament/e": {
            "entries": 4, "players": 4, "pool_cents": 19_800, "guarantee_cents": 10_000,
            "amounts": [10_000, 6_000, 3_800], "provisional": True,
        },
        "entry/l1": {"tournament": "e", "player": "ana", "kind": "buy_in", "seq": 11},
    },
    "floor": {
        "list/nl": {"name": "NL 1/2"},
        "cash/c1": {"list": "nl", "state": "open"},
        "waitlist/w1": {"list": "nl", "player": "bea"},
        "waitlist/w2": {"list": "nl", "player": "cyd"},
        "arrived/w2": {"number": 1, "at_ms": 5},
        "call/w2": {"table": "c1", "seat": 3, "until_ms": 90_000},
    },
    "displays": {
        "device/d1": {"name": "Bar"},
        "show/d1": {"views": ["clock", "waitlist", "blank"], "tournament": "e", "seconds": 20},
        "announce/a1": {"text": "Hand for hand", "until_ms": 9_000},
        "announce/a2": {"text": "Old", "until_ms": 1_000},
        "announce/a3": {"text": "Elsewhere", "until_ms": 9_000, "devices": ["d2"]},
        "theme": {"accent": "#ffaa00"},
    },
    "phone/bea": {"request/q1": {"kind": "join_list", "list": "nl", "until_ms": 9_000}},
    "answers/bea": {"answer/q0": {"answer": "declined", "text": "Full"}},
}  # fmt: skip


def evening(document: str) -> FactReader:
    return reading(document, EVENING.get(document, {}))


def made(name: str, ident: str, now: int = 2_000) -> Any:
    found = view(name, ident, evening, now)
    assert found is not None
    return json.loads(json.dumps(found))


def test_the_clock_view_holds_what_a_wall_shows() -> None:
    clock = made("clock", "e")
    assert clock["clock"] == {"level": 1, "state": "running", "anchor_ms": 1_000, "remaining_ms": 60_000}
    assert [(row["kind"], row["number"]) for row in clock["plan"]] == [
        ("play", 1),
        ("break", None),
        ("play", 2),
    ]
    assert (clock["left"], clock["entries"], clock["players"]) == (2, 4, 4)
    assert (clock["chips"], clock["average"]) == (80_000, 40_000)
    assert (clock["pool_cents"], clock["amounts"], clock["provisional"]) == (
        19_800,
        [10_000, 6_000, 3_800],
        True,
    )
    assert (clock["number"], clock["break_ms"], clock["registration"]) == (1, 61_000, "open")
    assert clock["blinds"] == {"small": 100, "big": 200, "ante": 200, "ante_by": "big_blind"}
    later = made("clock", "e", 91_000)
    assert (later["level"], later["number"], later["registration"]) == (3, 2, "closed")
    assert later["next"] is None
    assert made("clock", "e", 61_000)["blinds"] is None


def test_seats_are_listed_by_name_and_only_moves_that_hold() -> None:
    seating = made("seating", "e")
    assert [(row["name"], row["table"], row["seat"]) for row in seating["seats"]] == [
        ("Ana #7", 12, 4),
        ("Ana #9", 4, 2),
    ]
    assert seating["moves"] == [
        {"name": "Ana #9", "from_table": 12, "from_seat": 5, "to_table": 4, "to_seat": 2, "at_ms": 1_500}
    ]


def test_tied_places_share_and_are_shown_as_one() -> None:
    places = made("payouts", "e")["places"]
    assert places == [
        {"place": 1, "place_to": 1, "amount_cents": 10_000, "name": None},
        {"place": 2, "place_to": 2, "amount_cents": 6_000, "name": None},
        {"place": 3, "place_to": 4, "amount_cents": 1_900, "name": "Bea, cyd"},
    ]


def test_a_deal_is_shown_by_sum_and_what_stays_for_the_winner() -> None:  # [LE150]
    deal = {"place": 2, "players": ["ana", "bea"], "amounts": [7_000, 8_000], "aside_cents": 1_000}

    def agreed(document: str) -> FactReader:
        facts = EVENING.get(document, {})
        return reading(document, {**facts, "deal/e": deal} if document == "cage" else facts)

    found = json.loads(json.dumps(view("payouts", "e", agreed, 2_000)))
    assert [(row["place"], row["place_to"], row["amount_cents"]) for row in found["places"]][:3] == [
        (1, 1, 1_000),
        (1, 2, 8_000),
        (1, 2, 7_000),
    ]


def test_who_goes_out_after_a_deal_sees_what_was_agreed_and_not_what_the_place_pays() -> None:  # [LE151]
    deal = {
        "place": 3,
        "players": ["ana", "an2", "bea"],
        "amounts": [9_000, 6_000, 4_000],
        "aside_cents": 800,
    }

    def agreed(document: str) -> FactReader:
        facts = EVENING.get(document, {})
        return reading(document, {**facts, "deal/e": deal} if document == "cage" else facts)

    told = view("phone", "ana", agreed, 2_000)
    assert json.loads(json.dumps(told))["deal"] == {"amount_cents": 9_000, "aside_cents": 800}  # still in
    clock = json.loads(json.dumps(view("clock", "e", agreed, 2_000)))
    assert (clock["amounts"], clock["dealt"], clock["aside_cents"]) == ([9_000, 6_000, 4_000], 3, 800)

    rows = json.loads(json.dumps(view("rankings", "e", agreed, 2_000)))["rows"]
    assert [(row["name"], row["amount_cents"]) for row in rows][2:] == [("Bea", 4_000), ("cyd", 1_900)]

    over = {**EVENING["tournament/e"], "bust/l2": {"player": "an2", "at_ms": 9, "hand": "z"}}
    told = view("phone", "ana", lambda at: reading(at, over) if at == "tournament/e" else agreed(at), 2_000)
    assert json.loads(json.dumps(told))["busted"] == {"place": 1, "amount_cents": 9_800}  # with what stayed


def test_rankings_put_counted_stacks_first_then_who_is_left_then_who_is_out() -> None:
    rankings = made("rankings", "e")
    rows = [
        (row["name"], row["place"], row["chips"], row["busted"], row["amount_cents"])
        for row in rankings["rows"]
    ]
    assert rows == [
        ("Ana #7", None, 30_000, False, None),
        ("Ana #9", None, None, False, None),
        ("Bea", 3, None, True, 1_900),
        ("cyd", 3, None, True, 1_900),
    ]
    assert (rankings["left"], rankings["as_of_ms"], rankings["currency"]) == (2, 1_600, "EUR")


def test_the_waitlist_tells_called_from_waiting() -> None:
    (row,) = made("waitlist", "")["lists"]
    assert (row["name"], row["tables"], row["open_seats"]) == ("NL 1/2", 1, 8)
    assert row["waiting"] == [{"name": "Bea", "state": "waiting"}]
    assert row["calls"] == [{"name": "cyd", "table": 31, "seat": 3, "until_ms": 90_000}]


def test_a_display_holds_its_rotation_and_the_announcements_for_it() -> None:
    display = made("display", "d1")
    assert [shown["view"] for shown in display["views"]] == ["clock", "waitlist", "blank"]
    assert display["announcements"] == [{"id": "a1", "text": "Hand for hand", "until_ms": 9_000}]
    assert (display["name"], display["assigned"], display["seconds"]) == ("Bar", True, 20)
    assert display["theme"] == {"accent": "#ffaa00", "logo": ""}
    unknown = made("display", "d9")
    assert (unknown["name"], unknown["assigned"], unknown["views"]) == (None, False, [])


def test_a_phone_counts_the_heads_its_player_took_alone_or_with_others() -> None:
    taken: dict[str, Json] = {"knocker/l3": {"by": ["l1"]}, "knocker/l4": {"by": ["l2", "l1"]}}

    def read(document: str) -> FactReader:
        facts = EVENING.get(document, {})
        return reading(document, {**facts, **taken} if document == "tournament/e" else facts)

    told = json.loads(json.dumps(view("phone", "ana", read, 2_000)))
    assert told["own"]["heads"] == 2


def test_a_phone_sees_its_own_things() -> None:  # [RU71]
    ana = made("phone", "ana")
    assert (ana["seat"], ana["tournament"], ana["event"]) == ({"table": 12, "seat": 4}, "e", "Friday 55")
    assert ana["entry"] == {"number": 1, "paid": True, "seq": 11}
    assert (ana["busted"], ana["move"], ana["call"]) == (None, None, None)
    assert ana["clock"]["view"] == "clock"
    assert ana["own"] == {"entries": 1, "heads": 0, "chips": 30_000, "chips_at_ms": 1_600}
    bea = made("phone", "bea")
    assert (bea["tournament"], bea["seat"], bea["clock"], bea["own"]) == (None, None, None, None)
    assert bea["lists"] == [
        {
            "list": "nl", "name": "NL 1/2", "tables": 1, "waiting": 2, "place": 2, "entry": "w1",
            "request": "q1", "wait_minutes": 0, "state": "waiting",
        }
    ]  # fmt: skip
    assert bea["answers"] == [{"request": "q0", "answer": "declined", "text": "Full"}]
    cyd = made("phone", "cyd")
    assert cyd["call"] == {"list_name": "NL 1/2", "table": 31, "seat": 3, "until_ms": 90_000}
    assert "Bea" not in json.dumps(cyd)


def test_a_view_says_which_documents_it_reads() -> None:
    for name, has_ident in VIEWS.items():
        ident = {"phone": "ana", "display": "d1"}.get(name, "e") if has_ident else ""
        read: set[str] = set()

        def recording(document: str, read: set[str] = read) -> FactReader:
            read.add(document)
            return evening(document)

        assert view(name, ident, recording, 2_000) is not None
        assert read <= documents_of(name, ident, evening)


@pytest.mark.parametrize("name", ["clock", "seating", "payouts", "rankings"])
def test_there_is_no_view_of_an_event_that_is_not_there(name: str) -> None:
    assert view(name, "nowhere", evening, 0) is None
    assert view("nothing", "e", evening, 0) is None


READ = ["config", "roster", "tournament/a", "cage", "floor", "displays", "phone/a", "answers/a"]


@given(documents(READ), st.integers(0, 20_000))
def test_any_facts_and_rivals_make_every_view(facts: Documents, now: int) -> None:  # [RU70]
    def read(document: str) -> FactReader:
        return rivals(document, facts.get(document, []))

    for name in VIEWS:
        found = view(name, "a", read, now)
        json.dumps(found)
        documents_of(name, "a", read)
    propose(read("tournament/a"), read("config"))
    seat_chart(read("tournament/a"), read("config"))
    disagreements(read("tournament/a"), "a", read("cage"), now)


@given(st.integers(0, 2**32).map(venue), st.integers(0, 60_000))
def test_any_room_makes_every_view_and_places_that_add_up(facts: Documents, now: int) -> None:
    def read(document: str) -> FactReader:
        return rivals(document, facts.get(document, []))

    for name in VIEWS:
        json.dumps(view(name, "a", read, now))
    rankings = view("rankings", "a", read, now)
    assert rankings is not None
    rows = rankings["rows"]
    assert isinstance(rows, list)
    lives = [
        value
        for name, value in facts["tournament/a"]
        if name.startswith("entry/") and isinstance(value, dict)
    ]
    assert len(rows) >= len({str(life["player"]) for life in lives})
