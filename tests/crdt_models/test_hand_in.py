"""A restored leaf: what devices hand in by stamp, what stays gone, and what is not taken."""

from typing import Any

import pytest

from crdt_models import epochs
from crdt_models.errors import CloseCode, Foul
from crdt_models.facts import Json
from crdt_models.hand_in import read_hand_in
from crdt_models.session import NoteKind, hand_in_note, read_message
from crdt_models.update_log import LogRow
from tests.crdt_models.memory_store import MemoryStore
from tests.crdt_models.venue import LooseReplica, Server, Tablet

pytestmark = pytest.mark.anyio
SEAT: Json = {"table": "t1", "seat": 1}


class Box(Server):
    """A leaf that goes on from a backup of its log, in its second term."""

    async def restored(self, rows: list[LogRow]) -> None:
        self.room.abandon()
        self.log, self.term = list(rows), 2
        self.client_id += 100_000
        self._open(MemoryStore(self.log).stored(self.document))
        self.room.switch(epochs.first_of(2))
        await self.settle()


def tablet(device: str, client_id: int) -> Tablet:
    return Tablet(LooseReplica("floor", device=device, nonce="x", client_id=client_id))


async def founded(*tablets: Tablet) -> Box:
    box = Box("leaf", 4_000_000_001)
    tablets[0].write([("setup", {"kind": "floor"})], 1)
    for one in tablets:
        await one.sync(box)
    return box


async def rejoin(one: Tablet, box: Box, client_id: int) -> None:
    await one.sync(box)
    assert one.code == CloseCode.OTHER_EPOCH
    one.replica.start_over(client_id)
    await one.sync(box)


async def test_nothing_that_a_device_had_is_lost_and_nothing_comes_back() -> None:
    """[DO56]"""
    one, two = tablet("d1", 1), tablet("d2", 2)
    box = await founded(one, two)
    one.write([("seat/p1", SEAT), ("seat/p2", SEAT)], 2)
    await one.sync(box)
    await two.sync(box)
    backup = list(box.log)
    two.write([("seat/p1", {"table": "t1", "seat": 2})], 3)
    two.write(
        [("seat/p1", {"table": "t1", "seat": 3})], 4
    )  # the link between is pruned, and gone with the box
    two.write([("seat/p2", None), ("seat/p3", SEAT)], 5)
    await two.sync(box)
    await box.prune()
    await one.sync(box)
    two.replica.write([("seat/p4", SEAT)], person="ana", now=6)  # unsent
    before = {name: box.room.facts.get(name) for name in box.room.facts.names()}
    await box.restored(backup)
    assert box.room.facts.get("seat/p1") == SEAT
    await rejoin(one, box, 11)  # it wrote little of that, and has it all
    assert {name: box.room.facts.get(name) for name in box.room.facts.names()} == before
    assert box.room.facts.rivals() == {}
    await rejoin(two, box, 12)
    assert box.room.facts.get("seat/p4") == SEAT
    assert (one.replica.unsent, two.replica.unsent, len(two.replica.past.offer)) == (0, 0, 0)
    await one.sync(box)
    assert one.replica.facts.edits == two.replica.facts.edits == box.room.facts.edits
    told = [(change.name, change.via) for row in box.log[len(backup) :] for change in row.history]
    assert ("seat/p1", "handed_in") in told
    assert len([name for name, _ in told if name == "seat/p3"]) == 1
    digest = box.room.facts.digest
    await box.restart()
    assert box.room.facts.digest == digest


async def test_a_pruned_hand_in_stays_gone_when_its_author_brings_it() -> None:
    """[DO56]"""
    author, other = tablet("d1", 1), tablet("d2", 2)
    box = await founded(author, other)
    backup = list(box.log)
    author.write([("seat/p9", SEAT)], 2)
    author.write([("seat/p1", SEAT)], 3)
    await author.sync(box, loses=True)  # its author does not know that it was accepted
    await other.sync(box)
    await box.restored(backup)
    await rejoin(other, box, 12)
    other.write([("seat/p1", None)], 9)
    await other.sync(box)
    await box.restart()
    await box.prune()
    await rejoin(author, box, 11)
    await box.prune()
    assert author.replica.unsent == 0
    assert box.room.facts.get("seat/p1") is None
    assert len(box.room.facts.live("seat/p1")) == 1


