"""The gate's decision table, and the legitimate clients it must let in."""

from collections.abc import Callable
from typing import Any

import pytest
from pycrdt import Doc, Map, merge_updates

from crdt_models import wire
from crdt_models.edits import Edit, encode
from crdt_models.errors import CloseCode, Foul
from crdt_models.gate import ANSWER, LIVE, gate
from crdt_models.stamps import base36
from crdt_models.wire import assemble, edit_struct
from tests.crdt_models.behind_gate import SEAT, TEXT, Client, Server, only_good


def test_a_live_update_goes_on_as_the_same_bytes() -> None:
    server, client = Server(), Client(1)
    update = client.write()
    verdict = server.take(update)
    assert verdict.update is update
    assert list(verdict.accepted) == ["1.1.d-1"]
    assert (verdict.vector, verdict.bound, verdict.resync) == ({"d-1": 1}, {1: "d"}, False)


def test_what_is_known_is_cut() -> None:
    """[DO11]"""
    server, client = Server(), Client(1)
    for _ in range(5):
        server.take(client.write())
    whole = client.doc.get_update()
    assert server.take(whole).update == b""
    client.write()
    verdict = server.take(client.doc.get_update())
    assert list(verdict.accepted) == ["6.6.d-1"]
    assert wire.read_update(verdict.update, bytes_max=10**6, structs_max=10).sections[0].clock == 5


def test_an_offline_batch_comes_in_as_one() -> None:
    server, client = Server(), Client(1)
    for _ in range(500):
        client.write()
    assert len(server.take(client.doc.get_update(), limits=ANSWER).accepted) == 500


# The clients that the first draft of the gate turned away though they did nothing wrong.


def test_a_roaming_tablet_may_carry_what_a_colleague_wrote() -> None:
    """[DO16]"""
    leaf, core, one, two = Server(), Server(), Client(1, "d-1"), Client(2, "e-1")
    leaf.take(one.write())
    leaf.take(two.write(), "e")
    one.doc.apply_update(leaf.doc.get_update())
    verdict = core.take(one.diff(core))  # a stock client sends all it has
    assert list(verdict.accepted) == ["1.1.d-1"]
    assert verdict.bound == {1: "d"}


def test_a_mere_carrier_binds_nobody_and_brings_nothing() -> None:
    core, one, idle = Server(), Client(1, "d-1"), Client(3, "g-1")
    one.write()
    idle.doc.apply_update(one.doc.get_update())
    verdict = core.take(idle.doc.get_update(), "g")
    assert (verdict.update, verdict.bound) == (b"", {})
    assert list(core.take(one.doc.get_update()).accepted) == ["1.1.d-1"]  # its owner still can


def test_an_edit_may_name_what_this_server_has_not_seen() -> None:
    core, client = Server(), Client(1)
    assert list(core.take(client.write(SEAT, "0.1.e-1")).accepted) == ["1.1.d-1"]


def test_a_restored_server_gets_the_evening_back_from_its_owners() -> None:
    """[DO16]"""
    leaf, one, two = Server(), Client(1, "d-1"), Client(2, "e-1")
    leaf.take(one.write())
    leaf.take(two.write(), "e")
    one.doc.apply_update(leaf.doc.get_update())
    restored = Server()  # knows nothing, or only that 2 is e's
    restored.take(two.doc.get_update(), "e")
    assert list(restored.take(one.doc.get_update()).accepted) == ["1.1.d-1"]


def test_two_pages_of_one_device_write_side_by_side() -> None:
    """[DO16]"""
    server, one, two = Server(), Client(1, "d-1"), Client(2, "d-2")
    server.take(one.write())
    assert list(server.take(two.write()).accepted) == ["1.1.d-2"]


def test_after_a_lost_frame_the_rest_is_asked_for_and_fits() -> None:
    server, client = Server(), Client(1)
    server.take(client.write())
    client.write()
    third = client.write()
    verdict = server.take(third)
    assert (verdict.update, verdict.resync) == (b"", True)
    fourth = client.write()
    merged = merge_updates(third, fourth)
    assert server.take(merged).resync
    assert len(server.take(client.own(server), limits=ANSWER).accepted) == 3


