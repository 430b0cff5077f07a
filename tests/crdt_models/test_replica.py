"""A client's replica: what it writes, sends, keeps and forgets."""

import pytest
from pycrdt import merge_updates

from crdt_models.documents.schema import SCHEMA
from crdt_models.edits import Edit, encode
from crdt_models.errors import EditInvalid, Foul
from crdt_models.facts import Json
from crdt_models.replica import Replica
from crdt_models.session import (
    Sync,
    SyncStep,
    accepted_note,
    hello_note,
    read_message,
    refused_note,
    sync_message,
)
from crdt_models.stamps import order
from crdt_models.wire import EMPTY, assemble, edit_struct
from tests.crdt_models.behind_gate import Server

SEAT: Json = {"table": "t1", "seat": 1}
HELLO = hello_note(epoch=1, term=1, now=1, servers=[])


def replica(device: str = "t1", client_id: int = 1) -> Replica:
    return Replica("floor", device=device, nonce="x", client_id=client_id)


def test_a_stamp_is_later_than_all_it_has_seen_even_if_the_clock_is_not() -> None:
    one, two = replica(), replica("t2", 2)
    two.receive(one.write([("seat/p1", SEAT)], person="ana", now=5_000))
    two.write([("seat/p1", None)], person="bo", now=3)
    newest = two.facts.stamp("seat/p1")
    assert order(newest).ms == 5_001
    assert two.facts.edits[newest].replaces == (one.facts.stamp("seat/p1"),)


def test_edits_written_together_are_one_act() -> None:
    one = replica()
    one.write([("seat/p1", SEAT), ("seat/p2", SEAT), ("seat/p1", None)], person="ana", now=5)
    assert len({edit.act for edit in one.facts.edits.values()} - {""}) == 1
    assert one.facts.live("seat/p1") == ["5.3.t1-x"]
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    assert one.facts.edits[one.facts.stamp("seat/p1")].act == ""


@pytest.mark.parametrize(("name", "value", "code"), [("x", 1, "unknown_name"), ("seat/p1", {}, "model")])
def test_what_the_server_would_refuse_is_not_written(name: str, value: Json, code: str) -> None:
    one = replica()
    with pytest.raises(EditInvalid) as error:
        one.write([("seat/p2", SEAT), (name, value)], person="ana", now=5)
    assert error.value.code == code
    assert (one.facts.edits, one.unsent) == ({}, 0)


def test_only_what_this_device_wrote_is_sent() -> None:
    one, two = replica(), replica("t2", 2)
    one.receive(two.write([("seat/p1", SEAT)], person="bo", now=5))
    one.write([("seat/p2", SEAT)], person="ana", now=6)
    fresh = replica("t3", 3)
    fresh.apply(one.own_update(b"\0"))
    assert fresh.facts.names() == ["seat/p2"]


def test_an_own_edit_is_forgotten_only_when_the_leaf_has_decided_it() -> None:
    """[DO32]"""
    one = replica()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    one.write([("seat/p2", SEAT)], person="ana", now=6)
    one.receive(HELLO)
    one.receive(accepted_note({"t1-x": 2}, "core"))
    assert one.unsent == 2
    one.receive(accepted_note({"t1-x": 1}, "leaf"))
    assert list(one.own_stamps()) == ["6.2.t1-x"]


def test_a_replica_that_starts_over_hands_in_its_unsent_edits_under_their_stamps() -> None:
    one = replica()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    one.write([("seat/p2", SEAT)], person="ana", now=6)
    one.start_over(9)
    assert one.facts.names() == []
    one.connected()
    one.receive(HELLO)
    one.receive(sync_message(SyncStep.STEP_2, EMPTY))
    heard = one.receive(accepted_note({"t1-x": 1}, "core"))
    assert len(heard.answers) == 1
    assert one.facts.names() == ["seat/p2"]
    assert one.receive(accepted_note({"t1-x": 1}, "core")).answers == []


def test_a_saved_replica_goes_on_where_it_was() -> None:
    one = replica()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    again = Replica("floor", device="t1", nonce="y", client_id=2, saved=one.saved)
    assert again.facts.edits == one.facts.edits
    assert again.unsent == 1
    again.write([("seat/p1", None)], person="ana", now=6)
    fresh = replica("t3", 3)
    fresh.apply(again.own_update(b"\0"))
    assert len(fresh.facts.edits) == 2  # of both client ids


