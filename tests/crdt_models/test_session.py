"""Messages of the sync protocol, and when a session asks for what is missing."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.schema import SCHEMA, SCHEMA_MIN
from crdt_models.errors import Foul
from crdt_models.session import (
    Note,
    NoteKind,
    Presence,
    PresenceQuery,
    Session,
    Sync,
    SyncStep,
    accepted_note,
    beat_note,
    hello_note,
    presence_message,
    read_message,
    refused_note,
    sync_message,
)


@given(st.sampled_from(SyncStep), st.binary(max_size=300))
def test_sync_messages_read_back(step: SyncStep, body: bytes) -> None:
    assert read_message(sync_message(step, body)) == Sync(step, body)


def test_notes_are_a_number_and_json() -> None:
    assert read_message(accepted_note({"d-a": 3}, "leaf")) == Note(
        NoteKind.ACCEPTED, {"vector": {"d-a": 3}, "at": "leaf"}
    )
    refused = read_message(refused_note(stamp="1.1.d-a", name="seat/é", code="model", now=5))
    assert isinstance(refused, Note)
    assert refused.kind is NoteKind.REFUSED
    assert refused.content.keys() == {"stamp", "name", "code", "message", "now"}
    hello = read_message(hello_note(epoch=1, term=2, now=3, servers=[4]))
    schemas = {"schema": SCHEMA, "schema_min": SCHEMA_MIN}
    said = {"epoch": 1, "term": 2, "now": 3, "servers": [4], "hand_in": False, "at": "leaf", **schemas}
    assert hello == Note(NoteKind.EPOCH, said)
    assert read_message(beat_note(7)) == Note(NoteKind.BEAT, {"now": 7})
    assert beat_note(7) == b'\x43\x09{"now":7}'


def test_presence_is_carried_as_it_is() -> None:
    assert read_message(presence_message(b"abc")) == Presence(b"abc")
    assert read_message(b"\3") == PresenceQuery()


@given(st.binary(max_size=40))
def test_no_bytes_make_the_reader_raise_anything_but_foul(frame: bytes) -> None:
    with suppress(Foul):
        read_message(frame)


def test_a_session_asks_once_and_gives_up_on_one_who_never_has_it() -> None:
    session = Session("d", "ana", may_write=True, speaks_for=lambda person: True, felt=True)
    assert session.hole(progress=False, answer=False)
    session.asked = True
    assert not session.hole(progress=False, answer=False)
    session.asked = False
    assert session.hole(progress=False, answer=True)
    assert session.hole(progress=True, answer=True)  # progress counts from anew
    assert [session.hole(progress=False, answer=True) for _ in range(3)] == [True, True, False]
    assert session.stuck
