"""What hostile or careless peers were seen to get away with once; each test is one such find."""

import pytest

from crdt_models.errors import Foul
from crdt_models.presence import People
from crdt_models.wire import put


def message(client: int, clock: int, text: str) -> bytes:
    """An awareness update of one state."""
    out = bytearray()
    put(out, 1, client, clock, len(text))
    return bytes(out + text.encode())


def test_who_says_that_he_goes_is_gone_for_all_at_once() -> None:
    """A removal with a lower clock than the state has is not heeded by y-protocols: a ghost for 30 s."""
    people = People()
    people.hear("s1", "d1", message(1, 5, "{}"), {})
    assert people.hear("s1", "d1", message(1, 6, " null "), {}) == message(1, 6, "null")
    assert people.everybody() is None


@pytest.mark.parametrize("text", ['{"x":NaN}', "-Infinity", '{"x":[1,Infinity]}'])
def test_a_state_that_no_browser_can_parse_is_foul(text: str) -> None:
    with pytest.raises(Foul):
        People().hear("s1", "d1", message(1, 1, text), {})
