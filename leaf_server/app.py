"""The leaf: the one place where its parts meet.

`serve` is what the command line runs; `run` is the same without signals, so that many leaves fit into one
process. Everything a leaf is comes from its settings; there is no state outside `run`. Children of the task
group are named by their noun; one that breaks ends the leaf, and a watchman starts it again.
"""

import logging
import signal
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from secrets import randbits
from typing import Final

import anyio
from anyio import TASK_STATUS_IGNORED, CancelScope, Event
from anyio.abc import TaskStatus
from starlette.requests import HTTPConnection

from crdt_models.documents.schema import SCHEMA
from crdt_models.errors import StoreUnreadable
from crdt_models.facts import Json
from leaf_server.box.daily_backup import DailyBackup
from leaf_server.box.database import Database
from leaf_server.box.leaf_time import LeafTime
from leaf_server.documents.anti_entropy import AntiEntropy
from leaf_server.documents.desk import Desk
from leaf_server.documents.doc_store import LeafDocStore
from leaf_server.documents.draws import Draws
from leaf_server.documents.erasure import Erasure
from leaf_server.documents.roll_call import RollCall
from leaf_server.documents.terms import Terms
from leaf_server.door import LeafDoor
from leaf_server.http_app import http_app
from leaf_server.identity import Identity, open_identity
from leaf_server.identity.keys import CorePeer, KeyFiles
from leaf_server.identity.venue import VenueRecord, read_venue
from leaf_server.money.auditor import Auditor
from leaf_server.money.cage import Cage
from leaf_server.money.new_term import NewTerm
from leaf_server.money.projector import Projector
from leaf_server.money.receipts import Receipts
from leaf_server.money.replicator import Replicator
from leaf_server.paper.press import Press
from leaf_server.paper.print_jobs import PrintJobs
from leaf_server.parts import Leaf, Line
from serving.admission import Admission
from serving.entrance import Entrance
from serving.http_server import allow_many_sockets, bind, run_http
from serving.league_tables import LeagueTables
from serving.nats_link import NatsLink
from serving.rooms import Rooms
from serving.settings import LeafSettings
from serving.sse import Views
from serving.sync_port import SyncPort
from serving.tokens import SignIn, TrustedKey, Verifier
from serving.views import picture

__all__ = ["run", "serve"]

_LOG = logging.getLogger("felt.leaf")
_SERVER_CLIENT_BITS: Final = 32
_SCREEN_S: Final = 24 * 3600
_SCHEMA: Final = "schema"  # kept among the cursors: the newest schema that wrote into this store


async def serve(settings: LeafSettings) -> None:
    """Runs the leaf of `settings.data` until SIGTERM or SIGINT.

    Raises a group of VenueMissing (no venue yet), StoreUnreadable, KeyUnreadable, LedgerLocked or OSError.
    """
    allow_many_sockets()
    stop = Event()
    async with anyio.create_task_group() as tasks:
        await tasks.start(_stop_on_signal, stop)
        await run(settings, stop)
        tasks.cancel_scope.cancel()


async def run(
    settings: LeafSettings, stop: Event, *, task_status: TaskStatus[LeafSettings] = TASK_STATUS_IGNORED
) -> None:
    """Runs until `stop`; started once HTTP answers, with the settings as they are now (a real port)."""
    listener = bind(settings.host, settings.port)
    settings = replace(settings, port=listener.getsockname()[1])
    sync_listener = None
    try:
        if settings.sync_port is not None:
            sync_listener = bind(settings.host, settings.sync_port)
            settings = replace(settings, sync_port=sync_listener.getsockname()[1])
        database = Database(settings.data / "leaf.db")
        await database.open()
        try:
            await _run(settings, database, listener, sync_listener, stop, task_status)
        finally:
            with CancelScope(shield=True):
                await database.close()
    finally:
        listener.close()
        if sync_listener is not None:
            sync_listener.close()


