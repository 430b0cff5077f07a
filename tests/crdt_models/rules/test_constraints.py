"""The constraints of the published vectors as rooms: facts in, proposal out; button positions by hand."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from crdt_models.documents.tournament import Button
from crdt_models.documents.typed import many
from crdt_models.facts import Index
from crdt_models.rules.seating.balancing import propose, seat_rules
from crdt_models.rules.seating.button import arrives_as, button_at, next_hand
from crdt_models.rules.seating.chart import TableSeats, seat_chart
from crdt_models.rules.seating.halting import halted
from crdt_models.rules.seating.rulebook import RULEBOOK
from tests.crdt_models.rules.written import reading

FOLDER: Final = Path(__file__).parents[2] / "vectors"
VECTORS: dict[str, Any] = json.loads((FOLDER / "constraints.json").read_text())
PUBLISHED: dict[str, Any] = json.loads((FOLDER / "seating.json").read_text())


def room(case: dict[str, Any]) -> tuple[Index, Index]:
    """The facts of a case: an event whose clock runs, and the furniture."""
    taken = {
        ident: seats if isinstance(seats, list) else list(range(1, seats + 1))
        for ident, seats in case["tables"].items()
    }
    buttons = case.get("buttons", dict.fromkeys(taken, [1, 2, 3]))
    facts: dict[str, Any] = {
        "setup": {
            "kind": "tournament", "name": "Friday 55", "starts_ms": 0, "starting_stack": 20_000,
            "late_until_level": 6, "seats_per_table": case.get("seats", 9),
            "max_diff": case.get("max_diff", 1),
        },
        "clock": {"level": 1, "state": "running", "anchor_ms": 0, "remaining_ms": 1},
        "seating": case.get("rules", {}),
    }  # fmt: skip
    for order, (ident, seats) in enumerate(taken.items(), start=1):
        facts[f"table/{ident}"] = {
            "open": True, "order": order, "locked": ident in case.get("locked", []),
            "held": case.get("held", {}).get(ident, []),
        } | ({"seats": case["max"]} if "max" in case else {})  # fmt: skip
        facts |= {f"seat/{ident}{seat}": {"table": ident, "seat": seat} for seat in seats}
    for ident, (button, small, big) in buttons.items():
        facts[f"button/{ident}"] = {"button": button, "small_blind": small, "big_blind": big}
    facts |= {f"need/{player}": need for player, need in case.get("needs", {}).items()}
    for n, (ident, seat, at_ms, how) in enumerate(case.get("left", [])):
        facts |= {
            f"bust/gone{n}": {"player": f"gone{n}", "at_ms": at_ms, "hand": "h", "table": ident, "seat": seat}
        } if how == "bust" else {
            f"move/away{n}": {
                "from_table": ident, "from_seat": seat, "to_table": "C", "to_seat": 1, "at_ms": at_ms
            }
        }  # fmt: skip
    if "hands" in case:
        facts["handforhand"] = {"state": "on", "run": 1, "hand": 4, "at_ms": 0}
        facts |= {f"dealt/{ident}": {"run": 1, "hand": 4} for ident in case["hands"]}
    furniture = {
        f"table/{ident}": {
            "number": n, "seats": case.get("chairs", 9), "out_of_use": case.get("out", {}).get(ident, [])
        }
        for n, ident in enumerate(taken, start=1)
    }  # fmt: skip
    return reading("tournament/t", facts), reading("config", furniture)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"])
def test_every_constraint_proposes_what_it_says(case: dict[str, Any]) -> None:  # [RU83] [RU84] [RU85] [RU134]
    tournament, config = room(case)
    step = propose(tournament, config, case.get("selling", False))
    told = json.loads(json.dumps({name: getattr(step, name) for name in case["expect"]}))
    assert told == case["expect"]
    assert propose(tournament, config, case.get("selling", False)) == step
    if "halts" in case:  # [RU37]
        chart, buttons = seat_chart(tournament, config), many(tournament, "button/", Button)
        found = halted(chart, buttons, seat_rules(tournament))
        assert [[halt.table, halt.short_by, halt.now] for halt in found] == case["halts"]


def test_every_published_constraint_has_a_case() -> None:
    ours = {case["id"].split()[0] for key in ("cases", "arrivals") for case in VECTORS[key]}
    assert {case["id"] for case in PUBLISHED["constraints"]} <= ours | VECTORS["elsewhere"].keys()


def test_every_rule_a_proposal_names_is_in_the_rulebook() -> None:
    """[RU83]"""
    named = {case["expect"]["rule"] for case in VECTORS["cases"] if "rule" in case["expect"]}
    assert named <= RULEBOOK.keys()
    assert all(
        name.startswith(f"TDA {rule.year} {rule.number}") for name, rule in RULEBOOK.items() if rule.year
    )


def seats_of(seats: list[int]) -> TableSeats:
    return TableSeats("t", 1, 9, players={seat: f"p{seat}" for seat in seats})


def button(positions: list[int]) -> Button:
    return Button(button=positions[0], small_blind=positions[1], big_blind=positions[2])


@pytest.mark.parametrize("case", VECTORS["arrivals"], ids=lambda case: case["id"])
def test_any_seat_may_be_drawn_and_arrives_as_it_is(case: dict[str, Any]) -> None:
    assert arrives_as(button(case["last"]), seats_of(case["table"]), case["seat"]) == case["arrives_as"]


@pytest.mark.parametrize("case", VECTORS["set"], ids=lambda case: case["id"])
def test_the_floor_sets_the_button(case: dict[str, Any]) -> None:  # [RU39]
    made = button_at(seats_of(case["table"]), case["seat"])
    assert (made and [made.button, made.small_blind, made.big_blind]) == case["made"]


@pytest.mark.parametrize("case", VECTORS["dead"], ids=lambda case: case["id"])
def test_the_button_may_be_dead_but_not_heads_up(case: dict[str, Any]) -> None:  # [RU30]
    hand = next_hand(button(case["last"]), seats_of(case["table"]))
    assert (hand and [hand.button, hand.small_blind, hand.big_blind]) == case["next"]
    assert (hand and [hand.dead_button, hand.dead_small_blind]) == case["dead"]