def test_a_hole_inside_a_frame_takes_what_is_before_it() -> None:
    """[DO12]"""
    server, client = Server(), Client(1)
    first = client.write()
    client.write()
    third = client.write()
    verdict = server.take(merge_updates(first, third))  # Yjs puts a Skip between them
    assert (list(verdict.accepted), verdict.resync) == (["1.1.d-1"], True)


def test_an_undo_manager_links_and_is_fenced() -> None:
    server, client = Server(), Client(1)
    server.take(client.write())
    overwritten = client.put("1.1.d-1", TEXT)  # an old key again: Yjs links it to the old item
    assert server.fouls(overwritten).code == CloseCode.FENCED


# Counters and copies.


def test_counters_may_lie_in_two_sections_in_any_order() -> None:
    """[DO12]"""
    server, one, two = Server(), Client(9), Client(4)
    for n in (1, 3, 5):
        one.put(f"{n}.{n}.d-1", TEXT)
    for n in (2, 4):
        two.put(f"{n}.{n}.d-1", TEXT)
    two.doc.apply_update(one.doc.get_update())
    verdict = server.take(two.doc.get_update())
    assert (len(verdict.accepted), verdict.vector, verdict.resync) == (5, {"d-1": 5}, False)


def test_a_missing_counter_is_a_hole() -> None:
    server, client = Server(), Client(1)
    client.put("1.1.d-1", TEXT)
    client.put("3.3.d-1", TEXT)
    verdict = server.take(client.doc.get_update())
    assert (list(verdict.accepted), verdict.resync) == (["1.1.d-1"], True)


def test_a_second_copy_of_the_same_content_is_let_through() -> None:
    server, one, two = Server(), Client(1), Client(2)
    server.take(one.write())
    verdict = server.take(two.write())
    assert (verdict.accepted, verdict.places) == ({}, {(2, 0): "1.1.d-1"})
    assert sorted(server.known.places["1.1.d-1"]) == [(1, 0), (2, 0)]


def test_a_second_copy_of_other_content_is_fenced() -> None:
    """[DO15]"""
    server, one, two = Server(), Client(1), Client(2)
    server.take(one.write())
    assert server.fouls(two.write({"table": "t2", "seat": 2})).code == CloseCode.FENCED


@pytest.mark.parametrize("at_once", [True, False])
def test_an_edit_is_not_copied_without_end(at_once: bool) -> None:
    """Yjs walks all copies of a key for each new one: 20,000 cost the server, and each client, 12 s."""
    server, struct = Server(), edit_struct("1.1.d-1", TEXT)
    copies = [(client, 0, [struct]) for client in range(1, 17)]
    for part in [copies] if at_once else [[copy] for copy in copies]:
        server.take(assemble(part, {}))
    assert server.fouls(assemble([(17, 0, [struct])], {})).code == CloseCode.FENCED
    fresh = Server()
    assert fresh.fouls(assemble([*copies, (17, 0, [struct])], {})).code == CloseCode.FENCED


def test_what_was_decided_and_is_gone_can_not_be_deleted_under_its_key_again_and_again() -> None:
    server, struct = Server(), edit_struct("1.1.d-1", "[]")  # refused
    server.take(assemble([(1, 0, [struct])], {}))
    grave = b"\x21" + struct[1 : 1 + 4 + len("1.1.d-1") + 1]
    for client, again in ((2, struct), (3, grave)):
        update = server.take(assemble([(client, 0, [again])], {})).update
        assert b"1.1.d-1" not in update
        read = wire.read_update(update, bytes_max=1_000, structs_max=9, deletes=True)
        assert read.deletes == [(client, 0, 1)]  # the other server may have a living copy there


def test_a_copy_of_what_was_pruned_becomes_a_tombstone_untold() -> None:
    server, one, two = Server(), Client(1), Client(2)
    server.take(one.write())
    server.doc.apply_update(assemble([], {1: [0]}))
    server.known.remove("1.1.d-1")
    verdict = server.take(two.write())
    assert (verdict.accepted, verdict.refused, verdict.changed) == ({}, {}, True)
    assert server.present() == set()


def test_a_deleted_struct_of_a_living_stamp_does_not_kill_it() -> None:
    server, one, two = Server(), Client(1), Client(2)
    update = one.write()
    server.take(update)
    two.write()
    two.doc.apply_update(assemble([], {2: [0]}))
    verdict = server.take(two.doc.get_update())
    assert verdict.changed
    assert server.present() == {"1.1.d-1"}


