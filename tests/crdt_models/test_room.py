"""A room and its peers: durable before visible, refusals, slow readers, readers, newcomers, presence."""

import anyio
import pytest

from crdt_models.errors import CloseCode, Foul, RoomClosed
from crdt_models.facts import Json
from crdt_models.replica import Replica
from crdt_models.room import Room
from crdt_models.server_replica import UNAPPLIED_BYTES_MAX, UNAPPLIED_MAX
from crdt_models.session import NoteKind, SyncStep, read_message, sync_message
from crdt_models.wire import edit_struct, put
from tests.crdt_models.venue import LooseReplica, Server, Tablet, exchange

pytestmark = pytest.mark.anyio
SETUP: list[tuple[str, Json]] = [("setup", {"kind": "floor"})]


def seat(number: int) -> Json:
    return {"table": "t1", "seat": number}


def tablet(device: str, client_id: int, *, felt: bool = True, may_write: bool = True) -> Tablet:
    replica = LooseReplica("floor", device=device, nonce="x", client_id=client_id)
    return Tablet(replica, felt=felt, may_write=may_write)


@pytest.fixture
async def leaf() -> Server:
    """A leaf whose floor exists."""
    server = Server("leaf", 4_000_000_000)
    founder = tablet("d0", 99)
    founder.write(SETUP, 1)
    await founder.sync(server)
    return server


def kinds(peer: Tablet) -> list[NoteKind]:
    return [note.kind for note in peer.notes]


async def test_an_edit_is_seen_by_others_only_when_it_is_in_the_log(leaf: Server) -> None:
    """[DO20]"""
    one, two = tablet("d1", 1), tablet("d2", 2)
    for peer in (one, two):
        await peer.sync(leaf)
        peer.connect(leaf)
        peer.hear()
    await leaf.settle()
    two.frames.clear()
    one.frames.clear()
    one.write([("seat/p1", seat(1))], 5)
    batch = await leaf.room.gather(6)
    assert batch is not None
    assert leaf.room.facts.get("seat/p1") is None
    assert two.frames == one.frames == []
    leaf.room.done(batch)
    two.hear()
    assert two.replica.facts.get("seat/p1") == seat(1)
    one.hear()
    assert one.notes[-1].content == {"vector": {"d1-x": 1}, "at": "leaf"}


async def test_the_sole_writer_hears_no_echo_but_is_told_it_was_accepted(leaf: Server) -> None:
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    one.write([("seat/p1", seat(1))], 5)
    await leaf.settle()
    assert [frame[0] for frame in one.frames] == [NoteKind.ACCEPTED]


async def test_what_a_turn_brings_goes_out_as_one_frame(leaf: Server) -> None:
    peers = [tablet(f"d{n}", n) for n in range(1, 6)]
    for peer in peers:
        peer.connect(leaf)
        peer.hear()
    rows = len(leaf.log)
    for n, peer in enumerate(peers):
        peer.write([(f"seat/p{n}", seat(1))], 5)
    await leaf.settle()
    assert len(leaf.log) == rows + 1
    for peer in peers:
        updates = [f for f in peer.frames if f.startswith(b"\0\2")]
        assert len(updates) == 1
        peer.hear()
        assert len(peer.replica.facts.group("seat/")) == 5


async def test_a_refused_edit_is_told_and_undone_at_its_author(leaf: Server) -> None:
    """[DO13] [DO18]"""
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    one.write([("seat/p1", seat(1))], 5)
    one.write([("seat/p1", {"bad": 1})], 6)
    await leaf.settle()
    one.hear()
    assert one.replica.facts.get("seat/p1") == seat(1)
    refused = next(note.content for note in one.notes if note.kind is NoteKind.REFUSED)
    assert (refused["name"], refused["code"]) == ("seat/p1", "model")
    assert refused["now"] > 0
    assert one.replica.unsent == 0


@pytest.mark.parametrize(
    ("name", "value", "person", "code"),
    [
        ("nonsense/x", 1, "ana", "unknown_name"),
        ("arrived/e1", {"number": 1, "at_ms": 1}, "ana", "leaf_only"),
        ("seat/p1", {"table": "t1", "seat": 99}, "ana", "model"),
        ("setup", None, "ana", "model"),
        ("seat/p1", {"table": "t1", "seat": 1}, "bo", "person"),
        ("seat/p1", "x" * 5_000, "ana", "size"),
    ],
)
async def test_refusals_have_codes(leaf: Server, name: str, value: Json, person: str, code: str) -> None:
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    one.write([(name, value)], 5, person)
    await leaf.settle()
    one.hear()
    assert [n.content["code"] for n in one.notes if n.kind is NoteKind.REFUSED] == [code]


