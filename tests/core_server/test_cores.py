"""Several core processes serve the same documents: who owns a venue, who hands on, and what a death costs."""

import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import anyio
import psycopg
import pytest
from websockets.exceptions import ConnectionClosed

from crdt_models.facts import Json
from crdt_models.replication import unpack
from crdt_models.session import Presence, presence_message, read_message
from serving.nats_link import NatsLink
from tests.core_server.chains import chain, request
from tests.core_server.fix_core import RunningCore, Tablet
from tests.core_server.fix_cores import Both, CoreProcess, Cores, Roamer, number, tablet
from tests.fix_nats import Hub

pytestmark = [pytest.mark.anyio, pytest.mark.servers]

SETUP = {"kind": "config", "version": 1}


def table(n: int) -> Json:
    return {"number": n, "seats": 9}


async def found(core: RunningCore) -> None:
    """Makes the document, and with it this process the owner."""
    async with tablet(core, "tab0") as first:
        await first.write("setup", SETUP)
        await first.until_accepted()


async def sent_away(who: Tablet) -> int:
    """The code it is closed with."""
    with anyio.fail_after(60), suppress(ConnectionClosed):
        while True:
            await who.turn()
    assert who.socket.close_code is not None
    return who.socket.close_code


async def history(core: RunningCore) -> list[str]:
    """Stamps of all accepted edits, once it is ready to tell."""
    async with core.client(core.east.token("manager")) as client:
        with anyio.fail_after(60):
            while True:
                told = await client.get("/api/v1/documents/config/history?limit=200")
                if told.status_code != 503:
                    return [change["stamp"] for change in told.json()["changes"]]
                await anyio.sleep(0.05)  # it looks for database and hub


async def owner_of(cores: Both[CoreProcess]) -> str:
    async with await psycopg.AsyncConnection.connect(str(cores.first.settings.database_url)) as database:
        row = await (
            await database.execute("SELECT owner FROM felt.owners WHERE venue_id = 'east'")
        ).fetchone()
        assert row is not None
        return str(row[0])


async def test_clients_of_two_processes_edit_one_document(cores_here: Both[RunningCore]) -> None:
    """[DO80] [DO81]"""
    async with tablet(cores_here.first, "tab1") as here, tablet(cores_here.second, "tab2") as there:
        await here.write("setup", SETUP)
        await here.until_accepted()
        await there.until_shows("setup", SETUP)
        for n in range(20):
            await (here if n % 2 else there).write(f"table/t{n}", table(n + 1))
        for each in (here, there):
            await each.until_accepted()
            for n in range(20):
                await each.until_shows(f"table/t{n}", table(n + 1))
        both = (cores_here.first, cores_here.second)
        owned = [await number(core, "felt_venues_owned") for core in both]  # whoever was asked first
        assert sorted(owned) == [0, 1]
        assert [await number(core, "felt_sessions_handed_on") for core in both] == owned[::-1]
    assert len(await history(cores_here.second)) == 21


async def test_a_killed_owner_costs_its_clients_and_the_others_nothing(cores: Cores) -> None:
    """[DO80] [DO81] Both kinds go on at the other process, three times over; each edit is there once."""
    both = [cores.first, cores.second]
    await found(cores.first)
    roamers = [Roamer(both, "tab1"), Roamer(both[::-1], "tab2")]
    async with anyio.create_task_group() as tasks:
        for roamer in roamers:
            tasks.start_soon(roamer.run)
        for round_, victim in enumerate((cores.first, cores.second, cores.first)):
            for roamer in roamers:
                with anyio.fail_after(60):
                    await roamer.connected.wait()
                for n in range(5):
                    await roamer.write(f"table/{round_}x{n}", table(n + 1))
            victim.kill()
            for roamer in roamers:
                await roamer.write(f"table/{round_}y{roamer.tablet.replica.name[:4]}", table(7))
            for roamer in roamers:
                await roamer.until_accepted()
            await victim.start()
        tasks.cancel_scope.cancel()
    told = await history(cores.second)
    assert len(told) == len(set(told)) == 1 + sum(roamer.wanted for roamer in roamers)
    for roamer in roamers:
        assert roamer.tablet.replica.facts.get("table/0x0") == table(1)


