"""How a document and its epoch are named in a path, what a new epoch begins with, and when it is due."""

from collections.abc import Sequence

import pytest

from crdt_models import epochs, wire
from crdt_models.documents.catalogue import CATALOGUE
from crdt_models.edits import Edit, Json, encode
from crdt_models.epochs import Scales, split
from crdt_models.facts import Index
from crdt_models.server_replica import ServerReplica
from crdt_models.stamps import base36
from crdt_models.turn import Writer

DAY_MS = 24 * 3_600_000
SEAT: Json = {"table": "t1", "seat": 1}


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("floor", ("floor", None)),
        ("floor@12", ("floor", 12)),
        ("tournament/00ff-x@1", ("tournament/00ff-x", 1)),
        ("floor@0", None),
        ("floor@", None),
        ("floor@01", None),
        ("floor@-1", None),
        ("floor@1@2", None),
        ("Floor", None),
        ("floor/", None),
        ("floor/a/b", None),
        ("../floor", None),
        ("", None),
        ("floor\n", None),
        ("tournament/" + "x" * 37, None),
    ],
)
def test_paths(path: str, named: tuple[str, int | None] | None) -> None:
    assert split(path) == named


def stamp(ms: int, counter: int) -> str:
    return f"{base36(ms)}.{counter}.d-a"


def copied(edits: dict[str, Edit], now: int, *, unsettled: Sequence[str] = ()) -> list[str]:
    """Stamps in a new epoch, in their order."""
    texts = {key: encode(edit) + " " for key, edit in edits.items()}
    update = epochs.copy(
        texts, edits, client_id=7, now=now,
        forget=lambda name: name == "seat/erased", settled=lambda key: key not in unsettled,
    )  # fmt: skip
    read = wire.read_update(update, bytes_max=10**6, structs_max=10**6)
    structs = [struct for section in read.sections for struct in section.structs]
    assert all(texts[struct.key] == struct.text for struct in structs)  # unchanged to the byte
    assert [(section.client, section.clock) for section in read.sections] == ([(7, 0)] if structs else [])
    return [struct.key for struct in structs]


def test_a_new_epoch_has_the_texts_unchanged_in_the_order_of_their_stamps() -> None:
    """[DO50]"""
    edits = {
        stamp(30, 2): Edit("seat/p1", SEAT, (stamp(5, 1),)),
        stamp(9, 1): Edit("setup", {"kind": "floor"}),
    }
    assert copied(edits, 0) == [stamp(9, 1), stamp(30, 2)]
    assert copied({}, 0) == []


def test_a_null_is_kept_for_seven_days_and_longer_while_something_may_come_that_it_holds_down() -> None:
    """[DO53]"""
    edits = {stamp(1_000, 2): Edit("seat/p1", None, (stamp(5, 1),))}
    assert copied(edits, 1_000 + 7 * DAY_MS) == [*edits]
    assert copied(edits, 1_001 + 7 * DAY_MS) == []
    assert copied(edits, 99 * DAY_MS, unsettled=[*edits]) == [*edits]
    edits[stamp(2_000, 3)] = Edit("seat/p1", SEAT, (stamp(1_000, 2),))
    assert len(copied(edits, 99 * DAY_MS)) == 2  # replaced, and waiting: it stays


def test_what_is_to_be_forgotten_is_not_copied() -> None:
    assert copied({stamp(1, 1): Edit("seat/erased", SEAT), stamp(2, 2): Edit("seat/p", SEAT)}, 9) == [
        stamp(2, 2)
    ]


def index(edits: int) -> Index:
    facts = Index(CATALOGUE["floor"].fact)
    for n in range(edits):
        facts.add(stamp(n, n + 1), Edit(f"seat/p{n}", SEAT))
    return facts


def test_a_switch_is_due_when_too_much_is_past_and_earlier_where_nobody_writes() -> None:
    """[DO52]"""
    scales, facts = Scales(), index(10)
    for state, quiet, due in ((150_000, True, False), (170_000, True, True), (170_000, False, False)):
        scales.weigh(state, facts, 0)
        assert scales.due(0, quiet=quiet) is due
    scales.weigh(epochs.bytes_max(0), facts, 5)
    assert not scales.due(600_004, quiet=False)  # into a burst of edits only after ten minutes
    assert scales.due(600_005, quiet=False)
    scales.switched(1_000, 600_005)
    scales.weigh(epochs.bytes_max(0), facts, 600_005)
    assert not scales.due(1_200_004, quiet=True)  # two switches are ten minutes apart
    assert scales.due(1_200_005, quiet=True)
    scales.weigh(7 * 1024 * 1024, facts, 0)
    assert scales.due(600_006, quiet=False)  # but for what is very large
    full = Index(CATALOGUE["floor"].fact)
    for n in range(1_900):
        full.add(stamp(n, n + 1), Edit(f"seat/p{n}", "x" * 3_500))
    scales.weigh(7 * 1024 * 1024, full, 0)
    assert not scales.due(9_000_000, quiet=True)  # it is large, and all of it is live


def test_old_nulls_do_not_count_as_live() -> None:
    """[DO52]"""
    facts = Index(CATALOGUE["floor"].fact)
    for n in range(5_000):
        facts.add(stamp(n, n + 1), Edit(f"seat/{n:036}", None))
    scales = Scales()
    scales.weigh(300_000, facts, DAY_MS)
    assert not scales.due(DAY_MS, quiet=True)
    scales.weigh(300_000, facts, 8 * DAY_MS)
    assert scales.due(8 * DAY_MS, quiet=True)


def test_it_is_weighed_again_before_it_can_have_grown_too_much() -> None:
    scales, facts = Scales(), index(10)
    scales.weigh(100_000, facts, 0)
    assert scales.again_at <= epochs.bytes_max(0) * 7 // 8


@pytest.mark.parametrize("state", [0, 100_000, 163_839, 200_000, 229_375, 229_376, 5_000_000])
def test_near_a_limit_it_is_not_weighed_at_every_turn(state: int) -> None:
    """[DO91]"""
    scales = Scales()
    scales.weigh(state, index(10), 0)
    assert scales.again_at >= state + 32 * 1024


def test_a_document_that_is_lighter_than_its_log_is_not_looked_at_again_at_once() -> None:
    """[DO91]"""
    replica = ServerReplica(
        "floor", CATALOGUE["floor"], None, at="leaf", writer=Writer(7, "leaf-7"), first_epoch=1,
        forget=lambda _: False,
    )  # fmt: skip
    replica.bytes = epochs.bytes_max(0)  # as logged
    assert replica.snapshot_due
    replica.snapshot(0)
    replica.bytes += 32 * 1024 - 1
    assert not replica.snapshot_due