async def test_a_refusal_comes_before_its_act_is_accepted_and_again_after_step_1(leaf: Server) -> None:
    """[DO62]: who lost the answer hears of it, of his own device only."""
    one, two = tablet("d1", 1), tablet("d2", 2)
    for peer in (one, two):
        await peer.sync(leaf)
        peer.connect(leaf)
        peer.hear()
    await leaf.settle()
    one.notes.clear()
    one.write([("seat/p1", {"table": 1})], 5)
    await leaf.settle()
    one.hear()
    stamp = one.notes[0].content["stamp"]
    assert kinds(one) == [NoteKind.REFUSED, NoteKind.ACCEPTED]
    one.notes.clear()
    two.notes.clear()
    for peer in (one, two):
        leaf.room.receive(peer, sync_message(SyncStep.STEP_1, peer.replica.state_vector))
        peer.hear()
    assert one.notes[-1].content["refused"] == [stamp]
    assert "refused" not in two.notes[-1].content


async def test_a_stock_client_gets_no_notes(leaf: Server) -> None:
    one = tablet("d1", 1, felt=False)
    one.connect(leaf)
    one.hear()
    one.write([("seat/p1", {"bad": 1})], 5)
    await leaf.settle()
    leaf.room.tick(1)
    leaf.room.tick(1)
    one.hear()
    assert one.notes == []
    assert one.replica.facts.get("seat/p1") is None  # the tombstone came all the same


async def test_a_reader_may_answer_but_not_write(leaf: Server) -> None:
    reader = tablet("d1", 1, may_write=False)
    reader.write([("seat/p1", seat(1))], 5)
    await reader.sync(leaf)
    assert reader.code is None
    assert leaf.room.facts.get("seat/p1") is None
    reader.connect(leaf)
    reader.write([("seat/p1", seat(2))], 6)
    assert reader.code == CloseCode.FORBIDDEN


async def test_at_the_core_a_refusal_ends_the_connection_and_a_blank_fills_its_place() -> None:
    """[DO33]"""
    core = Server("core", 4_000_000_000)
    one = tablet("d1", 1)
    one.write(SETUP, 1)
    one.write([("seat/p1", seat(1))], 2)
    one.write([("seat/p1", {"bad": 1})], 3)
    one.write([("seat/p2", seat(2))], 4)
    await one.sync(core)
    assert (one.code, core.room.facts.edits) == (CloseCode.FENCED, {})
    assert [n.content["code"] for n in one.notes if n.kind is NoteKind.REFUSED] == ["model"]
    one.replica.start_over(2)
    await one.sync(core)
    assert one.code is None
    assert core.room.facts.get("seat/p1") == seat(1)
    assert core.room.facts.get("seat/p2") == seat(2)
    accepted = [note.content for note in one.notes if note.kind is NoteKind.ACCEPTED]
    assert accepted[-1] == {"vector": {"d1-x": 4}, "at": "core"}
    assert one.replica.unsent == 4  # until the leaf has decided them


async def test_at_the_core_edits_wait_for_a_setup_that_only_the_leaf_has(leaf: Server) -> None:
    core = Server("core", 4_000_000_009)
    one = tablet("d1", 1)
    await one.sync(leaf)
    one.connect(core)  # the line between leaf and core is cut
    one.hear()
    one.write([("seat/p1", seat(1))], 5)
    for _ in range(5):
        await core.settle()
        one.hear()
    assert (one.code, core.room.facts.edits, one.replica.unsent) == (None, {}, 1)
    await exchange(leaf, core)
    one.hear()
    await core.settle()
    assert core.room.facts.get("seat/p1") == seat(1)


async def test_a_replica_that_never_has_what_is_missing_is_fenced_at_the_leaf(leaf: Server) -> None:
    hollow = tablet("d1", 1)
    hollow.connect(leaf)
    out = bytearray(b"\1\1\1\0")
    out += edit_struct("5.5.d1-x", '["seat/p1",null,[],["ana",""]]') + b"\0"
    for _ in range(3):
        hollow.send(sync_message(SyncStep.STEP_2, bytes(out)))
        await leaf.settle()
    assert hollow.code == CloseCode.FENCED


async def test_a_hole_is_asked_for_once(leaf: Server) -> None:
    """[DO12]"""
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    await leaf.settle()
    one.replica.write([("seat/p1", seat(1))], person="ana", now=5)  # lost on the way
    for n in range(5):
        one.write([("seat/p1", seat(2 + n))], 6 + n)
        await leaf.settle()
    questions = [frame for frame in one.frames if frame.startswith(b"\0\0")]
    assert len(questions) == 1
    one.hear()
    await leaf.settle()
    assert leaf.room.facts.get("seat/p1") == seat(6)


