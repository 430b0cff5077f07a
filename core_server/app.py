"""The core: where its parts meet. `serve` runs it until it is told to stop.

HTTP and sync are open as soon as the database has answered; the hub may come and go. Everything runs in one
task group: an exception nobody expected ends the process, and whoever watches it starts it again.
"""

import logging
import signal
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from functools import partial
from socket import socket
from typing import Any, Final

import anyio
from anyio import TASK_STATUS_IGNORED, Event
from anyio.abc import TaskStatus
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from ledger.errors import ChainBroken
from serving.admission import Admission
from serving.asgi_connection import sync_route
from serving.cors import Cors
from serving.documents import document_operations
from serving.entrance import Entrance
from serving.health import VERSION, health_routes
from serving.history import history_operations
from serving.http_server import allow_many_sockets, bind, run_http
from serving.leagues import League, league_operations
from serving.nats_link import LinkError, NatsLink
from serving.openapi import openapi_routes
from serving.operations import routes
from serving.problems import HANDLERS, Problem, ProblemGuard, problem_response
from serving.rooms import Rooms
from serving.settings import CoreSettings, SettingInvalid
from serving.sse import Views
from serving.sync_port import SyncPort
from serving.take_back import take_back_operations
from serving.tokens import SignIn, own_key, public_text
from serving.views import view_operations
from serving.web_files import WebFiles, web_route

from . import db
from .anti_entropy import AntiEntropy
from .api.ledger import ledger_operations
from .api.seasons import season_operations
from .api.sign_ins import sign_in_operations
from .api.venue import no_venue, venue_operations
from .books import Books
from .claims import Claims
from .db import Database, DatabaseDown
from .door import CoreDoor, speaks_for
from .enrolment import token_key_path
from .forwarded_http import Callers, hand_on
from .forwarding import Forwarding
from .identity.trust import Trust
from .ingest import Ingest
from .joint_seasons import JointSeasons
from .ledger_mirror import LedgerMirror
from .nats_accounts import public
from .nats_keys import AccountRefused, NatsKeys
from .ownership import OwnedElsewhere, Ownership
from .pages.season import season_routes
from .pages.venue import page_routes
from .remote_rooms import Remotes
from .shared_keys import check_keys
from .stand_ins import StandIns
from .streams import Accept, Streams
from .venue_rooms import OpenVenue, VenueRooms
from .venues import Venues

__all__ = ["serve"]

log = logging.getLogger(__name__)

DATABASE_WAIT_S: Final = 30.0
DATABASE_TRY_S: Final = 0.25