def test_an_own_gc_is_taken_and_counted_by_its_length() -> None:
    """A server wrote it for a deleted struct of a living stamp; neighbours merge, so it may be long."""
    server = Server()
    parts = [edit_struct("1.1.d-1", TEXT), b"\0\3", edit_struct("2.2.d-1", TEXT)]
    verdict = server.take(assemble([(1, 0, parts)], {}))
    assert (list(verdict.accepted), verdict.clocks) == (["1.1.d-1", "2.2.d-1"], {1: 5})
    longer = [edit_struct("1.1.d-1", TEXT), b"\0\3", edit_struct("2.2.d-1", TEXT), b"\0\2", b"\0\1"]
    assert server.take(assemble([(1, 0, longer)], {})).clocks == {1: 8}
    assert server.take(assemble([(1, 6, [b"\0\4"])], {})).clocks == {1: 10}  # begins in what is known
    assert server.take(assemble([(2, 0, [b"\0\4"])], {})).clocks == {}  # nobody's: cut


# Refusals.


def test_a_refused_edit_becomes_a_tombstone_and_the_rest_stands() -> None:
    """[DO13]"""
    server, client = Server(), Client(1)
    client.write()
    client.write("BAD", "1.1.d-1")
    client.write()
    verdict = server.take(client.doc.get_update())
    assert list(verdict.accepted) == ["1.1.d-1", "3.3.d-1"]
    assert {stamp: (r.name, r.code, r.replaces) for stamp, r in verdict.refused.items()} == {
        "2.2.d-1": ("seat/p1", "model", ("1.1.d-1",))
    }
    assert verdict.vector == {"d-1": 3}
    client.doc.apply_update(verdict.update)  # it goes to the sender too
    assert set(client.map.keys()) == {"1.1.d-1", "3.3.d-1"}
    assert client.doc.get_state() == server.doc.get_state()


def test_an_act_is_refused_whole() -> None:
    """[DO14]"""
    server, client = Server(), Client(1)
    client.write(act="a")
    client.write("BAD", act="a")
    client.write(act="b")
    client.write(act="a")
    verdict = server.take(client.doc.get_update())
    assert list(verdict.accepted) == ["3.3.d-1"]
    assert [r.code for r in verdict.refused.values()] == ["model", "act", "act"]


def test_a_second_copy_falls_with_its_act() -> None:
    server, client = Server(), Client(1)
    texts = [encode(Edit("seat/p1", value, (), "ana", "a")) for value in (SEAT, "BAD")]
    first = [edit_struct("1.1.d-1", texts[0]), edit_struct("2.2.d-1", texts[1])]
    verdict = server.take(assemble([(1, 0, first), (2, 0, first[:1])], {}))
    assert verdict.accepted == {}
    assert client.doc is not None


def test_an_act_may_not_be_longer_than_its_bound() -> None:
    server, client = Server(), Client(1)
    for _ in range(65):
        client.write(act="a")
    verdict = server.take(client.doc.get_update())
    assert (verdict.accepted, {r.code for r in verdict.refused.values()}) == ({}, {"act"})


def test_an_edit_from_the_future_is_refused() -> None:
    """[DO18]"""
    server, client = Server(), Client(1)
    verdict = server.take(client.put("zzzzzz.1.d-1", TEXT), now=0)
    assert verdict.refused["zzzzzz.1.d-1"].code == "ahead"


def test_a_minute_is_how_far_ahead_a_stamp_may_be() -> None:
    """[DO18]"""
    server, client = Server(), Client(1)
    last, beyond = f"{base36(60_000)}.1.d-1", f"{base36(60_001)}.2.d-1"
    assert list(server.take(client.put(last, TEXT), now=0).accepted) == [last]
    assert list(server.take(client.put(beyond, TEXT), now=0).refused) == [beyond]


def test_filling_of_a_known_writer_passes_a_relay() -> None:
    """Else each edit behind it would have the whole document sent again."""
    server, client = Server(), Client(1)
    server.take(client.write())
    verdict = server.take(assemble([(1, 1, [b"\0\5"])], {}), device=None)
    assert (verdict.clocks, verdict.resync) == ({1: 6}, False)