async def test_a_slow_reader_is_sent_one_diff_when_it_comes_back(leaf: Server) -> None:
    """[DO22]"""
    slow, writer = tablet("d1", 1), tablet("d2", 2)
    for peer in (slow, writer):
        peer.connect(leaf)
        peer.hear()
    await leaf.settle()
    slow.frames.clear()
    leaf.room.pause(slow)
    for n in range(20):
        writer.write([(f"seat/p{n}", seat(1))], 5 + n)
        await leaf.settle()
    assert slow.frames == []
    leaf.room.resume(slow)
    assert [frame[:2] for frame in slow.frames][:1] == [b"\0\1"]
    slow.hear()
    assert len(slow.replica.facts.group("seat/")) == 20


async def test_what_a_paused_reader_asks_for_comes_when_it_resumes(leaf: Server) -> None:
    slow = tablet("d1", 1)
    slow.connect(leaf)
    slow.frames.clear()
    leaf.room.pause(slow)
    for _ in range(50):
        slow.send(sync_message(SyncStep.STEP_1, b"\0"))
    assert slow.frames == []
    leaf.room.resume(slow)
    slow.hear()
    assert slow.replica.facts.get("setup") == {"kind": "floor"}


async def test_edits_sent_just_before_leaving_are_kept(leaf: Server) -> None:
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    for n in range(50):
        one.write([(f"seat/p{n}", seat(1))], 5 + n)
    one.leave()
    await leaf.settle()
    assert len(leaf.room.facts.group("seat/")) == 50


async def test_a_lost_batch_closes_the_room_and_the_log_is_the_truth(leaf: Server) -> None:
    """[DO20] [DO21]"""
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    one.write([("seat/p1", seat(1))], 5)
    waiter = leaf.room.write([("seat/p2", seat(2))], "")
    assert await leaf.room.gather(6) is not None
    old: Room = leaf.room
    await leaf.restart()  # the batch never got into the log
    assert one.code == CloseCode.NOT_READY
    with pytest.raises(RoomClosed):
        await waiter.wait()
    with pytest.raises(RoomClosed):
        old.write([("seat/p2", seat(2))], "")
    assert leaf.room.facts.get("seat/p1") is None
    await one.sync(leaf)
    assert leaf.room.facts.get("seat/p1") == seat(1)
    assert one.replica.unsent == 0


async def test_an_inbox_that_is_full_makes_its_writers_wait(leaf: Server) -> None:
    """[DO22]"""
    one = tablet("d1", 1)
    one.connect(leaf)
    frame = sync_message(SyncStep.UPDATE, bytes(200_000))
    for _ in range(6):
        leaf.room.receive(one, frame)
    with anyio.move_on_after(0.01) as waited:
        await leaf.room.writable()
    assert waited.cancelled_caught
    await leaf.settle()
    await leaf.room.writable()


async def test_ten_clients_at_once_all_get_the_whole_document(leaf: Server) -> None:
    peers = [tablet(f"e{n}", 100 + n) for n in range(10)]
    for peer in peers:
        peer.connect(leaf)
    for peer in peers:
        peer.hear()
        assert peer.replica.facts.get("setup") == {"kind": "floor"}
        assert peer.notes[0].kind is NoteKind.EPOCH
        assert 4_000_000_000 in peer.notes[0].content["servers"]


async def test_a_quiet_room_beats_once_a_second(leaf: Server) -> None:
    """[DO25]"""
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    await leaf.settle()
    one.notes.clear()
    for _ in range(6):  # three seconds
        leaf.room.tick(7)
    one.hear()
    assert [note.content for note in one.notes] == [{"now": 7}] * 3


async def test_replaced_edits_are_pruned_and_a_restart_changes_nothing(leaf: Server) -> None:
    """[DO24]"""
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    for n in range(200):
        one.write([("seat/p1", seat(1 + n % 9))], 5 + n)
        await leaf.settle()
        one.hear()
    assert len(leaf.room.facts.edits) < 70
    await leaf.prune()
    one.hear()
    assert len(leaf.room.facts.edits) == 2  # setup and the seat
    assert one.replica.facts.edits == leaf.room.facts.edits
    before = dict(leaf.room.facts.edits)
    await leaf.restart()
    assert leaf.room.facts.edits == before


def presence(client: int, clock: int, state: str) -> bytes:
    body = bytearray()
    put(body, 1, client, clock, len(state))
    body += state.encode()
    return bytes((1, len(body))) + bytes(body)


async def test_presence_is_sent_on_and_ends_with_the_connection(leaf: Server) -> None:
    one, two = tablet("d1", 1), tablet("d2", 2)
    one.connect(leaf)
    two.connect(leaf)
    two.frames.clear()
    one.send(presence(1, 1, '{"name":"Ana"}'))
    here = presence(1, 1, '{"name":"Ana","person":"ana","device":"d1"}')
    assert two.frames == [here]
    three = tablet("d3", 3)
    three.connect(leaf)
    assert three.frames.count(here) == 1
    two.frames.clear()
    one.leave()
    assert two.frames == [presence(1, 1, "null")]