async def _run(
    settings: LeafSettings,
    database: Database,
    listener: socket.socket,
    sync_listener: socket.socket | None,
    stop: Event,
    task_status: TaskStatus[LeafSettings],
) -> None:
    leaf = await _put_together(settings, database)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(database.run, name="database")
        tasks.start_soon(leaf.time.run, name="time")
        tasks.start_soon(leaf.terms.run, name="terms")
        tasks.start_soon(leaf.roll_call.run, name="roll call")
        await tasks.start(leaf.cage.run, name="cage")
        tasks.start_soon(leaf.auditor.run, name="auditor")
        tasks.start_soon(leaf.auditor.watch, name="accounts watch")
        tasks.start_soon(leaf.backups.run, name="backups")
        await tasks.start(leaf.rooms.run, name="rooms")
        await _tell_venue(leaf)
        tasks.start_soon(leaf.erasure.run, leaf.rooms, name="erasure")
        await tasks.start(leaf.views.run, name="views")
        await tasks.start(leaf.press.run, name="press")
        tasks.start_soon(_watch_documents, leaf, name="view changes")
        tasks.start_soon(Desk(leaf.rooms, leaf.store, leaf.time.now).run, name="desk")
        tasks.start_soon(leaf.draws.run, name="draws")
        tasks.start_soon(Projector(leaf.cage, leaf.rooms).run, name="projector")
        if leaf.line is not None:
            await tasks.start(leaf.line.link.run, name="nats link")
            tasks.start_soon(leaf.line.replicator.run, name="replicator")
            tasks.start_soon(leaf.line.anti_entropy.run, name="anti-entropy")
        door = LeafDoor(leaf.venue.id, settings, leaf.identity, leaf.admission, leaf.rooms)
        entrance = Entrance(door)
        await tasks.start(entrance.run, name="entrance")
        async with anyio.create_task_group() as ports:  # close first: what came in is still worked off
            await ports.start(run_http, http_app(leaf, door, entrance), listener, stop, name="http")
            ports.start_soon(entrance.empty, stop, name="sync ends")
            if sync_listener is not None:
                await ports.start(SyncPort(entrance).run, sync_listener, stop, name="sync port")
            task_status.started(settings)
            sync = settings.sync_port or settings.port
            _LOG.info(
                "leaf of venue %s on %s:%d, sync on %d", leaf.venue.id, settings.host, settings.port, sync
            )
        tasks.cancel_scope.cancel()


async def _put_together(settings: LeafSettings, database: Database) -> Leaf:
    venue = await read_venue(database)
    leaf_time = LeafTime(database, start_ms=venue.start_ms, wall_ms=_wall_ms, monotonic_s=time.monotonic)
    await leaf_time.load()
    keys = KeyFiles(settings.data)
    issuer = keys.issuer()
    identity = await open_identity(
        database, venue, issuer, token_seconds=settings.token_seconds, now_ms=leaf_time.now
    )
    core = keys.core()
    trusted = [TrustedKey(issuer.public, "leaf", venue.id)]
    if core is not None:
        trusted.append(TrustedKey(core.token_key, "core", venue.id))
    sign_ins = identity.sign_ins
    verifier = Verifier(trusted, sign_ins.now_s, sign_ins.revoked)
    cage = Cage(
        path=settings.data / "ledger.db",
        venue=venue.id,
        currency=venue.currency,
        signer=keys.signer(),
        now_ms=lambda: venue.start_ms + leaf_time.now(),
        check_second=identity.second_person,
        venue_key=keys.venue_key(),
    )
    terms = Terms(
        database, settings.data, start_ms=venue.start_ms, now_ms=lambda: venue.start_ms + leaf_time.now()
    )
    await terms.load()
    roll_call = RollCall(database, terms, lambda: venue.start_ms + leaf_time.now())
    await roll_call.load()
    erasure = Erasure(database)
    await erasure.load()
    store = LeafDocStore(database)
    await _keep_schema(store)
    rooms = Rooms(
        venue=venue.id,
        at="leaf",
        store=store,
        now=leaf_time.now,
        term=lambda: terms.number,
        hand_in_open=lambda: terms.hand_in_open,
        came=roll_call.came,
        forgets=erasure.forgets,
        client_id=lambda: randbits(_SERVER_CLIENT_BITS),
    )
    jobs = PrintJobs(database, lambda: venue.start_ms + leaf_time.now())
    await jobs.load()
    return Leaf(
        settings=settings,
        venue=venue,
        time=leaf_time,
        identity=identity,
        admission=Admission(verifier, device=_screens(identity, venue), own="leaf"),
        cage=cage,
        new_term=NewTerm(cage, settings.data, keys.certificate(), lambda: venue.start_ms + leaf_time.now()),
        auditor=Auditor(cage, settings.data / "ledger.db"),
        database=database,
        terms=terms,
        roll_call=roll_call,
        erasure=erasure,
        backups=DailyBackup(settings.data, settings.backups, venue.id, cage.gaming_days, cage.now_ms),
        store=store,
        rooms=rooms,
        draws=Draws(rooms, store, keys.draw_secret(), leaf_time.now),
        receipts=Receipts(cage, rooms, identity, venue),
        press=Press(jobs, settings.printers),
        views=Views(lambda view: picture(rooms, view, leaf_time.now()), leaf_time.now),
        leagues=LeagueTables(rooms.facts, venue.start_ms),
        line=_line(settings.nats_url, venue, cage, rooms, store, terms, erasure)
        if settings.nats_url
        else None,
        core_url=settings.core_url or (core.core_url if core is not None else None),
        core_sync_urls=_core_sync_urls(settings, core),
    )