def test_what_a_relay_has_of_an_earlier_epoch_does_not_stop_the_rest() -> None:
    server = Server()
    server.known.former = frozenset({7})
    struct = edit_struct("1.1.d-1", TEXT), edit_struct("1.1.e-1", TEXT)
    update = assemble([(7, 0, struct[:1]), (8, 0, struct[1:])], {})
    assert list(server.take(update, device=None).accepted) == ["1.1.e-1"]
    assert server.fouls(update, device="d").code == CloseCode.OTHER_EPOCH


def test_what_comes_before_the_setup_waits_for_it() -> None:
    """[DO16]"""
    server, early, founder = Server(founded=False), Client(1), Client(2, "e-1")
    verdict = server.take(early.write())
    assert (verdict.update, verdict.refused, verdict.resync) == (b"", {}, True)
    server.take(founder.write({"kind": "floor"}, name="setup"), device="e")
    assert list(server.take(early.own(server)).accepted) == ["1.1.d-1"]


def test_what_rests_on_a_refused_setup_falls_with_it() -> None:
    server, client = Server(founded=False), Client(1)
    client.write({"kind": "floor"}, name="setup", act="a")
    client.write(name="seat/p2")
    client.write("BAD", act="a")
    verdict = server.take(client.doc.get_update())
    assert verdict.accepted == {}
    assert [verdict.refused[client.stamp(n)].code for n in (1, 2, 3)] == ["act", "no_setup", "model"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 3_000, "size"),
        ('["n",NaN,[],["",""]]', "json"),
        ('["n","\\ud800",[],["",""]]', "json"),
        ('{"a":1}', "shape"),
        ("x" * 9_000, "size"),
    ],
)
def test_any_text_is_refused_never_fenced(text: str, code: str) -> None:
    """[DO17]"""
    server, client = Server(), Client(1)
    verdict = server.take(client.put("1.1.d-1", text))
    assert verdict.refused["1.1.d-1"].code == code


# Hands off what is another's.


def test_stamps_of_another_under_the_own_id_are_fenced() -> None:
    """[DO15]"""
    server, client = Server(), Client(1)
    server.take(client.write())
    assert server.fouls(client.put("2.2.e-1", TEXT)).code == CloseCode.FENCED


def test_own_stamps_under_the_id_of_another_are_fenced() -> None:
    """[DO15]"""
    server, one, two = Server(), Client(1), Client(1, "e-1")
    server.take(one.write())
    two.write()
    two.write()
    assert server.fouls(two.doc.get_update(), "e").code == CloseCode.FENCED


def test_a_servers_id_can_not_be_written_under() -> None:
    server, client = Server(), Client(7)
    server.known.bound[7] = ""
    verdict = server.take(client.write())
    assert (verdict.update, verdict.resync) == (b"", False)


def test_an_unbound_id_with_stamps_of_several_devices_is_cut() -> None:
    server = Server()
    parts = [edit_struct("1.1.d-1", TEXT), edit_struct("1.1.e-1", TEXT)]
    assert server.take(assemble([(1, 0, parts)], {})).update == b""


def test_delete_sets_are_cut() -> None:
    """[DO11]"""
    server, client = Server(), Client(1)
    server.take(client.write())
    future = b"\0\1\x4d\1\0\x80\x80\x80\x80\4"  # the eleven bytes that destroy what 77 writes later
    assert server.take(future).update == b""
    assert server.take(assemble([], {1: [0]})).update == b""
    update = client.write()
    verdict = server.take(update[:-1] + b"\1\1\1\0\2")
    assert list(verdict.accepted) == ["2.2.d-1"]
    assert server.present() == {"1.1.d-1", "2.2.d-1"}


@pytest.mark.parametrize("key", ["x", "", "1.1.d", "1.1.d-1 ", "é" * 20])
def test_a_key_that_is_no_stamp_is_fenced(key: str) -> None:
    assert Server().fouls(Client(1).put(key, TEXT)).code == CloseCode.FENCED


def other_root(doc: Doc[Any]) -> None:
    doc.get("g", type=Map)["1.1.d-1"] = TEXT


def nested(doc: Doc[Any]) -> None:
    doc.get("f", type=Map)["1.1.d-1"] = Map({"a": 1})


