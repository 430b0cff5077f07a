"""The press: takes a receipt's slip to a printer, one slip at a time each, and writes down what became of it.

A job is stored before the printer hears of it, and its end after; what is lost in between is unsure, never
printed again by itself.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import anyio
import anyio.to_thread
from anyio import TASK_STATUS_IGNORED, Event, Lock
from anyio.abc import TaskGroup, TaskStatus

from crdt_models.errors import StoreNotReady
from leaf_server.paper.print_jobs import PrintJob, PrintJobs, State
from leaf_server.paper.printers import NotPrinted, Unsure, send
from leaf_server.paper.slip import Slip
from leaf_server.paper.thermal import slip_bytes
from serving.printer_places import PrinterPlace
from serving.problems import Problem

__all__ = ["WAITING_MAX", "Press"]

WAITING_MAX: Final = 32
"""Jobs waiting for one printer; above, `too_many`."""

PATIENCE_S: Final = 4.0  # an asker hears `printing` after that, and asks again
_LOG = logging.getLogger("felt.press")


class Press:
    """`run` in the server's task group; a job under way at its end is left unsure by the next start."""

    def __init__(self, jobs: PrintJobs, places: Sequence[PrinterPlace]) -> None:
        self.jobs = jobs
        self.places = {place.name: place for place in places}
        self._locks = {name: Lock() for name in self.places}
        self._tasks: TaskGroup | None = None

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Until cancelled."""
        for place in list(self.places.values())[:1]:  # reads the code that prints: no player waits for it
            await anyio.to_thread.run_sync(slip_bytes, Slip(()), place.columns)
        async with anyio.create_task_group() as self._tasks:
            task_status.started()
            await anyio.sleep_forever()

    def place(self, name: str | None) -> PrinterPlace:
        """The printer of that name, the first if none is named. Problem 409 no_printer."""
        found = self.places.get(name) if name else next(iter(self.places.values()), None)
        if found is None:
            raise Problem(409, "no_printer", "There is no such printer.")
        return found

    async def print(
        self, place: PrinterPlace, slip: Callable[[bool], Awaitable[Slip]], *, device: str, key: str,
        seq: int, booked_ms: int, person: str,
    ) -> PrintJob:  # fmt: skip
        """The job as it is after a few seconds. `slip(copy)` is asked for once, if it is to be printed.

        Problems as `PrintJobs.begin`.
        """
        if self._locks[place.name].statistics().tasks_waiting >= WAITING_MAX:
            raise Problem(429, "too_many", "Too many slips wait for this printer.")
        job, fresh = await self.jobs.begin(
            device=device, key=key, seq=seq, booked_ms=booked_ms, printer=place.name, person=person
        )
        if not fresh:
            return job
        assert self._tasks is not None
        done = Event()
        self._tasks.start_soon(self._work, place, slip, job, done, name="print job")
        with anyio.move_on_after(PATIENCE_S):
            await done.wait()
        return await self.jobs.find(device, key) or job

    async def _work(
        self, place: PrinterPlace, slip: Callable[[bool], Awaitable[Slip]], job: PrintJob, done: Event
    ) -> None:
        try:
            state, why = await self._printed(place, slip, job)
            await self.jobs.end(job, state, why)
        except StoreNotReady as error:
            _LOG.error("a print job's end was not stored: %s", error)  # unsure at the next start
        finally:
            done.set()

    async def _printed(
        self, place: PrinterPlace, slip: Callable[[bool], Awaitable[Slip]], job: PrintJob
    ) -> tuple[State, str]:
        try:
            data = slip_bytes(await slip(job.copy), place.columns)
        except Exception:
            _LOG.exception("the receipt of entry %d was not laid out", job.seq)
            return "failed", "not_laid_out"
        async with self._locks[place.name]:
            try:
                await send(place, data)
            except NotPrinted as error:
                return "failed", error.code
            except Unsure as error:
                _LOG.warning("printer %s: nobody knows whether entry %d is on paper", place.name, job.seq)
                return "unsure", error.code
        return "printed", ""
