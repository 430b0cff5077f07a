"""The line between leaf and core as something a person can cut: a TCP relay before the hub's leaf-node port.

`Line.state` is `up`, `cut` (connections are torn down, new ones closed at once) or `silent` (half open: all
stays connected and nothing passes, as a dead Wi-Fi does; what was on its way arrives after the restore).
The wanted state is the text of one file in the demo's data folder, so that another process can ask for it;
the file `line.now` says what is so. At most `CONNECTIONS_MAX` connections, each holding `CHUNK_BYTES` a way.
"""

from pathlib import Path
from typing import Final, Literal, get_args

import anyio
import anyio.abc

__all__ = ["NoDemo", "Line", "LineState", "ask"]

LineState = Literal["up", "cut", "silent"]
WANTED, NOW = "line.wanted", "line.now"
CHUNK_BYTES: Final = 65_536
CONNECTIONS_MAX: Final = 64
POLL_SECONDS: Final = 0.1
ANSWER_SECONDS_MAX: Final = 5.0


class NoDemo(Exception):
    """Nobody answers in this data folder: no demo runs there. `data` is the folder."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"no demo answers in {data}")
        self.data = data


class Line:
    """The relay of one demo; `run` until cancelled."""

    def __init__(self, data: Path, port: int, target_port: int) -> None:
        self._data = data
        self._port = port
        self._target_port = target_port
        self._connections = anyio.CapacityLimiter(CONNECTIONS_MAX)
        self._scopes: set[anyio.CancelScope] = set()
        self._flows = anyio.Event()
        self.state: LineState = "cut"

    async def run(self, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Starts with the line up. Raises OSError when the port is taken."""
        listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=self._port)
        write_whole(self._data / WANTED, "up")
        self.set("up")
        async with listener, anyio.create_task_group() as tasks:
            tasks.start_soon(self._obey)
            task_status.started()
            await listener.serve(self._connection, tasks)

    def set(self, state: LineState) -> None:
        self.state = state
        if state == "up":
            self._flows.set()
        elif self._flows.is_set():
            self._flows = anyio.Event()
        if state == "cut":
            for scope in self._scopes:
                scope.cancel()
        write_whole(self._data / NOW, state)

    async def _obey(self) -> None:
        """Follows the file: a poll, for a file is what any process of any user can write."""
        while True:
            wanted = read_state(self._data / WANTED)
            if wanted is not None and wanted != self.state:
                self.set(wanted)
            await anyio.sleep(POLL_SECONDS)

    async def _connection(self, near: anyio.abc.SocketStream) -> None:
        async with near:
            if self.state == "cut" or self._connections.available_tokens < 1:
                return
            with anyio.CancelScope() as scope:
                self._scopes.add(scope)
                try:
                    async with self._connections:
                        await self._join(near)
                finally:
                    self._scopes.discard(scope)

    async def _join(self, near: anyio.abc.SocketStream) -> None:
        await self._flows.wait()
        try:
            far = await anyio.connect_tcp("127.0.0.1", self._target_port)
        except OSError:
            return  # the hub is down: the near side sees its connection close and tries again
        async with far, anyio.create_task_group() as tasks:
            tasks.start_soon(self._pump, near, far, tasks.cancel_scope)
            tasks.start_soon(self._pump, far, near, tasks.cancel_scope)

    async def _pump(
        self, source: anyio.abc.SocketStream, sink: anyio.abc.SocketStream, both: anyio.CancelScope
    ) -> None:
        """Passes bytes one way while the line is up; the end of one way is the end of both."""
        try:
            while True:
                chunk = await source.receive(CHUNK_BYTES)
                await self._flows.wait()
                await sink.send(chunk)
        except (anyio.EndOfStream, anyio.BrokenResourceError, anyio.ClosedResourceError):
            both.cancel()


async def ask(data: Path, state: LineState) -> None:
    """Asks the demo in `data` for a state of its line and waits until it is so. Raises NoDemo."""
    if not (data / NOW).exists():
        raise NoDemo(data)
    write_whole(data / WANTED, state)
    with anyio.move_on_after(ANSWER_SECONDS_MAX):
        while read_state(data / NOW) != state:  # noqa: ASYNC110 - another process writes it
            await anyio.sleep(POLL_SECONDS / 2)
        return
    raise NoDemo(data)


def read_state(path: Path) -> LineState | None:
    """None where there is no file, or one that says something else."""
    try:
        text = path.read_text().strip()
    except FileNotFoundError:
        return None
    return next((state for state in get_args(LineState) if state == text), None)


def write_whole(path: Path, text: str) -> None:
    """Writes beside, then renames: a reader sees the old text or the new one."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text)
    beside.replace(path)
