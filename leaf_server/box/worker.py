"""One thread that does one thing after the other, for who must not be called by two at once.

`anyio.to_thread` asks its limiter, finds an idle thread and wakes the loop for each of these steps; with one
commit in 8 ms that was a third of what a small commit cost.
"""

import asyncio
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, TypeVar

from anyio import CancelScope

__all__ = ["Worker"]

_T = TypeVar("_T")
_Job = tuple[Callable[[], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


class Worker:
    """A lifetime: any number of `run`, then `stop`. Jobs wait in the order they came; each has an asker
    who waits for it, so there are never more than askers.
    """

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def run(self, job: Callable[[], _T]) -> _T:
        """What `job` answers or raises. Cancelling waits for its end. RuntimeError: it was stopped."""
        if self._stopped:
            raise RuntimeError(f"{self._thread.name} was stopped")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_T] = loop.create_future()
        self._jobs.put((job, loop, answer))
        try:
            return await answer
        except asyncio.CancelledError:
            ended: asyncio.Future[None] = loop.create_future()
            self._jobs.put((_nothing, loop, ended))  # its turn comes when the job has ended
            with CancelScope(shield=True):
                await ended
            raise

    def stop(self) -> None:
        """After the jobs that wait; returns when the thread is gone."""
        self._stopped = True
        self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (asked := self._jobs.get()) is not None:
            job, loop, answer = asked
            try:
                told, failure = job(), None
            except BaseException as error:
                told, failure = None, error
            if not loop.is_closed():
                loop.call_soon_threadsafe(_settle, answer, told, failure)


def _nothing() -> None:
    """Takes a turn."""


def _settle(answer: "asyncio.Future[Any]", told: Any, failure: BaseException | None) -> None:
    if answer.done():
        return  # its asker was cancelled
    if failure is None:
        answer.set_result(told)
    else:
        answer.set_exception(failure)
