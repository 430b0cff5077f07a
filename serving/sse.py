"""Views over SSE: one computation for all who watch the same view, the newest picture for each of them.

Nothing queues: a watcher that is slow, or was away, gets the picture of now. A view is made again as soon as
a document it reads changed (`changed`) and each second (levels and calls end by time alone), sent only where
it differs. Then it rests four times as long as it took to make, and a tenth of a second where a picture was
sent. A comment goes out where nothing else did for two seconds.
The id of an event is leaf time, so it rises over restarts too.
"""

import json
import logging
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import anyio
from anyio import TASK_STATUS_IGNORED, Event
from anyio.abc import TaskGroup, TaskStatus

from .problems import Problem

__all__ = ["Made", "Views"]

_LOG = logging.getLogger("felt.views")
VIEWS_MAX: Final = 1_000
WATCHERS_MAX: Final = 2_000
WATCHERS_PER_DEVICE_MAX: Final = 16
_GAP_S: Final = 0.1
_GAP_SHARE: Final = 4  # a view is at work for a fifth of the time at most, however large the room
_AGAIN_S: Final = 1.0
_COMMENT_S: Final = 2.0
_RETRY_MS: Final = 500
_UNWATCHED_MAX: Final = 10  # makings for nobody before a view is given up


@dataclass(frozen=True, slots=True)
class Made:
    """A picture, and the documents it was made of."""

    data: Mapping[str, Any]
    documents: frozenset[str]


class _Watch:
    """One view while somebody watches it."""

    def __init__(self) -> None:
        self.watchers = 0
        self.documents: frozenset[str] = frozenset()
        self.dirty = Event()
        self.turned = Event()  # set and replaced when `picture` is new or the watch is over
        self.picture = b""
        self.data: Mapping[str, Any] | None = None
        self.event_id = 0
        self.over = False

    def turn(self) -> None:
        self.turned.set()
        self.turned = Event()


class Views:
    """`make(view)` answers None where there is no such thing. `now` is leaf time."""

    def __init__(self, make: Callable[[str], Awaitable[Made | None]], now: Callable[[], int]) -> None:
        self._make = make
        self._now = now
        self._watches: dict[str, _Watch] = {}
        self._watchers = 0
        self._devices: Counter[str] = Counter()  # device → its open streams
        self._tasks: TaskGroup | None = None

    @property
    def watchers(self) -> int:
        return self._watchers

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Keeps watched views fresh until cancelled."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            task_status.started()
            await anyio.sleep_forever()

    def changed(self, documents: frozenset[str]) -> None:
        """These documents changed: views of them are made again."""
        for watch in self._watches.values():
            if not watch.documents.isdisjoint(documents):
                watch.dirty.set()

    async def open(self, view: str, device: str, allowed: Callable[[], bool]) -> AsyncIterator[bytes]:
        """The stream of one watcher; ends when `allowed` says no. Problems 404, 429, 503."""
        if self._tasks is None:
            raise Problem(503, "not_ready", "The views are not up yet.")
        watch = self._watches.get(view)
        crowded = self._watchers >= WATCHERS_MAX or self._devices[device] >= WATCHERS_PER_DEVICE_MAX
        if crowded or (watch is None and len(self._watches) >= VIEWS_MAX):
            raise Problem(429, "too_many", "Too many screens are watching.")
        if watch is None:
            first = await self._make(view)
            if first is None:
                raise Problem(404, "no_view", "There is nothing to show under this name.")
            watch = self._watches.get(view)  # somebody else may have come while it was made
            if watch is None:
                watch = self._watches[view] = _Watch()
                self._show(view, watch, first)
                self._tasks.start_soon(self._keep, view, watch)
        return self._stream(watch, device, allowed)

    async def _stream(self, watch: _Watch, device: str, allowed: Callable[[], bool]) -> AsyncIterator[bytes]:
        watch.watchers += 1
        self._watchers += 1
        self._devices[device] += 1
        try:
            yield b"retry: %d\n\n" % _RETRY_MS
            sent = 0
            while allowed() and not watch.over:
                if watch.event_id != sent:
                    sent = watch.event_id
                    # a picture may have been made long ago: what time it is now goes before it
                    yield b": %d\n\n%b" % (self._now(), watch.picture)
                    continue
                turned = watch.turned
                with anyio.move_on_after(_COMMENT_S) as waited:
                    await turned.wait()
                if waited.cancelled_caught:
                    yield b": %d\n\n" % self._now()
        finally:
            watch.watchers -= 1
            self._watchers -= 1
            self._devices[device] -= 1
            if not self._devices[device]:
                del self._devices[device]

    async def _keep(self, view: str, watch: _Watch) -> None:
        """Makes the view again and again; over when nobody has watched for a while, or on an error."""
        unwatched, rest = 0, _GAP_S
        try:
            while unwatched < _UNWATCHED_MAX:
                await anyio.sleep(rest)
                with anyio.move_on_after(max(_AGAIN_S - rest, 0)):
                    await watch.dirty.wait()
                watch.dirty = Event()
                unwatched = 0 if watch.watchers else unwatched + 1
                begun = time.monotonic()
                made = await self._make(view)
                if made is None:
                    return
                sent = self._show(view, watch, made)
                rest = max(_GAP_S if sent else 0, _GAP_SHARE * (time.monotonic() - begun))
        except Exception:
            # A view that breaks must not take the server with it: its screens reconnect and try again.
            _LOG.exception("the view %s broke", view.partition("/")[0])
        finally:
            del self._watches[view]
            watch.over = True
            watch.turn()

    def _show(self, view: str, watch: _Watch, made: Made) -> bool:
        """False where nothing differs, and nothing is sent."""
        watch.documents = made.documents
        if made.data == watch.data:
            return False
        watch.data = made.data
        now = self._now()
        watch.event_id = max(watch.event_id + 1, now)
        data = json.dumps({"view": view, **made.data, "now": now, "made_ms": now}, separators=(",", ":"))
        watch.picture = b"id: %d\nevent: view\ndata: %s\n\n" % (watch.event_id, data.encode())
        watch.turn()
        return True