def test_frames_that_are_none_are_foul_and_documents_that_are_none_invalid() -> None:
    with pytest.raises(Foul):
        replica().receive(b"\xff")
    with pytest.raises(EditInvalid):
        Replica("nonsense", device="t1", nonce="x", client_id=1)


def test_a_question_is_answered_with_own_sections() -> None:
    one = replica()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    (answer,) = one.receive(sync_message(SyncStep.STEP_1, b"\0")).answers
    assert answer.startswith(b"\0\1")


@pytest.mark.parametrize(("schema", "schema_min"), [(SCHEMA - 1, SCHEMA - 1), (SCHEMA + 3, SCHEMA + 1)])
def test_a_build_that_is_too_new_or_too_old_reads_only(schema: int, schema_min: int) -> None:
    """[DO87] What it wrote before still goes out."""
    one = replica()
    one.write([("setup", {"kind": "floor"})], person="ana", now=1)
    one.receive(hello_note(epoch=1, term=1, now=1, servers=[], schema=schema, schema_min=schema_min))
    assert one.reads_only
    with pytest.raises(EditInvalid, match="may only read") as raised:
        one.write([("seat/p1", SEAT)], person="ana", now=2)
    assert raised.value.code == "schema"
    assert one.unsent == 1
    (answer,) = one.receive(sync_message(SyncStep.STEP_1, b"\0")).answers
    assert b"setup" in answer
    one.receive(hello_note(epoch=1, term=1, now=3, servers=[]))
    assert not one.reads_only


def test_an_own_edit_that_is_gone_again_is_not_set_once_more_under_its_key() -> None:
    """The leaf pruned it, the word that it was decided got lost, the core has never seen it; Yjs would link
    the second edit of the key to the first, and that is fenced (found by the simulator).
    """
    one, leaf = replica(), Server()
    leaf.take(payload(one.write([("seat/p1", SEAT)], person="ana", now=5)), "t1")
    stamp = one.facts.stamp("seat/p1")
    one.apply(assemble([], {1: [0]}))
    heard = one.receive(accepted_note({}, "core"))
    assert (one.unsent, heard.answers, one.facts.edits) == (1, [], {})
    assert list(one.own_stamps()) == [stamp]


def test_what_comes_before_its_turn_is_asked_for_again() -> None:
    """[DO100] A live frame is sent to a newcomer before the answer to his question."""
    writer, one = replica("t2", 2), replica()
    frames = [writer.write([(f"seat/p{n}", SEAT)], person="bo", now=n) for n in (5, 6)]
    one.connected()
    assert one.receive(frames[1]).answers == []  # it has asked already
    assert one.facts.edits == {}
    (asked,) = one.receive(sync_message(SyncStep.STEP_2, EMPTY)).answers
    assert asked == sync_message(SyncStep.STEP_1, b"\0")
    whole = merge_updates(*map(payload, frames), assemble([], {2: [0, 1]}))
    assert one.receive(sync_message(SyncStep.STEP_2, whole)).answers == []
    assert one.facts.edits == {}


@pytest.mark.parametrize("deleted", [2, 59])
def test_deleted_structs_that_come_before_their_turn_leave_a_replica_that_can_be_stored(deleted: int) -> None:
    """[DO100] Of a run of them that waits pycrdt made updates with a length of 2^32 - 4, which nobody reads:
    a reload or a fence after it lost the replica (simulator: seeds 538, 619).
    """
    one = replica()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    early, whole = (
        assemble([(7, clock, [b"\0" + bytes((length,))])], {7: range(clock, clock + length)})
        for clock, length in ((4, deleted), (0, 3 + deleted))
    )
    assert not one.apply(early)
    assert one.apply(whole)
    again = Replica("floor", device="t1", nonce="y", client_id=2, saved=one.saved)
    again.start_over(3)
    assert again.unsent == 1


def test_of_two_copies_of_an_unsent_edit_both_are_sent() -> None:
    """[DO102] Another tab wrote it too, and its copy deleted ours here (simulator: busy evening 190)."""
    one, leaf = replica(), Server()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    tab = Replica("floor", device="t1", nonce="y", client_id=9, saved=one.saved)
    tab.start_over(9)
    tab.receive(HELLO)
    tab.receive(sync_message(SyncStep.STEP_2, EMPTY))
    (frame,) = tab.receive(accepted_note({}, "core")).answers
    one.receive(HELLO)
    one.receive(frame)
    assert leaf.take(one.own_update(b"\0"), "t1").accepted == one.facts.edits


