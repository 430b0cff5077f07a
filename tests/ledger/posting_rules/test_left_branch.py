"""What only a branch that was left behind had booked: again, once, or set aside by two."""

from typing import Any

import pytest

from ledger.checkpoint import checkpoint_bytes, read_checkpoint
from ledger.commands import Second, command_again, read_command
from ledger.errors import CommandInvalid
from tests.ledger.till import RULES, Till, body, legs, sale

ZOE = Second("zoe", "manager")
OLD, OTHER = "a" * 64, "b" * 64


def set_aside(old: str = OLD, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "set_aside",
        "old_entry": old,
        "reason": "The slip was torn up",
        "approved": ZOE,
        **fields,
    }


def test_an_old_entry_is_booked_again_once_and_named(till: Till) -> None:  # [LE145]
    posted = till.post(**sale("buy_in", "ann", "a1"), rebooks=OLD)
    assert posted.link.entry.data["rebooks"] == OLD
    assert legs(posted)[0] == ("1010/d", 10_000)
    assert till.refuse(**sale("buy_in", "bob", "b1"), rebooks=OLD) == "already_dealt_with"
    assert till.refuse(**set_aside()) == "already_dealt_with"
    till.post("reverse", seq=posted.link.entry.seq, reason="other player")
    till.post(**sale("buy_in", "bob", "b1"), rebooks=OLD)


def test_an_old_entry_is_set_aside_by_two_with_a_reason(till: Till) -> None:  # [LE145]
    assert till.refuse(**set_aside(approved=None)) == "needs_second"
    with pytest.raises(CommandInvalid):
        till.ask(**set_aside(reason=""))
    assert legs(till.post(**set_aside())) == []
    assert till.refuse(**set_aside()) == "already_dealt_with"
    assert till.refuse(**sale("buy_in", "ann", "a1"), rebooks=OLD) == "already_dealt_with"
    till.post(**set_aside(OTHER))
    till.reopen()
    assert till.refuse(**set_aside(OTHER)) == "already_dealt_with"
    state = till.journal.book.state
    assert read_checkpoint(checkpoint_bytes(state)) == state


def test_a_refused_booking_leaves_the_old_entry_open(till: Till) -> None:  # [LE145]
    assert till.refuse(**{**sale("buy_in", "ann", "a1"), "amount": 5}, rebooks=OLD) == "wrong_amount"
    till.post(**set_aside())


def test_an_entry_tells_the_command_that_books_it_again(till: Till) -> None:  # [LE145]
    bought = till.post(**sale("buy_in", "ann", "a1"), expects={"entries": 0}).link.entry
    again = command_again(bought.kind, bought.data, OLD)
    assert again == {**sale("buy_in", "ann", "a1"), "amount": bought.data["amount"], "rebooks": OLD}
    read_command(body(**again))
    adopted = till.post("adopt_tournament", tournament="u", rules=RULES).link.entry
    again = command_again(adopted.kind, adopted.data, OLD)
    assert again is not None
    read_command(body(**again))
    received = till.post(**{**sale("buy_in", "ann", "a9"), "amount": 7}, intent={"recorded_ms": 5}).link.entry
    assert received.kind == "suspense"
    again = command_again(received.kind, received.data, OLD)
    assert again is not None
    assert (again["kind"], "intent" in again) == ("buy_in", False)


@pytest.mark.parametrize("kind", ["reverse", "receive_cash", "write_off_marker", "open_term", "set_aside"])
def test_what_names_other_entries_by_number_is_for_a_person(kind: str) -> None:  # [LE145]
    data = {"seq": 5, "of": 5, "marker": 5, "player": "ann", "reason": "x", "counted": {}, "old_entry": OLD}
    assert command_again(kind, data, OLD) is None