async def serve(settings: CoreSettings, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
    """Runs a core process until SIGTERM or SIGINT, or until cancelled. Started when it takes requests.

    Raises SettingInvalid, OSError (the port is taken), DatabaseDown (none within half a minute),
    MigrationChanged, OtherKeys.
    """
    if settings.database_url is None:
        raise SettingInvalid("DATABASE_URL", "is needed: where PostgreSQL is")
    if settings.nats_url is None:
        raise SettingInvalid("FELT_NATS_URL", "is needed: where the hub is")
    allow_many_sockets()
    with ExitStack() as sockets:
        listener, stop = sockets.enter_context(closing(bind(settings.host, settings.port))), Event()
        sync_listener = None
        if settings.sync_port is not None:
            sync_listener = sockets.enter_context(closing(bind(settings.host, settings.sync_port)))
        await _migrate(settings.database_url)
        async with db.opened(settings.database_url) as database:
            core = Core(settings, settings.nats_url, database)
            await check_keys(database, core.public_keys(), settings.data)
            await _serve(core, settings, listener, sync_listener, stop, task_status)


async def _serve(
    core: "Core",
    settings: CoreSettings,
    listener: socket,
    sync_listener: socket | None,
    stop: Event,
    task_status: TaskStatus[None],
) -> None:
    async with anyio.create_task_group() as tasks:
        await tasks.start(core.run)
        tasks.start_soon(_stop_on_signal, stop)
        async with anyio.create_task_group() as ports:
            await ports.start(run_http, core.application(), listener, stop)
            ports.start_soon(core.entrance.empty, stop)
            if sync_listener is not None:
                await ports.start(SyncPort(core.entrance).run, sync_listener, stop)
            sync = settings.sync_port or settings.port
            log.info("the core listens on %s, port %d, sync on %d", settings.host, settings.port, sync)
            task_status.started()
        tasks.cancel_scope.cancel()


class Core:
    """All parts of one core process, made in the order in which they need each other."""

    def __init__(self, settings: CoreSettings, nats_url: str, database: Database) -> None:
        self._settings = settings
        self._keys = NatsKeys(settings.data)
        self._link = NatsLink(nats_url, name="core", credentials=self._keys.core_credentials)
        self._system = NatsLink(nats_url, name="core system", credentials=self._keys.system_credentials)
        self._venues = Venues(database)
        self._token_key = own_key(token_key_path(settings.data)).public_key()
        self._trust = Trust(self._venues, self._token_key)
        self._ownership = Ownership(database, lambda: self._link.is_up, settings.own_sync_url)
        self._mirror = LedgerMirror(database)
        self._rooms = VenueRooms(database, self._ownership, self._venues, self._mirror, self._link)
        self._ownership.lost = self._rooms.lose
        self._joint = JointSeasons(database, self._ownership, self._venues)
        self._forwarding = Forwarding(self._link, self._ownership.process)
        self._stand_ins, self._callers = StandIns(self._ownership.process, self._owned, speaks_for), Callers()
        accept: Mapping[str, Accept] = {"stand_in": self._stand_ins.accept, "http": self._callers.accept}
        self._streams = Streams(self._link, self._ownership.process, accept)
        self._remotes = Remotes(self._link, self._streams)
        self._claims = Claims(self._link, self._ownership, self._remotes)
        self._ingest = Ingest(self._venues, self._ownership, self._mirror)
        self._anti_entropy = AntiEntropy(self._venues, self._rooms)
        self._admission = Admission(self._trust.verifier)
        self._door = CoreDoor(
            settings, self._venues, self._trust, self._admission, self._rooms, self._remotes
        )
        self.entrance = Entrance(self._door)
        self._venues.changed = self._directory_changed

    def public_keys(self) -> Mapping[str, str]:
        """Those that all processes of a core share."""
        return {"NATS": public(self._keys.core), "token": public_text(self._token_key)}

    def _directory_changed(self) -> None:
        self._trust.refresh()
        self._rooms.keep_enrolled()

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Everything but HTTP, until cancelled; started once the directory of venues was read."""
        async with anyio.create_task_group() as tasks:
            await tasks.start(self._ownership.run)
            await tasks.start(self._venues.run)
            await tasks.start(self._rooms.run)
            await tasks.start(self.entrance.run)
            await tasks.start(self._stand_ins.run, self._link)
            await tasks.start(self._callers.run)
            await tasks.start(self._streams.run)
            await self._claims.subscribe()
            await self._forwarding.subscribe("felt.*.ledger", self._ingest.answer)
            await self._forwarding.subscribe("felt.*.sync.>", self._anti_entropy.answer)
            await tasks.start(self._link.run)
            await tasks.start(self._system.run)
            tasks.start_soon(self._keep_accounts)
            task_status.started()

    def application(self) -> Starlette:
        """HTTP, sync and pages."""
        admission = self._admission
        operations = [
            *venue_operations(
                self._settings, self._venues, self._mirror, admission.look, self._ownership.sync_urls
            ),
            *sign_in_operations(),
            *document_operations(self._rooms_of),
            *history_operations(self._rooms_of),
            *league_operations(self._league_of),
            *season_operations(self._joint),
            *take_back_operations(self._rooms_of),
            *ledger_operations(self._venues, self._mirror, Books(self._mirror), admission.look),
            *view_operations(self._views_of, self._trust.still_in),
        ]
        all_routes: list[BaseRoute] = [
            *health_routes(role="core", why_not_ready=self._why_not_ready, numbers=self._numbers),
            *openapi_routes(operations, title="Felt core", version=VERSION),
            *routes(operations, admission),
            sync_route(self.entrance),
            *page_routes(self._venues, self._rooms),
            *season_routes(self._rooms, self._joint),
            web_route(WebFiles.read(self._settings.web), self._sockets()),
        ]
        application = self._callers.application = Starlette(
            routes=all_routes,
            exception_handlers={**HANDLERS, **_OWN_HANDLERS, OwnedElsewhere: partial(hand_on, self._streams)},
            middleware=[Middleware(Cors, allowed=self._door.origin_allowed), Middleware(ProblemGuard)],
        )
        return application

    async def _open(self, sign_in: SignIn) -> OpenVenue:
        found = await self._rooms.get(sign_in.venue)
        if found is None:
            raise no_venue()
        return found

    async def _owned(self, venue: str) -> Rooms | None:
        found = await self._rooms.get(venue)
        return None if found is None else found.rooms

    async def _rooms_of(self, sign_in: SignIn) -> Rooms:
        return (await self._open(sign_in)).rooms

    async def _league_of(self, sign_in: SignIn) -> League:
        opened = await self._open(sign_in)
        return opened.rooms, opened.leagues

    async def _views_of(self, sign_in: SignIn) -> Views:
        return (await self._open(sign_in)).views

    async def _keep_accounts(self) -> None:
        """Tells the hub of every venue's account whenever it comes up: it may have lost its store."""
        lives = 0
        while True:
            lives = await self._system.connected(lives)
            for venue in list(self._venues.all()):
                try:
                    await self._keys.push(self._system, venue.account, venue.id, venue.users_since)
                except (LinkError, AccountRefused) as error:
                    log.warning("the hub does not know the account of venue %s: %r", venue.id, error)

    def _sockets(self) -> Sequence[str]:
        """What pages may open beside their own address: this core and the leaves known at the start."""
        urls = {*self._settings.origins, *self._venues.leaf_urls}
        sync = {self._settings.sync_address(url) for url in self._settings.origins}
        return sorted(urls | sync | {url.replace("http", "ws", 1) for url in urls})

    def _why_not_ready(self) -> Sequence[str]:
        why = []
        if not self._ownership.is_up:
            why.append("the database does not answer")
        if not self._link.is_up:
            why.append("the NATS hub is not connected")
        troubles = {opened.rooms.trouble for opened in self._rooms.all()} - {None}
        return [*why, *sorted(f"documents: the database is {trouble}" for trouble in troubles)]

    def _numbers(self) -> Mapping[str, float]:
        statistics = [opened.rooms.statistics() for opened in self._rooms.all()]
        return {
            "felt_venues": len(list(self._venues.all())),
            "felt_venues_owned": len(self._ownership.owned()),
            "felt_sessions_handed_on": self._remotes.count(),
            "felt_sessions_of_other_processes": self._stand_ins.taken,
            "felt_calls_of_other_processes": self._callers.calls,
            "felt_streams": self._streams.count(),
            "felt_rooms": sum(each.rooms for each in statistics),
            "felt_sessions": sum(each.sessions for each in statistics),
            "felt_edits_accepted_total": sum(each.edits_accepted for each in statistics),
            "felt_edits_refused_total": sum(each.edits_refused for each in statistics),
            "felt_commits_total": sum(each.commits for each in statistics),
            "felt_commits_retried_total": sum(each.tries_failed for each in statistics),
            **{
                f"felt_store_{one}": sum(opened.rooms.trouble == one for opened in self._rooms.all())
                for one in ("slow", "full", "failing")
            },
            **{f"felt_requests_{way}_total": count for way, count in self._forwarding.counts.items()},
            **{f"felt_ingest_{code}_total": count for code, count in self._ingest.counts.items()},
            **{f"felt_sync_{op}_total": count for op, count in self._anti_entropy.counts.items()},
        }


async def _migrate(database_url: str) -> None:
    """Waits for the database: whoever starts both may start us first."""
    last = DatabaseDown("no answer")
    with anyio.move_on_after(DATABASE_WAIT_S):
        while True:
            try:
                return await db.migrate(database_url)
            except DatabaseDown as error:
                last = error
            await anyio.sleep(DATABASE_TRY_S)
    raise last


async def _stop_on_signal(stop: Event) -> None:
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            stop.set()


async def _not_ready(_: Request, error: Exception) -> Response:
    log.warning("not ready: %r", error)
    return problem_response(Problem(503, "not_ready", "The core can't answer now; try again."))


async def _broken(_: Request, error: Exception) -> Response:
    log.critical("RING: a mirrored ledger does not verify: %s", error)
    return problem_response(Problem(500, "chain_broken", "The mirrored ledger does not verify."))


_OWN_HANDLERS: Final[Mapping[Any, Any]] = {
    DatabaseDown: _not_ready,
    ChainBroken: _broken,
}
