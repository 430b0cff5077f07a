"""`felt leaf` and `felt core`: a server, and the programs it needs where it was given no address for them.

A leaf without `FELT_NATS_URL` starts its own NATS node; a core without `DATABASE_URL` starts the embedded
PostgreSQL, and without `FELT_NATS_URL` the hub. SIGTERM and SIGINT stop all in order.

Each imports its server when it runs: a leaf starts without what a core needs, and a command without either.
"""

import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

import anyio
import anyio.abc
import anyio.to_thread

from core_server import nats_hub, postgres_node
from crdt_models.errors import StoreNotReady, StoreUnreadable
from crdt_models.rehearsal import rehearse
from felt.failure import telling
from felt.leaf_folder import venue_of
from felt.process import Program
from felt.watchman import NotReady, Watchman
from leaf_server.box import nats_node
from leaf_server.identity.keys import KeyFiles, KeyUnreadable
from leaf_server.identity.venue import VenueMissing
from ledger.errors import LedgerError
from serving.garbage import look_seldom, reading_code
from serving.settings import CoreSettings, LeafSettings

__all__ = ["CANNOT_START", "core_faults", "run_core", "run_leaf", "stop_on_signal"]

NODE_OFFSET: Final = 4  # ports of own programs count from the server's, as in the demo
HUB_OFFSETS: Final = (1, 2)
POSTGRES_OFFSET: Final = 4
CANNOT_START: Final = (
    NotReady,
    OSError,
    VenueMissing,
    KeyUnreadable,
    StoreNotReady,
    StoreUnreadable,
    LedgerError,
)
"""What is wrong outside of Felt is told in a line; anything else is our fault and keeps its traceback."""


def run_leaf(settings: LeafSettings) -> None:
    """Serves until asked to stop. Raises CommandFailed when it cannot start."""
    venue_of(settings.data)
    with reading_code():
        from leaf_server.app import serve

    _run(lambda tasks: _leaf(settings, serve, tasks), CANNOT_START)


def run_core(settings: CoreSettings) -> None:
    """Serves until asked to stop. Raises CommandFailed when it cannot start."""
    settings.data.mkdir(parents=True, exist_ok=True)
    with reading_code():
        from core_server.app import serve

    _run(lambda tasks: _core(settings, serve, tasks), (*CANNOT_START, *core_faults()))


def core_faults() -> tuple[type[Exception], ...]:
    """What beside CANNOT_START keeps a core from starting. Reads a core's code."""
    from core_server.db import DatabaseError
    from core_server.shared_keys import OtherKeys

    return DatabaseError, postgres_node.PostgresUnavailable, OtherKeys


async def _leaf(
    settings: LeafSettings, serve: Callable[[LeafSettings], Awaitable[None]], tasks: anyio.abc.TaskGroup
) -> None:
    creds = settings.data / "keys" / "venue.creds"
    if settings.nats_url is None and creds.exists():
        node = nats_node.prepare(
            settings.data,
            venue=venue_of(settings.data),
            port=settings.port + NODE_OFFSET,
            hub_urls=settings.nats_hub or _hub_of_core(settings),
            creds=creds,
        )
        watchman = Watchman(settings.data / "logs")
        await tasks.start(watchman.run)
        await watchman.add(Program("nats_leaf", node.command, dict(os.environ), node.ready))
        settings = replace(settings, nats_url=node.url)
    await serve(settings)


def _hub_of_core(settings: LeafSettings) -> tuple[str, ...]:
    """What the core said at enrolment."""
    core = KeyFiles(settings.data).core()
    return core.nats_hub if core is not None else ()


async def _core(
    settings: CoreSettings, serve: Callable[[CoreSettings], Awaitable[None]], tasks: anyio.abc.TaskGroup
) -> None:
    watchman = Watchman(settings.data / "logs")
    await tasks.start(watchman.run)
    if settings.database_url is None:
        postgres = await anyio.to_thread.run_sync(
            postgres_node.prepare, settings.data, settings.port + POSTGRES_OFFSET
        )
        await watchman.add(
            Program(
                "postgres",
                postgres.command,
                dict(os.environ),
                postgres.ready,
                stop_signal=signal.SIGINT,
            )
        )
        settings = replace(settings, database_url=postgres.url)
    if settings.nats_url is None:
        hub = nats_hub.prepare(settings.data, *(settings.port + offset for offset in HUB_OFFSETS))
        await watchman.add(Program("nats_hub", hub.command, dict(os.environ), hub.ready))
        settings = replace(settings, nats_url=hub.url)
    await serve(settings)


def _run(
    serve: Callable[[anyio.abc.TaskGroup], Awaitable[None]], cannot_start: tuple[type[Exception], ...]
) -> None:
    with telling(cannot_start):
        rehearse()
        look_seldom()
        anyio.run(_until_stopped, serve, backend_options={"use_uvloop": True})


async def _until_stopped(serve: Callable[[anyio.abc.TaskGroup], Awaitable[None]]) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stop_on_signal, tasks.cancel_scope)
        await serve(tasks)
        tasks.cancel_scope.cancel()


async def stop_on_signal(scope: anyio.CancelScope) -> None:
    """Cancels the scope at the first SIGTERM or SIGINT."""
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async for _ in signals:
            scope.cancel()
            return