async def test_a_peer_can_not_speak_for_another(leaf: Server) -> None:
    """[DO23]"""
    one, two = tablet("d1", 1), tablet("d2", 2)
    one.connect(leaf)
    two.connect(leaf)
    one.send(presence(1, 1, '{"name":"Ana"}'))
    one.frames.clear()
    two.send(presence(1, 9, "null"), presence(1, 9, '{"name":"Eve"}'))
    assert one.frames == []


async def test_a_document_of_a_full_kind_is_refused() -> None:
    server = Server("leaf", 5)
    server.full = True
    one = tablet("d1", 1)
    one.write(SETUP, 1)
    await one.sync(server)
    assert [n.content["code"] for n in one.notes if n.kind is NoteKind.REFUSED] == ["full"]


async def test_refused_edits_do_not_fill_a_document_for_ever(
    leaf: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[DO17]"""
    monkeypatch.setattr("crdt_models.server_replica.DOCUMENT_BYTES_MAX", 1_000)
    monkeypatch.setattr("crdt_models.judge.DOCUMENT_BYTES_CUT", 2_000)
    one = tablet("d1", 1)
    one.connect(leaf)
    one.hear()
    for n in range(100):
        one.write([("seat/p1", seat(1))], 5 + n)
        await leaf.settle()
    one.hear()
    assert {n.content["code"] for n in one.notes if n.kind is NoteKind.REFUSED} == {"full"}
    assert one.code == CloseCode.TOO_LARGE


async def test_notes_of_a_client_are_malformed(leaf: Server) -> None:
    one = tablet("d1", 1)
    one.connect(leaf)
    with pytest.raises(Foul):
        leaf.room.receive(one, b"\x40\2{}")


async def test_the_servers_own_edits_found_a_document_by_themselves() -> None:
    cage = Server("leaf", 5, "cage")
    waiter = cage.room.write([("head", {"term": 1, "seq": 4})], "")
    await cage.settle()
    await waiter.wait()
    assert cage.room.facts.get("setup") == {"kind": "cage"}
    assert cage.room.facts.get("head") == {"term": 1, "seq": 4}
    assert {change.via for row in cage.log for change in row.history} == {"leaf"}
    reader = Tablet(Replica("cage", device="d1", nonce="x", client_id=1), may_write=False)
    await reader.sync(cage)
    assert reader.replica.facts.get("head") == {"term": 1, "seq": 4}


async def test_history_tells_before_after_and_in_whose_name(leaf: Server) -> None:
    one = tablet("d1", 1)
    one.people = frozenset({"ana", "bo"})
    one.connect(leaf)
    one.hear()
    one.write([("seat/p1", seat(1))], 5)
    one.write([("seat/p1", seat(2))], 6, "bo")
    await leaf.settle()
    first, second = leaf.log[-1].history
    assert (first.before, first.after) == (None, '{"table":"t1","seat":1}')
    assert (second.before, second.after) == (first.after, '{"table":"t1","seat":2}')
    assert (first.person, first.claimed, second.person, second.claimed) == ("ana", False, "bo", True)


async def test_messages_read_back() -> None:
    message = read_message(sync_message(SyncStep.STEP_1, b"\0"))
    assert message == (SyncStep.STEP_1, b"\0")


@pytest.mark.parametrize(("facts", "size"), [(1, 1), (10, 3_000)])
async def test_updates_wait_to_be_applied_only_so_long(leaf: Server, facts: int, size: int) -> None:
    """While nobody asks for a diff, only few updates and few bytes of them are not in Yjs yet."""
    writer = tablet("d1", 1)
    writer.connect(leaf)
    counts, weights = [0], [0]
    text: Json = {"answer": "done", "text": "x" * size}
    for act in range(2 * UNAPPLIED_MAX):
        writer.write([(f"answer/a{act}-{number}", text) for number in range(facts)], 5)
        await leaf.settle()
        waiting = leaf.room.replica._unapplied
        counts.append(len(waiting))
        weights.append(sum(map(len, waiting)))
    assert 1 < max(counts) < UNAPPLIED_MAX
    assert max(weights) < UNAPPLIED_BYTES_MAX
    assert max(counts) == UNAPPLIED_MAX - 1 or max(weights) > UNAPPLIED_BYTES_MAX - 2 * facts * size
    newcomer = tablet("d2", 2)
    await newcomer.sync(leaf)
    assert len(newcomer.replica.facts.group("answer/")) == 2 * UNAPPLIED_MAX * facts