BAD: list[list[tuple[str, Json]]] = [
    [("seat/p1", {"bad": 1})],
    [("seat/p1", SEAT), ("seat/p2", {"bad": 1})],
]


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("bad", BAD)
async def test_what_a_refused_edit_named_counts_though_the_refusal_burnt(
    bad: list[tuple[str, Json]], first: bool
) -> None:
    """[DO56] Others have only its tombstone; its author, who heard nothing yet, brings what it named."""
    author, other = tablet("d1", 1), tablet("d2", 2)
    box = await founded(author, other)
    backup = list(box.log)
    author.write([("seat/p1", SEAT)], 2)
    author.write(bad, 3)
    await author.sync(box, loses=True)
    await other.sync(box)
    author.replica.write([("seat/p1", {"table": "t1", "seat": 9})], person="ana", now=4)
    await box.restored(backup)
    for one, client_id in ((author, 11), (other, 12)) if first else ((other, 12), (author, 11)):
        await rejoin(one, box, client_id)
    await author.sync(box)
    await box.prune()
    assert author.replica.unsent == 0
    assert [box.room.facts.edits[s].value for s in box.room.facts.live("seat/p1")] == [
        {"table": "t1", "seat": 9}
    ]
    await other.sync(box)
    assert other.replica.facts.edits == box.room.facts.edits
    digest = box.room.facts.digest
    await box.restart()
    assert box.room.facts.digest == digest


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("told", ["at once", "later"])
@pytest.mark.parametrize("bad", BAD)
async def test_an_author_that_heard_of_a_refusal_still_says_what_it_named(
    bad: list[tuple[str, Json]], told: str, first: bool
) -> None:
    """[DO56] An epoch began since, so that nobody knows the rest as gone."""
    author, other = tablet("d1", 1), tablet("d2", 2)
    box = await founded(author, other)
    backup = list(box.log)
    author.write([("seat/p1", SEAT)], 2)
    await author.sync(box)
    await other.sync(box)
    author.write(bad, 3)
    author.write([("seat/p1", {"table": "t1", "seat": 9})], 4)
    await author.sync(box, loses=told == "later")
    await author.sync(box)
    await box.switch()
    await rejoin(author, box, 11)
    await box.restored(backup)
    for one, client_id in ((author, 21), (other, 22)) if first else ((other, 22), (author, 21)):
        await rejoin(one, box, client_id)
    await box.prune()
    assert [box.room.facts.edits[s].value for s in box.room.facts.live("seat/p1")] == [
        {"table": "t1", "seat": 9}
    ]


async def test_a_hostile_hand_in_does_not_take_a_documents_setup_away() -> None:
    """[DO15] It may write in anybody's name while the window is open, but not make all others wait."""
    one, hostile = tablet("d1", 1), tablet("d9", 9)
    box = await founded(one, hostile)
    await box.restored(box.log)
    [setup] = box.room.facts.live("setup")
    await rejoin(hostile, box, 19)
    hostile.connect(box)
    hostile.send(hand_in_note([(setup, "")], {}))
    await box.settle()
    await box.switch()
    await box.restart()
    assert box.room.facts.live("setup") == [setup]
    await rejoin(one, box, 11)
    one.write([("seat/p1", SEAT)], 9)
    await one.sync(box)
    assert one.replica.unsent == 0
    assert box.room.facts.get("seat/p1") == SEAT


async def test_a_setup_that_was_replaced_stays_gone() -> None:
    """[DO56]"""
    one = tablet("d1", 1)
    box = await founded(one)
    backup = list(box.log)
    [older] = box.room.facts.live("setup")
    one.write([("setup", {"kind": "floor"})], 2)
    await one.sync(box)
    await box.prune()
    await one.sync(box)
    await box.restored(backup)
    await rejoin(one, box, 11)
    await box.prune()
    assert len(box.room.facts.live("setup")) == 1
    assert older not in box.room.facts.edits


async def test_where_the_window_is_closed_what_is_unsent_still_comes_in() -> None:
    """[DO57] Counters that the restored box does not know are filled by blanks."""
    one = tablet("d1", 1)
    box = await founded(one)
    backup = list(box.log)
    for n in range(3):
        one.write([(f"seat/p{n}", SEAT)], n + 2)
    await one.sync(box)
    one.replica.write([("seat/p7", SEAT)], person="ana", now=9)
    box.hand_in = False
    await box.restored(backup)
    await rejoin(one, box, 11)
    assert one.replica.unsent == 0
    assert box.room.facts.names() == ["seat/p7", "setup"]
    assert len(one.replica.past.offer) > 0  # kept, for a person
    one.write([("seat/p8", SEAT)], 10)
    await one.sync(box)
    assert box.room.facts.get("seat/p8") == SEAT
    box.hand_in = True
    await one.sync(box)
    assert "seat/p1" not in box.room.facts.names()  # its counter was given to a blank


