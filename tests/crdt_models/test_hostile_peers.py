"""What hostile or careless peers were seen to get away with once; each test is one such find."""

import pytest

from crdt_models.edits import Edit, encode
from crdt_models.errors import Foul
from crdt_models.gate import RELAY, gate
from crdt_models.known import Known
from crdt_models.presence import People
from crdt_models.wire import assemble, edit_struct, put


def message(client: int, clock: int, text: str) -> bytes:
    """An awareness update of one state."""
    out = bytearray()
    put(out, 1, client, clock, len(text))
    return bytes(out + text.encode())


def test_who_says_that_he_goes_is_gone_for_all_at_once() -> None:
    """A removal with a lower clock than the state has is not heeded by y-protocols: a ghost for 30 s."""
    people = People()
    people.hear("s1", "ana", "d1", message(1, 5, "{}"), {})
    assert people.hear("s1", "ana", "d1", message(1, 6, " null "), {}) == message(1, 6, "null")
    assert people.everybody() is None


@pytest.mark.parametrize("text", ['{"x":NaN}', "-Infinity", '{"x":[1,Infinity]}'])
def test_a_state_that_no_browser_can_parse_is_foul(text: str) -> None:
    with pytest.raises(Foul):
        People().hear("s1", "ana", "d1", message(1, 1, text), {})


def test_whoever_says_that_another_is_gone_does_not_become_him() -> None:
    """Stock clients tell of those whose time ran out; that claimed their ids, and cut off their edits."""
    people = People()
    assert people.hear("s1", "ana", "d1", message(7, 3, "null"), {}) is None
    assert people.devices == {}
    assert people.hear("s2", "ana", "d2", message(7, 4, "{}"), {}) == message(
        7, 4, '{"person":"ana","device":"d2"}'
    )


def test_a_claim_at_the_leaf_does_not_stop_what_its_owner_wrote_at_the_core() -> None:
    """Who heard a colleague's client id at the core could claim it at the leaf, and starve him there."""
    stamp = "1.1.ben-n"
    text = encode(Edit("setup", {"kind": "floor"}, (), "ben"))
    update = assemble([(7, 0, [edit_struct(stamp, text)])], {})
    verdict = gate(
        update,
        Known(),
        device=None,
        now=5,
        check=lambda _name, _value, _person: None,
        limits=RELAY,
        claimed={7: "ana"},
    )
    assert (list(verdict.accepted), verdict.bound) == ([stamp], {7: "ben"})
