"""Who is here: each connection speaks for its own ids, and goes with them."""

import json

import pytest

from crdt_models.errors import Foul
from crdt_models.presence import IDS_PER_SESSION, STATE_BYTES_MAX, People
from crdt_models.wire import put


def message(*states: tuple[int, int, str]) -> bytes:
    out = bytearray()
    put(out, len(states))
    for client, clock, text in states:
        put(out, client, clock, len(text.encode()))
        out += text.encode()
    return bytes(out)


def signed(device: str = "d1", said: str = "") -> str:
    return f'{{{said and said + ","}"person":"ana","device":"{device}"}}'


def test_a_state_is_sent_on_and_told_to_newcomers() -> None:
    people = People()
    assert people.everybody() is None
    told = message((1, 1, signed(said='"\\u00e9":1')))
    assert people.hear("s1", "ana", "d1", message((1, 1, '{"é":1}')), {}) == told
    assert people.everybody() == told
    assert people.hear("s1", "ana", "d1", message((1, 1, '{"é":1}')), {}) is None  # nothing new
    assert people.hear("s1", "ana", "d1", message((1, 2, "{}")), {}) == message((1, 2, signed()))
    assert people.hear("s1", "ana", "d1", message((1, 1, '{"old":1}')), {}) is None


@pytest.mark.parametrize("said", ['"Bea"', "[1]", "7", "true", '{"person":"bea","device":"d2"}', "{}"])
def test_nobody_shows_up_as_somebody_else(said: str) -> None:
    """[DO68]"""
    people = People()
    heard = people.hear("s1", "ana", "d1", message((1, 1, said)), {})
    assert heard == message((1, 1, signed()))
    assert people.everybody() == heard


def test_what_a_state_says_besides_is_kept() -> None:
    """[DO68]"""
    said = '{"person":"bea","user":{"name":"Bea"},"n":[1e21,-0.5]}'
    heard = People().hear("s1", "ana", "d1", message((1, 1, said)), {})
    assert heard is not None
    assert json.loads(heard[4:]) == {
        "user": {"name": "Bea"}, "n": [1e21, -0.5], "person": "ana", "device": "d1",
    }  # fmt: skip


def test_going_is_told_at_once() -> None:
    """[DO23]"""
    people = People()
    people.hear("s1", "ana", "d1", message((1, 4, "{}"), (2, 1, "{}")), {})
    assert people.leave("s1") == message((1, 4, "null"), (2, 1, "null"))
    assert people.leave("s1") is None
    assert people.everybody() is None


def test_what_a_stock_client_echoes_of_others_is_left_out() -> None:
    """[DO23]"""
    people = People()
    people.hear("s1", "ana", "d1", message((1, 1, "{}")), {})
    assert people.hear("s2", "ana", "d2", message((1, 1, "null"), (2, 1, "{}")), {}) == message(
        (2, 1, signed("d2"))
    )
    assert people.hear("s2", "ana", "d2", message((1, 9, '{"a":1}')), {}) is None
    people.leave("s1")
    assert people.hear("s2", "ana", "d2", message((1, 1, "{}")), {}) is None  # a late echo brings nobody back
    assert people.hear("s3", "ana", "d1", message((1, 2, "{}")), {}) == message((1, 2, signed()))


def test_an_id_that_wrote_for_another_device_can_not_be_taken() -> None:
    assert People().hear("s1", "ana", "d1", message((5, 1, "{}")), {5: "d2"}) is None


def test_a_connection_has_few_ids() -> None:
    people = People()
    many = message(*((n, 1, "{}") for n in range(1, 50)))
    assert people.hear("s1", "ana", "d1", many, {}) == message(
        *((n, 1, signed()) for n in range(1, IDS_PER_SESSION + 1))
    )


LONG = '"' + "x" * STATE_BYTES_MAX + '"'


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\1",
        b"\1\1\1\1",
        b"\1\1\1\2{",
        b"\0\0",
        message((1, 1, "{")),
        message((1, 1, LONG)),
        message((1, 1, '{"n":1e999}')),
        bytes(300_000),
    ],
)
def test_what_is_no_presence_is_foul(body: bytes) -> None:
    with pytest.raises(Foul):
        People().hear("s1", "ana", "d1", body, {})
