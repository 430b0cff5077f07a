"""Takes a coroutine's first step at once, without a task; a task goes on with it where it has to wait.

A room sends one frame to hundreds of sockets, and nearly every transport takes it at once: waking a task for
each would cost more than sending. (Tasks of Python 3.12 can start so: `eager_start`.)
"""

from collections.abc import Coroutine, Generator
from typing import Any

__all__ = ["Rest", "first_step"]


class Rest(Generator[Any, Any, None]):
    """A coroutine that waits for something already: `await` it once, or `close` it."""

    def __init__(self, work: Coroutine[Any, Any, None], awaited: object) -> None:
        self._work = work
        self._awaited = awaited  # the event loop's future; nobody told the loop of it yet
        self._told = False

    def __await__(self) -> Generator[Any, Any, None]:
        return self

    def send(self, value: Any) -> Any:
        if self._told:
            return self._work.send(value)
        self._told = True
        return self._awaited

    def throw(self, *error: Any) -> Any:
        return self._work.throw(*error)

    def close(self) -> None:
        self._work.close()


def first_step(work: Coroutine[Any, Any, None]) -> Rest | None:
    """None: it ran to its end. Raises what its first step raises.

    It runs within the caller's task: it must not cancel, nor open a scope or a timeout, in that step.
    """
    try:
        awaited = work.send(None)
    except StopIteration:
        return None
    return Rest(work, awaited)
