"""The leaf's replica with GC in place of what is gone: in what it tells nobody sees a difference."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import Doc, Map

from crdt_models import epochs, wire
from crdt_models.facts import Json
from crdt_models.gate import RELAY
from crdt_models.graves import Graves, update_of
from crdt_models.server_replica import GONE_MANY
from tests.crdt_models.memory_store import MemoryStore
from tests.crdt_models.venue import LooseReplica, Server, Tablet

pytestmark = pytest.mark.anyio
SEAT: Json = {"table": "t1", "seat": 1}


class Thinning:
    """One replica as it is, and the same that is thinned out again and again."""

    def __init__(self) -> None:
        self.plain, self.thin, self.graves = Doc[Any](client_id=9), Doc[Any](client_id=9), Graves()

    def take(self, update: bytes) -> None:
        self.plain.apply_update(update)
        self.thin.apply_update(update)

    def thin_out(self, kept: set[str]) -> None:
        present = set(self.plain.get("f", type=Map).keys())
        state = self.graves.take_out(self.thin.get_update(), kept | present)
        self.thin = Doc(client_id=9)
        self.thin.apply_update(state)


def told(update: bytes) -> tuple[dict[tuple[int, int], tuple[int, str, str]], set[tuple[int, int]]]:
    """What an update says of each clock, and which it deletes."""
    read = wire.read_update(update, bytes_max=RELAY.bytes, structs_max=RELAY.structs, deletes=True)
    structs: dict[tuple[int, int], tuple[int, str, str]] = {}
    for section in read.sections:
        clock = section.clock
        for struct in section.structs:
            for _ in range(struct.length):
                structs[section.client, clock] = (struct.kind, struct.key, struct.text)
                clock += 1
    return structs, {(d.client, d.clock + n) for d in read.deletes for n in range(d.length)}


@st.composite
def evenings(draw: st.DrawFn) -> Thinning:
    """Edits of three writers, some twice, under another id too; deleted ones, and runs without keys."""
    both, clocks = Thinning(), {1: 0, 2: 0, 3: 0}
    written: list[str] = []
    for n in range(draw(st.integers(1, 60))):
        client = draw(st.integers(1, 3))
        match draw(st.sampled_from(["edit"] * 4 + ["delete"] * 3 + ["copy", "gc", "thin", "thin"])):
            case "edit":
                written.append(f"{n}.{n}.a")
                part, length = wire.edit_struct(written[-1], "x" * (n % 3)), 1
            case "copy" if written and (key := draw(st.sampled_from(written))) in both.plain.get(
                "f", type=Map
            ):
                part, length = wire.edit_struct(key, "x" * (int(key.partition(".")[0]) % 3)), 1
            case "gc":
                length = draw(st.integers(1, 3))
                part = wire.gc_struct(length)
            case "delete":
                stored, _ = told(both.plain.get_update())
                places = sorted(place for place, struct in stored.items() if struct[0] == wire.EDIT)
                if places:
                    key = stored[draw(st.sampled_from(places))][1]
                    dead: dict[int, list[int]] = {}
                    for place in places:
                        if stored[place][1] == key:
                            dead.setdefault(place[0], []).append(place[1])
                    both.take(wire.assemble([], dead))
                continue
            case "thin":
                both.thin_out(set(draw(st.sets(st.sampled_from(written), max_size=2))) if written else set())
                continue
            case _:
                continue
        both.take(wire.assemble([(client, clocks[client], [part])], {}))
        clocks[client] += length
    return both


@given(evenings(), st.data())
def test_whatever_is_asked_for_it_says_what_a_replica_says_that_was_never_thinned(
    both: Thinning, data: st.DataObject
) -> None:
    """[DO131]"""
    both.thin_out(set())
    whole = wire.read_state_vector(both.plain.get_state(), clients_max=9)
    asked = {client: data.draw(st.integers(0, clock)) for client, clock in whole.items()}
    vector = wire.write_state_vector({client: clock for client, clock in asked.items() if clock})
    assert both.thin.get_state() == both.plain.get_state()
    assert both.thin.get("f", type=Map).to_py() == both.plain.get("f", type=Map).to_py()
    assert told(both.graves.put_back(both.thin.get_update(vector))) == told(both.plain.get_update(vector))
    assert told(both.graves.put_back(both.thin.get_update())) == told(both.plain.get_update())


@given(evenings())
def test_what_was_given_back_is_taken_out_again_all_the_same(both: Thinning) -> None:
    """[DO131] As after a restart."""
    state = update_of(both.graves.pack(both.thin.get_update()))
    assert told(state) == told(both.plain.get_update())
    anew = Graves()
    thin = Doc[Any](client_id=9)
    present = set(both.plain.get("f", type=Map).keys())
    thin.apply_update(anew.take_out(state, present))
    assert told(anew.put_back(thin.get_update())) == told(state)
    left, _ = told(thin.get_update())
    assert all(key in present for kind, key, _ in left.values() if kind == wire.DELETED)


def test_a_gap_of_any_length_costs_nothing() -> None:
    state = wire.assemble_runs([(1, 0, 1, wire.gc_struct(2**31 - 1))], {1: [(0, 2**31 - 1)]})
    graves = Graves()
    assert graves.take_out(state, ()) == state
    assert (len(graves), graves.put_back(state)) == (0, state)


def test_what_is_gone_takes_a_tenth_of_what_yjs_keeps_of_it() -> None:
    """[DO131]"""
    doc, graves, chance = Doc[Any](client_id=9), Graves(), random.Random(1)
    for turn in range(20):
        first = 500 * turn
        stamps = [
            f"{first * 40 + n * 40 + chance.randrange(30):x}.{first + n:x}.tablet7-k3x9" for n in range(500)
        ]
        doc.apply_update(wire.assemble([(7, first, [wire.edit_struct(s, "x") for s in stamps])], {}))
        doc.apply_update(wire.assemble([], {7: list(range(first, first + 500))}))
        state = graves.take_out(doc.get_update(), ())
        doc = Doc(client_id=9)
        doc.apply_update(state)
    held = len(graves), sum(len(run.packed) for runs in graves._runs.values() for run in runs)
    assert held[0] == 10_000
    assert held[1] < 10_000 * 15
    assert len(doc.get_update()) < 100
    assert len(graves.put_back(doc.get_update())) > 10_000 * 25


class Box(Server):
    """A leaf whose snapshot and log a test looks after."""

    async def goes_on(self, rows: int, snapshot: bytes = b"", *, covered: int = 0) -> None:
        """From so many rows of its log, as after a restart; `covered` of them are in the snapshot."""
        self.room.abandon()
        self.log = self.log[:rows]
        self._next_client_id()
        store = MemoryStore(
            list(self.log), {"floor": (covered, self.room.epoch, snapshot)} if covered else {}
        )
        self._open(await store.load(self.document))
        await self.settle()


def tablet(n: int) -> Tablet:
    return Tablet(LooseReplica("floor", device=f"d{n}", nonce="x", client_id=n))


def facts(one: Box | Tablet) -> dict[str, object]:
    index = one.room.facts if isinstance(one, Box) else one.replica.facts
    return {name: index.get(name) for name in index.names()}


async def written_all_day(box: Box, writer: Tablet, *, edits: int = GONE_MANY + 50) -> None:
    writer.connect(box)
    await box.settle()
    writer.hear()
    for n in range(edits):
        writer.write([(f"seat/p{n % 5}", {"table": "t1", "seat": 1 + n % 9})], box.now + 5)
        await box.settle()
    await box.prune()
    writer.hear()


async def test_a_document_written_all_day_is_the_same_to_all_who_come() -> None:
    """[DO131] Who slept meanwhile, who comes anew, and the leaf after a restart: facts, and what is gone."""
    box, writer, sleeper, newcomer = Box("leaf", 4_000_000_000), tablet(1), tablet(2), tablet(3)
    box.room.write([("seat/p1", SEAT)], "ana")
    await box.settle()
    await written_all_day(box, writer, edits=50)
    await sleeper.sync(box)
    await written_all_day(box, writer)
    whole = box.room.replica.update()
    state = box.room.replica.snapshot(box.now)
    assert told(update_of(state)) == told(whole) == told(box.room.replica.update())
    assert len(box.room.replica._doc.get_update()) < 2_000 < len(state) < len(whole) // 2  # in memory, stored
    assert abs(box.room.replica.bytes - len(whole)) < 100  # counts as what tablets hold
    before = facts(box)
    await box.goes_on(len(box.log), state, covered=len(box.log))
    assert told(box.room.replica.update()) == told(whole)
    for one in (sleeper, newcomer):
        await one.sync(box)
        assert facts(one) == facts(box) == before
        assert one.replica._local.held() == writer.replica._local.held()


async def test_a_restored_leaf_learns_what_is_gone_from_who_came_when_it_was() -> None:
    """[DO131] The only tablet that is left never saw those edits; the backup has them, some alive."""
    box, writer, newcomer, late = Box("leaf", 4_000_000_000), tablet(1), tablet(2), tablet(4)
    box.room.write([("seat/p1", SEAT)], "ana")
    await box.settle()
    await written_all_day(box, writer, edits=23)
    backup = len(box.log)
    await late.sync(box)  # and is away until the end
    await written_all_day(box, writer)
    box.room.replica.snapshot(box.now)
    await newcomer.sync(box)
    before = facts(box)
    box.term = 2
    await box.goes_on(backup)
    box.room.switch(epochs.first_of(2))
    await box.settle()
    assert facts(box) != before
    for one in (newcomer, late):
        await one.sync(box)
        one.replica.start_over(one.replica._client_id + 100)
        await one.sync(box)
        await box.prune()
        assert facts(box) == before
        assert box.room.facts.rivals() == {}
