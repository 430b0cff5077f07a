"""A disk under SQLite that a test can fill, slow down, break and cut off: an apsw VFS over the real one.

All goes to real files at once. Beside that the disk writes down what was done to it, operation by operation,
so that a power cut at any of them can be played afterwards: `cuts` makes the files that a machine finds which
lost its power there, with what was not synced yet dropped, torn by sectors, reordered, or kept.
"""

import random
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final, Literal

import apsw

__all__ = ["Disk", "Done", "cuts"]

SECTOR: Final = 512
_NUMBERS: Final = count(1)
_LOGS: Final = apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL
Kind = Literal["make", "write", "truncate", "sync", "delete"]


@dataclass(frozen=True, slots=True)
class Done:
    """One operation. A `sync` with `folder` brought the folder's entries down too."""

    kind: Kind
    file: str
    at: int = 0
    data: bytes = b""
    folder: bool = False


class Disk:
    """`name` is for `Database(path, vfs=…)`. `lies`: says it has synced and does nothing.

    `before` is called in SQLite's thread ahead of each operation (nothing is done if it raises), so it can
    fail, wait, or count.
    """

    def __init__(self, *, lies: bool = False) -> None:
        self.name = f"disk{next(_NUMBERS)}"
        self.lies = lies
        self.done: list[Done] = []
        self.before: Callable[[Done], None] = lambda _: None
        self._lock = threading.Lock()
        self._vfs = _Vfs(self)

    def unregister(self) -> None:
        """SQLite forgets the name."""
        self._vfs.unregister()

    def do(self, done: Done, really: Callable[[], None]) -> None:
        self.before(done)
        with self._lock:
            really()
            self.done.append(done)

    def __enter__(self) -> "Disk":
        return self

    def __exit__(self, *_: object) -> None:
        self.unregister()


class _Vfs(apsw.VFS):  # type: ignore[misc]
    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__(disk.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> "_File":
        path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name)
        made = not path.exists() or path.stat().st_size == 0
        opened = _File(self._disk, name, flags, path.name)
        if made:
            self._disk.do(Done("make", path.name), lambda: None)
        return opened

    def xDelete(self, name: str, sync: bool) -> None:
        done = Done("delete", Path(name).name, folder=sync and not self._disk.lies)
        self._disk.do(done, lambda: super(_Vfs, self).xDelete(name, sync))


class _File(apsw.VFSFile):  # type: ignore[misc]
    def __init__(self, disk: Disk, name: Any, flags: list[int], file: str) -> None:
        self._disk = disk
        self._file = file
        self._is_log = bool(flags[0] & _LOGS)  # SQLite syncs the folder with the first sync of a new one
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, at: int) -> None:
        done = Done("write", self._file, at, bytes(data))
        self._disk.do(done, lambda: super(_File, self).xWrite(data, at))

    def xTruncate(self, size: int) -> None:
        self._disk.do(Done("truncate", self._file, size), lambda: super(_File, self).xTruncate(size))

    def xSync(self, flags: int) -> None:
        if self._disk.lies:
            return
        done = Done("sync", self._file, folder=self._is_log)
        self._disk.do(done, lambda: super(_File, self).xSync(flags))


@dataclass
class _Content:
    """One file: what is down for sure, and what is on its way in order."""

    down: bytearray = field(default_factory=bytearray)
    on_its_way: list[Done] = field(default_factory=list)

    def sync(self) -> None:
        for done in self.on_its_way:
            _apply(self.down, done, done.data)
        self.on_its_way.clear()

    def torn(self, chance: random.Random) -> bytes:
        """What the cut leaves of it."""
        left = bytearray(self.down)
        keep = _fates(chance, len(self.on_its_way))
        for done, share in zip(self.on_its_way, keep, strict=True):
            if done.kind == "truncate" and share:
                _apply(left, done, b"")
            elif done.kind == "write" and share:
                for start in range(0, len(done.data), SECTOR):
                    if share == 1 or chance.random() < share:
                        part = done.data[start : start + SECTOR]
                        _apply(left, Done("write", done.file, done.at + start), part)
        return bytes(left)


def _fates(chance: random.Random, number: int) -> list[float]:
    """Of each operation on its way, how much of it arrives: nothing, some sectors, all."""
    match chance.randrange(5):
        case 0:
            return [0.0] * number
        case 1:
            return [1.0] * number
        case 2:  # in order up to somewhere, the last one torn
            arrived = chance.randint(0, number)
            return [1.0 if n < arrived else 0.5 if n == arrived else 0.0 for n in range(number)]
        case _:  # in any order
            return [chance.choice((0.0, 0.5, 1.0)) for _ in range(number)]


def _apply(content: bytearray, done: Done, data: bytes) -> None:
    if done.kind == "truncate":
        del content[done.at :]
    else:
        content.extend(bytes(max(0, done.at - len(content))))
        content[done.at : done.at + len(data)] = data


@dataclass
class _Folder:
    """Entries as they are, and as they are down."""

    entries: dict[str, _Content] = field(default_factory=dict)
    down: dict[str, _Content] = field(default_factory=dict)
    on_its_way: list[tuple[str, _Content | None]] = field(default_factory=list)

    def do(self, done: Done) -> None:
        match done.kind:
            case "make" if done.file not in self.entries:
                self._enter(done.file, _Content())
            case "delete":
                self._enter(done.file, None)
            case "write" | "truncate":
                self.entries[done.file].on_its_way.append(done)
            case "sync":
                self.entries[done.file].sync()
        if done.folder:
            _enter_all(self.down, self.on_its_way)
            self.on_its_way.clear()

    def _enter(self, file: str, content: _Content | None) -> None:
        _enter_all(self.entries, [(file, content)])
        self.on_its_way.append((file, content))

    def left(self, chance: random.Random) -> dict[str, bytes]:
        """Files after the cut."""
        entries = dict(self.down)
        _enter_all(entries, self.on_its_way[: chance.randint(0, len(self.on_its_way))])
        return {file: content.torn(chance) for file, content in entries.items()}


def _enter_all(entries: dict[str, _Content], changes: list[tuple[str, _Content | None]]) -> None:
    for file, content in changes:
        if content is None:
            entries.pop(file, None)
        else:
            entries[file] = content


def cuts(
    done: Sequence[Done], chance: random.Random, into: Path, began_with: Path | None = None, start: int = 0
) -> Iterator[int]:
    """Plays a cut before each operation from `start` on, and after the last: yields how many were done.

    Between two of them `into` holds the files as they were left. `began_with` has those of the start.
    """
    folder = _Folder()
    for path in sorted(began_with.iterdir()) if began_with is not None and began_with.exists() else ():
        folder.entries[path.name] = folder.down[path.name] = _Content(bytearray(path.read_bytes()))
    for number, operation in enumerate([*done, None]):
        if number >= start:
            _fill(into, folder.left(chance))
            yield number
        if operation is not None:
            folder.do(operation)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    for file, content in files.items():
        (folder / file).write_bytes(content)
