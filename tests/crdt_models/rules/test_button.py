"""The dead button and the incoming seat: all published cases."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.tournament import Button
from crdt_models.rules.seating.button import arrives_as, incoming_seat, next_hand
from crdt_models.rules.seating.chart import TableSeats

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "seating.json").read_text(encoding="utf-8")
)


def seats_of(table: dict[str, Any]) -> TableSeats:
    players = {seat: f"{table['id']}{seat}" for seat in table["occupied"]}
    return TableSeats(table["id"], 1, table["max"], players=players)


def button_of(table: dict[str, Any]) -> Button:
    last = table["last_hand"]
    return Button(button=last["btn"], small_blind=last["sb"], big_blind=last["bb"])


@pytest.mark.parametrize("case", VECTORS["button"], ids=lambda case: case["id"])
def test_the_button_moves_as_published(case: dict[str, Any]) -> None:  # [RU30]
    hand = next_hand(button_of(case["table"]), seats_of(case["table"]))
    assert hand is not None
    expected = case["expect_next"]
    assert (hand.button, hand.small_blind, hand.big_blind) == (
        expected["btn"],
        expected["sb"],
        expected["bb"],
    )
    assert (hand.dead_button, hand.dead_small_blind) == (expected["dead_btn"], expected["dead_sb"])


@pytest.mark.parametrize("case", VECTORS["incoming_seat"], ids=lambda case: case["id"])
def test_a_newcomer_gets_the_worst_seat(case: dict[str, Any]) -> None:  # [RU31]
    incoming = incoming_seat(button_of(case["table"]), seats_of(case["table"]))
    assert (incoming.seat, incoming.arrives_as) == (case["expect_seat"], case["arrives_as"])


positions = st.integers(1, 12)
tables = st.builds(
    lambda seats, players: TableSeats(
        "t", 1, seats, players={seat: f"p{seat}" for seat in players if seat <= seats}
    ),
    st.integers(2, 12),
    st.sets(positions),
)
buttons = st.builds(
    lambda d, s, b: Button(button=d, small_blind=s, big_blind=b), positions, positions, positions
)


@given(buttons, tables)
def test_any_button_at_any_table_has_an_answer(last: Button, table: TableSeats) -> None:
    hand, incoming = next_hand(last, table), incoming_seat(last, table)
    assert all(arrives_as(last, table, seat) for seat in range(1, 14))
    if hand is not None:
        assert hand.big_blind in table.players
    if incoming.seat is not None:
        assert incoming.seat in table.free()
        assert incoming.seat != last.big_blind


def test_a_button_on_a_seat_the_table_has_not_moves_nobody() -> None:  # [RU33]
    last, table = (
        Button(button=10, small_blind=1, big_blind=2),
        TableSeats("t", 1, 9, players={1: "a", 2: "b"}),
    )
    assert next_hand(last, table) is None
    assert incoming_seat(last, table).seat is None
