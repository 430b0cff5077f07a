"""Break and balance proposals: the published cases step by step, then the laws for any room."""

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.seating import Need, SeatRules
from crdt_models.documents.tournament import Button
from crdt_models.rules.seating.balancing import balance
from crdt_models.rules.seating.button import next_hand, seat_after
from crdt_models.rules.seating.chart import Chart, TableSeats
from crdt_models.rules.seating.consolidation import consolidate, table_to_break
from crdt_models.rules.seating.draw_pool import SeatPlan, break_plan, redraw_plan
from crdt_models.rules.seating.halting import halted
from crdt_models.rules.seating.proposal import Proposal, basis_of

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "seating.json").read_text(encoding="utf-8")
)


def chart_of(tables: list[dict[str, Any]]) -> Chart:
    return Chart({
        table["id"]: TableSeats(
            table["id"], n, table["max"], order=n,
            players={seat: f"{table['id']}{seat}" for seat in table["occupied"]},
        )
        for n, table in enumerate(tables, start=1)
    })  # fmt: skip


def buttons_of(tables: list[dict[str, Any]]) -> dict[str, Button]:
    return {
        table["id"]: Button(
            button=table["last_hand"]["btn"],
            small_blind=table["last_hand"]["sb"],
            big_blind=table["last_hand"]["bb"],
        )
        for table in tables
    }


def even(counts: dict[str, int], seats: int = 9) -> Chart:
    return Chart({
        ident: TableSeats(
            ident, n, seats, order=n, players={seat: f"{ident}{seat}" for seat in range(1, count + 1)}
        )
        for n, (ident, count) in enumerate(counts.items(), start=1)
    })  # fmt: skip


def moved(chart: Chart, step: Proposal) -> Chart:
    assert step.table is not None
    assert step.to_table is not None
    assert step.to_seat is not None
    giver, taker = chart.tables[step.table], chart.tables[step.to_table]
    left = {seat: player for seat, player in giver.players.items() if player != step.player}
    assert len(left) == len(giver.players) - 1
    assert step.to_seat in taker.free()
    joined = {**taker.players, step.to_seat: step.player or ""}
    tables = {
        **chart.tables,
        giver.table: replace(giver, players=left),
        taker.table: replace(taker, players=joined),
    }
    return replace(chart, tables=tables)


@pytest.mark.parametrize("case", VECTORS["balance"], ids=lambda case: case["id"])
def test_tables_are_balanced_as_published(case: dict[str, Any]) -> None:  # [RU32]
    chart, buttons, moves = chart_of(case["tables"]), buttons_of(case["tables"]), []
    while (step := balance(chart, buttons, case["max_diff"])).kind == "move":
        moves.append({
            "frm": step.table, "from_seat": step.from_seat, "to": step.to_table, "to_seat": step.to_seat,
            "arrives_as": step.arrives_as,
        })  # fmt: skip
        chart = moved(chart, step)
    if step.kind == "defer":
        moves.append({"defer": step.to_table})
    assert moves == case["expect_moves"]
    assert {ident: len(table.players) for ident, table in chart.tables.items()} == case["expect_counts"]


@pytest.mark.parametrize(
    ("counts", "breaks"),
    [
        ({"A": 9, "B": 9, "C": 8}, None),  # K01
        ({"A": 7, "B": 7, "C": 7, "D": 6}, "A"),  # K02
        ({"A": 7, "B": 6, "C": 6}, None),  # K04
        ({"A": 6, "B": 6, "C": 6}, "A"),
        ({"A": 8, "B": 1}, "B"),  # K20: one player alone can play no hand
        ({"A": 0, "B": 4}, None),
        ({"A": 4}, None),
        ({}, None),
    ],
)
def test_a_table_breaks_once_the_others_have_room(
    counts: dict[str, int], breaks: str | None
) -> None:  # [RU34]
    assert table_to_break(even(counts)) == breaks


def test_a_button_that_is_not_known_or_not_there_proposes_no_seat() -> None:  # [RU33]
    chart, known = even({"A": 9, "B": 6}), Button(button=1, small_blind=2, big_blind=3)
    step = balance(chart, {"A": known}, 1)
    assert (step.kind, step.table, step.reason, step.player) == ("blocked", "B", "button_unknown", "A4")
    step = balance(chart, {"B": known}, 1)
    assert (step.kind, step.table, step.reason, step.player) == ("blocked", "A", "button_unknown", None)
    step = balance(chart, {"A": known, "B": Button(button=12, small_blind=2, big_blind=3)}, 1)
    assert (step.kind, step.table, step.reason, step.to_seat) == ("blocked", "B", "button_invalid", None)


def test_the_basis_changes_with_the_table_and_with_nothing_else() -> None:  # [RU36]
    chart, button = even({"A": 9, "B": 6, "C": 2}), {"A": Button(button=1, small_blind=2, big_blind=3)}
    basis = basis_of(chart, button, ("A", "B"))
    assert basis == basis_of(chart, button, ("B", "A"))
    assert basis == basis_of(even({"A": 9, "B": 6, "C": 3}), button, ("A", "B"))
    assert basis != basis_of(even({"A": 8, "B": 6, "C": 2}), button, ("A", "B"))
    assert basis != basis_of(chart, {}, ("A", "B"))


def test_a_broken_table_has_a_seat_for_everybody() -> None:  # [RU35]
    chart = even({"A": 9, "B": 5, "C": 4, "D": 6})
    plan = break_plan(chart, {}, "A", Random(7).randrange)
    assert plan.fault is None
    assert sorted(move.player for move in plan.moves) == sorted(chart.tables["A"].players.values())
    assert len({move.to for move in plan.moves}) == 9
    assert all(move.to.seat in chart.tables[move.to.table].free() for move in plan.moves)
    counts = [len(table.players) for table in chart.tables.values() if table.table != "A"]
    for n, ident in enumerate(["B", "C", "D"]):
        counts[n] += sum(move.to.table == ident for move in plan.moves)
    assert max(counts) - min(counts) <= 1