async def test_an_owner_that_slept_writes_nothing_when_it_wakes(cores: Cores) -> None:
    """[DO80] The other process takes over; what waited in the sleeper's sockets is not accepted there."""
    await found(cores.first)
    sleeper = await owner_of(cores)
    async with tablet(cores.first, "tab1") as asleep:
        await asleep.write("table/t1", table(1))
        await asleep.until_accepted()
        cores.first.stop()
        try:
            await asleep.write("table/t2", table(2))  # into the socket of a process that does not read
            roamer = Roamer([cores.second], "tab2")
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(roamer.run)
                await roamer.write("table/t3", table(3))
                await roamer.until_accepted()
                tasks.cancel_scope.cancel()
            assert await owner_of(cores) != sleeper
        finally:
            cores.first.wake()
        assert await sent_away(asleep) == 4503
    assert len(await history(cores.second)) == 3  # setup, t1, t3
    async with tablet(cores.second, "tab1") as back:
        back.replica = asleep.replica
        for frame in asleep.replica.connected():
            await back.socket.send(frame)
        await back.until_shows("table/t3", table(3))
        await back.until_accepted()
    told = await history(cores.first)
    assert len(told) == len(set(told)) == 4
    assert await number(cores.first, "felt_venues_owned") == 0


async def test_cut_off_from_the_database_an_owner_finds_out_who_owns_now(
    cores_here: Both[RunningCore],
) -> None:
    """[DO80] All its connections are ended by the server; whoever owns then, no edit is lost or doubled."""
    await found(cores_here.first)
    roamers = [Roamer([core], f"tab{n}") for n, core in enumerate((cores_here.first, cores_here.second), 1)]
    async with anyio.create_task_group() as tasks:
        for roamer in roamers:
            tasks.start_soon(roamer.run)
        for round_ in range(3):
            for n in range(5):
                for roamer in roamers:
                    await roamer.write(f"table/{round_}x{n}{roamer.tablet.replica.name[:4]}", table(n + 1))
            async with await psycopg.AsyncConnection.connect(
                str(cores_here.first.settings.database_url), autocommit=True
            ) as database:
                await database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'felt core'"
                )
            for roamer in roamers:
                await roamer.until_accepted()
        tasks.cancel_scope.cancel()
    told = await history(cores_here.second)
    assert len(told) == len(set(told)) == 1 + sum(roamer.wanted for roamer in roamers)


async def test_a_hub_that_died_sends_the_handed_on_away_and_lets_them_in_again(
    cores_here: Both[RunningCore],
) -> None:
    """[DO81]"""
    await found(cores_here.first)
    async with tablet(cores_here.second, "tab2") as there:
        await there.until_shows("setup", SETUP)
        cores_here.hub.server.kill()
        assert await sent_away(there) == 4503
    async with tablet(cores_here.first, "tab1") as here:  # the owner's own clients notice nothing
        await here.write("table/t1", table(1))
        await here.until_accepted()
    cores_here.hub.server.start()
    roamer = Roamer([cores_here.second], "tab2")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(roamer.run)
        await roamer.write("table/t2", table(2))
        await roamer.until_accepted()
        tasks.cancel_scope.cancel()
    assert await number(cores_here.first, "felt_venues_owned") == 1


async def test_what_the_owner_says_no_to_closes_with_its_code(cores_here: Both[RunningCore]) -> None:
    """[DO81] Also through another process: a reader who writes, and another's name."""
    await found(cores_here.first)
    async with Tablet(cores_here.second, cores_here.east, "config", "tab3", "floor") as reader:
        await reader.write("table/t1", table(1))
        assert await sent_away(reader) == 4403


async def heard(who: Tablet) -> bytes:
    """The next awareness update."""
    with anyio.fail_after(60):
        while True:
            frame = await who.socket.recv()
            assert isinstance(frame, bytes)
            match read_message(frame):
                case Presence(body):
                    return body


async def test_who_is_here_is_seen_across_processes_and_gone_when_theirs_dies(cores: Cores) -> None:
    """[DO81] [DO23]"""
    await found(cores.first)
    async with tablet(cores.first, "tab1") as here, tablet(cores.second, "tab2") as there:
        await there.until_shows("setup", SETUP)
        state = b'{"table":"t1"}'
        await there.socket.send(presence_message(bytes((1, 7, 1, len(state))) + state))
        assert b'"table"' in await heard(here)
        cores.second.kill()
        assert b"null" in await heard(here)