def test_a_gap_is_closed_with_what_a_refused_edit_named() -> None:
    """[DO103] Nobody else can tell a restored leaf, where nothing is handed in either."""
    one, leaf = replica(), Server()
    for n in (1, 2, 3):
        one.write([("seat/p1", SEAT)], person="ana", now=n)
    older, refused, _ = one.own_stamps()
    one.receive(HELLO)
    one.receive(refused_note(stamp=refused, name="seat/p1", code="model", now=5))
    one.receive(accepted_note({"t1-x": 3}, "leaf"))
    one.start_over(2)
    one.connected()
    one.receive(hello_note(epoch=10_001, term=2, now=1, servers=[]))
    one.receive(sync_message(SyncStep.STEP_2, EMPTY))
    leaf.known.vector["t1-x"] = 1
    (gap,) = one.receive(accepted_note({"t1-x": 1}, "leaf")).answers
    told = leaf.take(payload(gap), "t1", check=lambda name, value, person: "blank" if name == "" else None)
    assert told.refused[refused].replaces == (older,)
    assert told.vector == {"t1-x": 3}


def test_nothing_is_believed_before_the_hello() -> None:
    """[DO101] An old box's promise, before it says that it is one (simulator: seed 491)."""
    one = replica()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    one.receive(hello_note(epoch=1, term=2, now=1, servers=[]))
    one.connected()
    one.receive(accepted_note({"t1-x": 1}, "leaf"))
    assert one.unsent == 1
    assert one.receive(HELLO).old_box
    one.receive(accepted_note({"t1-x": 1}, "leaf"))
    assert one.unsent == 1


def test_a_copy_that_says_something_else_shows_where_it_lies_on_top() -> None:
    """[DO16] What is shown is what the map says, whoever forged the first or the second."""
    one, other = replica(), replica("t2", 9)
    texts = [encode(Edit(f"seat/p{n}", {"table": "t1", "seat": n})) for n in (1, 2)]
    for client, text in ((5, texts[0]), (7, texts[1])):
        one.apply(assemble([(client, 0, [edit_struct("1.1.t3-n", text)])], {}))
    other.apply(one.saved.state)
    assert one.facts.names() == other.facts.names() == ["seat/p2"]
    assert one.facts.digest == other.facts.digest


def test_a_second_deleted_copy_of_a_key_does_no_harm() -> None:
    """pycrdt's map events panic on it (found by the simulator: frames of a hostile device, cut)."""
    one = replica()
    graves = [b"\x21\x01\x01f\x07" + stamp + b"\x01" for stamp in (b"1.1.x-1", b"2.2.x-1")]
    one.apply(assemble([(5, 0, graves)], {5: [0, 1]}))
    one.apply(assemble([(4, 0, graves[1:])], {4: [0]}))
    one.apply(assemble([(6, 0, [edit_struct("3.3.x-1", encode(Edit("seat/p1", SEAT)))])], {}))
    assert one.facts.get("seat/p1") == SEAT


def test_what_is_written_while_a_dropped_replica_comes_back_stands_behind_what_was_unsent() -> None:
    """Else its counter comes first and the rest is never taken (found by the simulator)."""
    one, leaf = replica(), Server()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    one.start_over(2)
    frame = one.write([("seat/p2", SEAT)], person="ana", now=6)
    assert len(leaf.take(payload(frame), "t1").accepted) == 2
    assert one.receive(accepted_note({}, "leaf")).answers == []


def test_what_comes_back_after_newer_edits_gets_a_client_id_of_its_own() -> None:
    """It was decided by a core that forgot it in a new epoch; newer ones were written meanwhile."""
    one, leaf = replica(), Server()
    one.write([("seat/p1", SEAT)], person="ana", now=5)
    one.start_over(20)
    one.connected()
    one.receive(HELLO)
    one.receive(sync_message(SyncStep.STEP_2, EMPTY))
    one.receive(accepted_note({"t1-x": 1}, "core"))  # decided there, and not in its document
    newer = payload(one.write([("seat/p2", SEAT)], person="ana", now=6))
    assert leaf.take(newer, "t1").resync
    one.connected()
    one.receive(HELLO)
    one.receive(sync_message(SyncStep.STEP_2, EMPTY))
    one.receive(accepted_note({}, "leaf"))
    assert len(leaf.take(one.own_update(b"\0"), "t1").accepted) == 2


def payload(frame: bytes) -> bytes:
    message = read_message(frame)
    assert isinstance(message, Sync)
    return message.body