async def test_a_box_of_an_earlier_term_is_not_synced_with() -> None:
    """[DO55]"""
    one = tablet("d1", 1)
    old = await founded(one)
    box = Box("leaf", 4_100_000_001)
    await box.restored(old.log)
    await rejoin(one, box, 11)
    one.replica.write([("seat/p1", SEAT)], person="ana", now=9)
    one.connect(old, epoch_told=False)
    old_rows = len(old.log)
    one.hear()
    await old.settle()
    assert len(old.log) == old_rows
    assert one.replica.unsent == 1


async def test_handing_in_needs_a_window_and_the_right_to_write() -> None:
    """[DO56]"""
    one = tablet("d1", 1)
    box = await founded(one)
    one.connect(box)
    one.send(hand_in_note([], {}))
    assert one.code == CloseCode.NOT_READY
    await box.restored(box.log)
    reader = Tablet(LooseReplica("floor", device="d2", nonce="x", client_id=2), may_write=False)
    reader.connect(box)
    reader.send(hand_in_note([], {}))
    assert reader.code == CloseCode.FORBIDDEN


async def test_a_reader_that_knows_what_a_restored_box_forgot_goes_on_reading() -> None:
    """[DO56]"""
    one = tablet("d1", 1)
    box = await founded(one)
    backup = list(box.log)
    one.write([("seat/p1", SEAT)], 2)
    await one.sync(box)
    reader = Tablet(LooseReplica("floor", device="d2", nonce="x", client_id=2), may_write=False)
    await reader.sync(box)
    assert reader.replica.facts.get("seat/p1") == SEAT
    await box.restored(backup)
    await rejoin(reader, box, 21)
    assert reader.code is None
    assert box.room.facts.get("seat/p1") is None
    await rejoin(one, box, 11)
    await reader.sync(box)
    assert reader.replica.facts.get("seat/p1") == SEAT


async def test_what_is_no_edit_is_not_taken_and_its_author_may_still_bring_it() -> None:
    """[DO56] By model, not by author."""
    one = tablet("d1", 1)
    box = await founded(one)
    await box.restored(box.log)
    one.replica.start_over(11)
    await one.sync(box)
    one.connect(box)
    bad = '["seat/p1",{"bad":1},[],["zoe",""]]'
    good = '["seat/p1",{"table":"t1","seat":4},[],["zoe",""]]'
    one.send(hand_in_note([("1.3.d9-a", bad), ("1.5.d9-a", good), ("1.5.d9-a", good)], {}))
    await box.settle()
    answers = [read_message(frame) for frame in one.frames]
    assert {"vector": {"d1-x": 1}, "at": "leaf", "taken": 3} in [
        note.content for note in answers if getattr(note, "kind", None) is NoteKind.ACCEPTED
    ]  # type: ignore[union-attr]
    assert box.room.facts.get("seat/p1") == {"table": "t1", "seat": 4}
    assert box.log[-1].refused == {}
    assert list(box.log[-1].handed) == ["1.5.d9-a"]


async def test_a_box_set_back_without_a_word_gets_its_tablets_edits_and_no_blanks() -> None:
    """[DO57] A machine rolled back to a snapshot: the same term, the same epoch."""
    one = tablet("d1", 1)
    box = await founded(one)
    backup = list(box.log)
    one.write([("seat/p1", SEAT)], 2)
    one.write([("seat/p1", None), ("seat/p2", SEAT)], 3)
    await one.sync(box)
    await box.prune()
    await one.sync(box)
    box.log = backup
    await box.restart()
    assert box.room.facts.names() == ["setup"]
    await one.sync(box)
    await one.sync(box)
    assert one.code is None
    assert (box.room.facts.get("seat/p1"), box.room.facts.get("seat/p2")) == (None, SEAT)
    assert all(edit.name for edit in one.replica.facts.edits.values())
    one.write([("seat/p3", SEAT)], 4)
    await one.sync(box)
    assert box.room.facts.get("seat/p3") == SEAT
    assert one.replica.facts.edits == box.room.facts.edits


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"edits": [], "vector": []},
        {"edits": [["1.1.d1-a"]], "vector": {}},
        {"edits": [["nonsense", "x"]], "vector": {}},
        {"edits": [["1.1.d1-a", 5]], "vector": {}},
        {"edits": [], "vector": {"d2-a": 1}},
        {"edits": [], "vector": {"d1-a": True}},
        {"edits": [], "vector": {"d1-a": 10**12}},
        {"edits": [["1.1.d1-a", ""]] * 1_001, "vector": {}},
    ],
)
def test_nonsense_is_a_foul(content: dict[str, Any]) -> None:
    with pytest.raises(Foul):
        read_hand_in(content, "d1", 100)
    with pytest.raises(Foul):
        read_hand_in({"edits": [], "vector": {}}, "d1", 300_000)
    assert read_hand_in({"edits": [["1.1.d9-a", ""]], "vector": {"d1-a": 3}}, "d1", 100)