async def test_who_is_signed_out_is_so_at_every_process_at_once(cores_here: Both[RunningCore]) -> None:
    """[DO81] One session, then the whole venue: the directory is read again by all when it changes."""
    await found(cores_here.first)
    async with await psycopg.AsyncConnection.connect(
        str(cores_here.first.settings.database_url), autocommit=True
    ) as owner:
        await owner.execute("SELECT set_config('app.venue_id', 'east', false)")
        async with tablet(cores_here.first, "tab1") as here, tablet(cores_here.second, "tab2") as there:
            await there.until_shows("setup", SETUP)
            session = json.loads(urlsafe_b64decode(there._token.split(".")[1] + "=="))["sid"]
            await owner.execute(
                "INSERT INTO felt.revoked_sessions (venue_id, session) VALUES ('east', %s)", (session,)
            )
            await owner.execute("NOTIFY felt_venues")
            assert await sent_away(there) == 4401
            async with tablet(cores_here.second, "tab3") as another:
                await another.until_shows("setup", SETUP)
                await owner.execute("UPDATE felt.venues SET revoked_at = now() WHERE venue_id = 'east'")
                await owner.execute("NOTIFY felt_venues")
                assert {await sent_away(here), await sent_away(another)} <= {4401, 4503}
        async with cores_here.second.sync("east/config", cores_here.east.token()) as late:
            with suppress(ConnectionClosed):
                await late.recv()
            assert late.close_code in (4401, 4503)  # the owner may know before this process


@asynccontextmanager
async def leaf_of(hub: Hub, venue: str) -> AsyncIterator[NatsLink]:
    node = await hub.add_venue(venue)
    link = NatsLink(node.server.url, name=venue)
    async with anyio.create_task_group() as tasks:
        await tasks.start(link.run)
        yield link
        tasks.cancel_scope.cancel()


async def test_the_leaf_s_requests_are_answered_by_the_owner_whoever_gets_them(
    cores_here: Both[RunningCore],
) -> None:
    """[DO83] The hub gives them to either process."""
    await found(cores_here.first)
    links = chain("east", cores_here.east.signer, 40)
    async with leaf_of(cores_here.hub, "east") as leaf:
        for start in range(0, 40, 2):
            answer = await leaf.request("ledger", request(cores_here.east.signer, links[start : start + 2]))
            assert json.loads(answer)["seq"] == start + 2
        with anyio.fail_after(60):  # the hub learns of the second process in its own time
            while await number(cores_here.second, "felt_requests_forwarded_total") == 0:
                pulled = unpack(await leaf.request("sync.pull", b'{"v":1,"after":0}'))
                assert [each.row.document for each in pulled] == ["config"]
    assert await number(cores_here.first, "felt_venues_owned") == 1
    assert await number(cores_here.first, "felt_requests_forwarded_total") == 0


async def picture(lines: AsyncIterator[str]) -> Any:
    """The next picture of a view."""
    while not (line := await anext(lines)).startswith("data: "):
        pass
    return json.loads(line[6:])


async def test_every_process_answers_what_is_read(cores_here: Both[RunningCore]) -> None:
    """[DO83] Lists, facts, history, the public page, a view as it changes, and what is refused."""
    await found(cores_here.first)
    async with cores_here.second.client(cores_here.east.token("manager")) as client:
        documents = (await client.get("/api/v1/documents")).json()
        assert [each["document"] for each in documents] == ["config"]
        facts = await client.get("/api/v1/documents/config/facts")
        assert facts.json()["facts"]["setup"]["value"] == SETUP
        again = await client.get(
            "/api/v1/documents/config/facts", headers={"if-none-match": facts.headers["etag"]}
        )
        assert again.status_code == 304
        assert (await client.get("/api/v1/documents/floor/facts")).status_code == 404
        assert "Card Room east" in (await client.get("/venues/east")).text
        async with (
            client.stream("GET", "/events/waitlist") as stream,
            Tablet(cores_here.first, cores_here.east, "floor", "tab2") as floor,
        ):
            assert stream.status_code == 200
            with anyio.fail_after(60):
                lines = stream.aiter_lines()
                assert (await picture(lines))["lists"] == []
                await floor.write("setup", {"kind": "floor", "version": 1})
                await floor.write("list/a", {"name": "NL 1/2", "start_number": 6})
                assert [each["name"] for each in (await picture(lines))["lists"]] == ["NL 1/2"]
        assert len((await client.get("/api/v1/documents/floor/history")).json()["changes"]) == 2
    async with cores_here.second.client(cores_here.east.token("player")) as client:
        assert (await client.get("/api/v1/documents/config/facts")).status_code == 403
    with anyio.fail_after(60):
        while True:  # it sees in its own time that we hung up
            if await number(cores_here.second, "felt_streams") == 0:
                break
            await anyio.sleep(0.02)
    async with cores_here.second.client(cores_here.east.token()) as client:
        sync = (await client.get("/api/v1/venue")).json()["sync"]
    assert [url.rpartition(":")[2] for url in sync[1:]] == [
        str(core.settings.sync_port) for core in (cores_here.second, cores_here.first)
    ]