def number(doc: Doc[Any]) -> None:
    doc.get("f", type=Map)["1.1.d-1"] = 5


@pytest.mark.parametrize("write", [other_root, nested, number])
def test_what_is_no_edit_in_the_root_map_is_fenced(write: Callable[[Doc[Any]], None]) -> None:
    doc: Doc[Any] = Doc(client_id=1)
    write(doc)
    assert Server().fouls(doc.get_update()).code == CloseCode.FENCED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0",
        b"\0\0\0",
        b"\1\0\1\0\0",
        b"\xff" * 20,
        b"\1\1\1\0",
        b"\1\xff\xff\xff\xff\x0f\1\0\0\1",
        b"\1\1\1\0\0\0\0",
    ],
    ids=bytes.hex,
)
def test_what_is_no_update_is_malformed(data: bytes) -> None:
    assert Server().fouls(data).code == CloseCode.MALFORMED


def test_more_than_a_frame_may_hold_is_taken_in_parts() -> None:
    """[DO16]"""
    server, client = Server(), Client(1)
    for _ in range(3_000):
        client.write()
    verdict = server.take(client.doc.get_update())
    assert (len(verdict.accepted), verdict.resync) == (2_000, True)
    verdict = server.take(client.own(server))
    assert (len(verdict.accepted), verdict.resync) == (1_000, False)


def test_a_relay_brings_many_devices_but_no_stamp_under_a_wrong_id() -> None:
    core, leaf, one, two = Server(), Server(), Client(1, "d-1"), Client(2, "e-1")
    core.take(one.write())
    core.take(two.write(), "e")
    assert len(leaf.take(core.doc.get_update(), None).accepted) == 2
    assert leaf.known.bound == {1: "d", 2: "e"}


def test_a_relay_deletes_nothing() -> None:
    """[DO31]"""
    server, client = Server(), Client(1)
    server.take(client.write())
    assert server.take(assemble([], {1: [0]}), None).update == b""
    assert server.present() == {"1.1.d-1"}


def test_what_one_device_did_behind_the_relay_does_not_stop_the_others() -> None:
    leaf, one, two = Server(), Client(1, "d-1"), Client(2, "e-1")
    leaf.take(one.write())
    hijack = (1, 1, [edit_struct("2.2.x-1", TEXT)])
    forked = (7, 0, [edit_struct("1.1.d-1", encode(Edit("seat/p1", None, (), "ana")))])
    mixed = (8, 0, [edit_struct("1.1.x-2", TEXT), edit_struct("1.1.z-2", TEXT)])
    two.write()
    good = (2, 0, [edit_struct("1.1.e-1", TEXT)])
    verdict = leaf.take(assemble([hijack, forked, mixed, good], {}), None)
    assert list(verdict.accepted) == ["1.1.e-1"]
    assert wire.read_update(verdict.update, bytes_max=10**6, structs_max=10, deletes=True).deletes == [
        (7, 0, 1)
    ]
    assert leaf.known.edits["1.1.d-1"].value == SEAT


def test_an_act_that_lies_across_a_bound_is_left_whole_for_the_next_frame() -> None:
    server, client = Server(), Client(1)
    for _ in range(1_990):
        client.write()
    for n in range(20):
        client.write("BAD" if n == 19 else SEAT, act="a")
    verdict = server.take(client.doc.get_update())
    assert (len(verdict.accepted), verdict.refused, verdict.resync) == (1_990, {}, True)
    verdict = server.take(client.own(server), limits=ANSWER)
    assert (len(verdict.accepted), len(verdict.refused)) == (0, 20)


def test_an_id_that_another_device_speaks_for_can_not_be_bound() -> None:
    server, thief, owner = Server(), Client(9, "d-1"), Client(9, "e-1")
    claimed = {9: "e"}
    with pytest.raises(Foul, match="speaks for") as caught:
        gate(
            thief.write(), server.known, device="d", now=10**9, check=only_good, limits=LIVE, claimed=claimed
        )
    assert (caught.value.code, server.known.bound) == (CloseCode.FENCED, {})
    verdict = gate(
        owner.write(), server.known, device="e", now=10**9, check=only_good, limits=LIVE, claimed=claimed
    )
    assert list(verdict.accepted) == ["1.1.e-1"]
