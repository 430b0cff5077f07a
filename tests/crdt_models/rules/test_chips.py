"""Chips in play and at tables: the shared vectors, and that nothing is lost between tables."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.facts import FactReader, Json
from crdt_models.rules.elimination.chips import (
    bought_by,
    chips_in_play,
    chips_off,
    expected_at,
    known_stacks,
    unbagged,
)
from tests.crdt_models.rules.written import reading

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "chips.json").read_text(encoding="utf-8")
)
TABLES = ("t1", "t2", "t3")
SETUP: Json = {
    "kind": "tournament", "name": "E", "starts_ms": 0, "seats_per_table": 9, "starting_stack": 1_000,
    "late_until_level": 6,
}  # fmt: skip


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["id"][:3])
def test_chips_as_worked_by_hand(case: dict[str, Any]) -> None:  # [RU95] [RU96]
    tournament = reading("tournament/e", case["tournament"], case["at_ms"])
    cage = reading("cage", case["cage"])
    sums = chips_in_play(tournament, "e", cage)
    parts = [sums.entries, sums.rebuys, sums.add_ons, sums.early_birds, sums.raced, sums.removed]
    assert [*parts, sums.corrected, sums.total] == case["in_play"]
    assert {table: expected_at(tournament, "e", cage, table) for table in case["expected"]} == case[
        "expected"
    ]
    known = known_stacks(tournament, "e", cage)
    assert {player: [*known[player]] for player in case.get("known", ())} == case.get("known", {})
    assert [[off.table, off.difference] for off in chips_off(tournament)] == case["off"]


@st.composite
def rooms(draw: st.DrawFn) -> dict[str, Json]:
    """Players who sit somewhere or went out somewhere, some counted, some moved."""
    facts: dict[str, Json] = {"setup": SETUP, "terms/rebuy": {"chips": 800}, "terms/add_on": {"chips": 1_500}}
    for n in range(draw(st.integers(1, 9))):
        facts[f"entry/e{n}"] = {"player": f"p{n}", "number": 1}
        table = draw(st.sampled_from(TABLES))
        if draw(st.booleans()):
            facts[f"bust/e{n}"] = {"player": f"p{n}", "at_ms": 100, "hand": f"h{n}", "table": table}
        else:
            facts[f"seat/p{n}"] = {"table": table, "seat": n + 1}
    for n in range(draw(st.integers(0, 3))):
        chips, table = draw(st.integers(0, 500)), draw(st.sampled_from(TABLES))
        facts[f"inplay/r{n}"] = {"why": "raced", "chips": chips, "at_ms": 100, "table": table}
    return facts


def sold(
    data: st.DataObject, lives: Iterable[str], before: Mapping[str, Mapping[str, int]] | None = None
) -> dict[str, dict[str, int]]:
    """Life → what it bought, on top of what it had `before`."""
    return {
        life: {
            kind: (before or {}).get(life, {}).get(kind, 0) + data.draw(st.integers(0, 2))
            for kind in ("rebuys", "add_ons")
        }
        for life in lives
    }


def cage_of(sales: Mapping[str, Mapping[str, int]]) -> FactReader:
    money: Json = {
        "entries": 9, "players": 9, "pool_cents": 0, "amounts": [], "provisional": True,
        **{kind: sum(one[kind] for one in sales.values()) for kind in ("rebuys", "add_ons")},
    }  # fmt: skip
    facts: dict[str, Json] = {"tournament/e": money}
    for n, (life, one) in enumerate(sales.items(), start=1):
        facts[f"entry/{life}"] = {
            "tournament": "e",
            "player": f"p{life[1:]}",
            "kind": "buy_in",
            "seq": n,
            **one,
        }
    return reading("cage", facts)


@given(rooms(), st.data())
def test_what_tables_should_hold_is_what_is_in_play_also_after_counts(
    facts: dict[str, Json], data: st.DataObject
) -> None:  # [RU96]
    sales = sold(data, [name[6:] for name in facts if name.startswith("entry/")])
    cage = cage_of(sales)
    before = reading("tournament/e", facts, dict.fromkeys(facts, 1))
    total = chips_in_play(before, "e", cage).total
    assert sum(expected_at(before, "e", cage, table) for table in TABLES) == total
    for table in data.draw(st.lists(st.sampled_from(TABLES), unique=True)):
        now = reading("tournament/e", facts, dict.fromkeys(facts, 1))
        expected = expected_at(now, "e", cage, table)
        here = sorted(
            name[5:]
            for name, seat in facts.items()
            if name[:5] == "seat/" and seat["table"] == table  # type: ignore[index,call-overload]
        )
        if not here:
            continue
        each, rest = divmod(expected, len(here))  # chips went round at the table
        for n, player in enumerate(here):
            chips, bought = each + (rest if n == 0 else 0), bought_by(now, "e", cage)(f"e{player[1:]}")
            facts[f"stack/{player}"] = {"chips": chips, "at_ms": 200, "bought": bought}
        facts[f"checked/{table}"] = {"counted": expected, "expected": expected, "at_ms": 200}
    after = reading("tournament/e", facts, dict.fromkeys(facts, 1))
    assert sum(expected_at(after, "e", cage, table) for table in TABLES) == total
    assert chips_off(after) == []
    playing = [life for life in sales if f"bust/{life}" not in facts]
    later = cage_of(sales | sold(data, playing, sales))
    more = chips_in_play(after, "e", later).total
    assert sum(expected_at(after, "e", later, table) for table in TABLES) == more


@pytest.mark.parametrize(
    ("bag", "done"),
    [
        (None, False),
        ({"chips": 5, "at_ms": 1}, False),
        ({"chips": 5, "at_ms": 1, "signed": True}, False),
        ({"chips": 5, "at_ms": 1, "second": 5}, False),
        ({"chips": 5, "at_ms": 1, "signed": True, "second": 6}, False),
        ({"chips": 5, "at_ms": 1, "signed": True, "second": 5}, True),
    ],
)
def test_a_bag_is_done_when_it_is_signed_and_counted_twice(bag: Json, done: bool) -> None:  # [RU97]
    facts = reading("tournament/e", {"bag/ana": bag})
    assert unbagged(facts, ["ana"]) == ([] if done else ["ana"])
