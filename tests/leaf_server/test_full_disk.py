"""A whole leaf whose files may not grow for a while: all are told, all can read, all comes in afterwards."""

import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import anyio
import pytest
from websockets.asyncio.client import ClientConnection

from crdt_models.session import Note, NoteKind, read_message
from tests.leaf_server.fix_leaf import Leaf, found, leaf, running
from tests.leaf_server.fix_tablet import line_to, tablet

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]


@contextmanager
def no_file_may_grow_beyond(size: int) -> Iterator[None]:
    """Nor be written there, in this whole process; a disk quota looks like that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def first_beat(line: ClientConnection) -> Note:
    while True:
        frame = await line.recv()
        assert isinstance(frame, bytes)
        message = read_message(frame)
        if isinstance(message, Note) and message.kind is NoteKind.BEAT:
            return message


async def test_a_leaf_without_space_says_so_and_recovers_by_itself(leaf: Leaf) -> None:
    """[DO75] [DO76]"""
    signed_in = await leaf.token("ana")
    token, device = signed_in["authorization"][7:], leaf.devices["floor"]["device"]
    async with tablet(leaf, "floor", token=token, device=device, person="ana") as held:
        await held.act(("setup", {"kind": "floor"}), ("seat/p0", {"table": "t1", "seat": 1}))
        await held.is_accepted()
        with no_file_may_grow_beyond(0), anyio.fail_after(60):
            for n in range(100):
                await held.act((f"seat/q{n}", {"table": "t1", "seat": 2}))
            while (health := await leaf.http.get("/health")).status_code == 200:
                pass
            assert health.json()["why"][0].startswith("documents: the store is full: ")
            assert "felt_store_full 1" in (await leaf.http.get("/metrics")).text
            async with line_to(leaf, "floor", token) as line:
                assert (await first_beat(line)).content["store"] == "full"
            facts = await leaf.http.get("/api/v1/documents/floor/facts", headers=signed_in)
            assert "seat/p0" in facts.json()["facts"]
            out = await leaf.http.post("/api/v1/auth/logout", headers=signed_in)
            assert (out.status_code, out.json()["error"]["details"]) == (503, {"store": "full"})
            assert held.replica.unsent > 0
        await held.is_accepted()
        assert held.close_code is None
        assert (await leaf.http.get("/health")).status_code == 200
    facts = await leaf.http.get("/api/v1/documents/floor/facts", headers=signed_in)
    assert sum(name.startswith("seat/q") for name in facts.json()["facts"]) == 100


async def test_a_leaf_that_stops_while_it_has_no_space_loses_nothing(tmp_path: Path) -> None:
    """[DO76] What waited in it is on the tablets, and comes in once after the restart."""
    data = tmp_path / "leaf"
    founded = await found(data)
    with ExitStack() as limits:
        async with running(data, founded) as leaf:
            await leaf.enrol()
            device, token = leaf.devices["floor"], (await leaf.token("ana"))["authorization"][7:]
            async with tablet(leaf, "floor", token=token, device=device["device"], person="ana") as held:
                await held.act(("setup", {"kind": "floor"}), ("seat/p0", {"table": "t1", "seat": 1}))
                await held.is_accepted()
                limits.enter_context(no_file_may_grow_beyond(0))
                await held.act(("seat/p0", {"table": "t1", "seat": 2}), ("seat/p1", None))
                with anyio.fail_after(60):
                    while (await leaf.http.get("/health")).status_code == 200:
                        pass
    assert held.replica.unsent == 2
    async with running(data, founded) as leaf:
        where = {"token": token, "device": device["device"], "person": "ana"}
        async with tablet(leaf, "floor", replica=held.replica, **where) as again:
            await again.is_accepted()
        leaf.devices["floor"] = device
        asked = "/api/v1/documents/floor/history?name=seat/p0"
        told = (await leaf.http.get(asked, headers=await leaf.token("ana"))).json()
    assert [change["after"] for change in told["changes"]] == [{"table": "t1", "seat": n} for n in (2, 1)]