def _core_sync_urls(settings: LeafSettings, core: CorePeer | None) -> Sequence[str]:
    """As set; as the core said at enrolment, if it still has the address of then; else its HTTP port."""
    known = core.core_url if core is not None else None
    core_url = settings.core_url or known
    told = core.core_sync_url if core is not None and core_url == known else None
    one = told or (core_url and core_url.replace("http", "ws", 1))
    return settings.core_sync_urls or ([one] if one else [])


def _line(
    url: str,
    venue: VenueRecord,
    cage: Cage,
    rooms: Rooms,
    store: LeafDocStore,
    terms: Terms,
    erasure: Erasure,
) -> Line:
    link = NatsLink(url, name=f"leaf-{venue.id}")
    return Line(link, Replicator(cage, link), AntiEntropy(rooms, store, link, terms, erasure))


async def _keep_schema(store: LeafDocStore) -> None:
    """An older Felt would read a newer one's facts as absent, and people would write over them."""
    kept = await store.cursor(_SCHEMA)
    if kept > SCHEMA:
        raise StoreUnreadable(
            f"the documents were written by a newer Felt (schema {kept}, this one knows {SCHEMA}): "
            "start that version, or restore the backup made before the update"
        )
    if kept < SCHEMA:
        await store.set_cursor(_SCHEMA, SCHEMA)


async def _watch_documents(leaf: Leaf) -> None:
    async with leaf.rooms.follow() as changes:
        async for documents in changes:
            leaf.views.changed(documents)
            leaf.leagues.changed(documents)


async def _tell_venue(leaf: Leaf) -> None:
    """The first start writes the venue into `config`; from then on a manager's edits count."""
    try:
        known = (await leaf.rooms.facts("config")).get("venue")
    except StoreUnreadable as error:
        _LOG.critical("%s", error)  # its sync says so too; money and all other documents go on
        return
    if known is not None:
        return
    venue = leaf.venue
    fact: dict[str, Json] = {
        "name": venue.name,
        "currency": venue.currency,
        "time_zone": venue.time_zone,
        "locale": "en",
    }
    await leaf.rooms.write("config", [("venue", fact)])


async def _stop_on_signal(stop: Event, *, task_status: TaskStatus[None]) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        task_status.started()
        async for _ in signals:
            stop.set()


def _screens(identity: Identity, venue: VenueRecord) -> Callable[[HTTPConnection], SignIn | None]:
    """A display is signed in by the secret of its device alone."""

    def screen(connection: HTTPConnection) -> SignIn | None:
        device = identity.devices.at(connection)
        if device is None or device.kind != "display":
            return None
        until_s = identity.sign_ins.now_s() + _SCREEN_S
        return SignIn(venue.id, device.device, "display", device.device, "leaf", until_s, device.device)

    return screen


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