def test_a_table_that_fits_nowhere_is_not_broken() -> None:
    assert break_plan(even({"A": 9, "B": 9}), {}, "A", Random(1).randrange).fault == "no_room"
    assert break_plan(even({"A": 9}), {}, "Z", Random(1).randrange).fault == "no_table"


@st.composite
def rooms(draw: st.DrawFn) -> tuple[Chart, dict[str, Button]]:
    tables, buttons, needs = {}, {}, {}
    for n in range(draw(st.integers(0, 7))):
        seats = draw(st.integers(2, 10))
        ident = f"t{n}"
        who = draw(st.sets(st.integers(1, seats)))
        tables[ident] = TableSeats(
            ident, n, seats, order=draw(st.integers(1, 3)), locked=draw(st.booleans()),
            out_of_use=draw(st.frozensets(st.integers(1, 12), max_size=2)),
            held=draw(st.frozensets(st.integers(1, 12), max_size=2)),
            players={seat: f"p{n}-{seat}" for seat in who}, chairs=draw(st.integers(seats, 12)),
        )  # fmt: skip
        needs |= {f"p{n}-{seat}": Need(stays=draw(st.booleans())) for seat in who if draw(st.booleans())}
        if draw(st.booleans()):
            seat = st.integers(1, 12)
            buttons[ident] = Button(button=draw(seat), small_blind=draw(seat), big_blind=draw(seat))
    return Chart(tables, needs=needs), buttons


house = st.builds(
    SeatRules,
    game=st.sampled_from(["blinds", "stud"]),
    spare_seats=st.integers(0, 3),
    final_seats=st.none() | st.integers(2, 12),
    redraw_tables=st.lists(st.integers(1, 3), max_size=3),
)
Room = tuple[Chart, dict[str, Button]]


def people(chart: Chart) -> list[str]:
    return sorted(player for table in chart.tables.values() for player in table.players.values())


@given(rooms(), st.integers(1, 3), house)
def test_balancing_any_room_ends_and_loses_nobody(room: Room, limit: int, rules: SeatRules) -> None:
    """[RU38] K28, K29: and leaves no table too short without saying why."""
    chart, buttons = room
    everybody, step = people(chart), Proposal("none")
    for _ in everybody:
        step = balance(chart, buttons, limit, rules)
        assert step == balance(chart, buttons, limit, rules)
        if step.kind != "move":
            break
        assert step.to_table is not None
        if rules.game == "blinds":
            assert step.to_seat != buttons[step.to_table].big_blind  # the next small blind
        assert step.player not in chart.needs or not chart.needs[step.player].stays
        chart = moved(chart, step)
    else:
        assert not everybody
    assert people(chart) == everybody
    counts = [len(table.players) for table in chart.open_tables if table.players and not table.locked]
    if step.kind == "none" and step.reason == "even":
        assert not counts or max(counts) - min(counts) <= limit


@given(rooms(), house, st.integers(2, 10))
def test_consolidating_any_room_keeps_everybody(room: Room, rules: SeatRules, seats: int) -> None:
    """[RU84] Every table that is to go has seats for its players, of which the plan draws one for each."""
    chart, buttons = room
    step = consolidate(chart, buttons, rules, seats)
    if step is None or step.kind == "blocked":
        return
    plan: SeatPlan
    if step.kind == "break":
        assert step.table is not None
        plan = break_plan(chart, buttons, step.table, lambda below: below - 1, step.keeps, step.seats)
    else:
        plan = redraw_plan(chart, buttons, step.keeps, lambda below: below - 1, step.seats)
        open_tables = {table.table for table in chart.open_tables}
        assert {*plan.closes, *step.keeps} == open_tables
    if plan.fault is None:
        assert len({move.to for move in plan.moves}) == len(plan.moves)
        for move in plan.moves:
            assert move.to.seat in chart.tables[move.to.table].usable(step.seats)
            assert not step.keeps or move.to.table in step.keeps
    elif step.kind == "break":
        raise AssertionError("a table was to break whose players have no seats")


@given(rooms())
def test_the_big_blind_moves_exactly_one_player_a_hand(room: Room) -> None:  # [RU30]
    chart, buttons = room
    for ident, last in buttons.items():
        table = chart.tables[ident]
        hand = next_hand(last, table)
        if hand is not None:
            assert hand.big_blind == seat_after(last.big_blind, table.seats, table.players)
            around = {hand.big_blind}
            for _ in range(len(table.players) - 1):
                hand = next_hand(
                    Button(button=hand.button, small_blind=hand.small_blind, big_blind=hand.big_blind), table
                )
                assert hand is not None
                around.add(hand.big_blind)
            assert around == table.players.keys()  # nobody pays it twice before all have


@given(rooms(), st.randoms(use_true_random=False))
def test_breaking_any_table_of_any_room_seats_each_body_once(room: Room, random: Random) -> None:  # [RU35]
    chart, buttons = room
    for ident, table in chart.tables.items():
        plan = break_plan(chart, buttons, ident, random.randrange)
        if plan.fault is None:
            assert len({move.to for move in plan.moves}) == len(plan.moves) == len(table.players)
            assert all(move.to.seat in chart.tables[move.to.table].free() for move in plan.moves)
            assert not any(chart.tables[move.to.table].locked for move in plan.moves)
    table_to_break(chart)
    halted(chart, buttons)
