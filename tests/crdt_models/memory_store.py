"""A DocStore in memory, for tests of rooms; it passes the contract suite like the real ones.

`break_next` makes the next append fail before anything is kept; `hold` keeps appends waiting until it is set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import anyio

from crdt_models.update_log import (
    HISTORY_WINDOW,
    Change,
    HistoryPage,
    HistoryQuery,
    LogRow,
    NumberedChange,
    NumberedRow,
    StoredDocument,
)

__all__ = ["MemoryStore"]


@dataclass
class MemoryStore:
    rows: list[LogRow] = field(default_factory=list)
    snapshots: dict[str, tuple[int, int, bytes]] = field(
        default_factory=dict
    )  # document → covered n, epoch, state
    cursors: dict[str, int] = field(default_factory=dict)
    appends: int = 0
    break_next: BaseException | None = None
    hold: anyio.Event | None = None

    async def load(self, document: str) -> StoredDocument | None:
        await anyio.lowlevel.checkpoint()
        return self.stored(document)

    def stored(self, document: str) -> StoredDocument | None:
        rows = [NumberedRow(n, row) for n, row in enumerate(self.rows, 1) if row.document == document]
        if not rows:
            return None
        epoch = max(r.row.epoch for r in rows)
        covered, of, state = self.snapshots.get(document, (0, epoch, b""))
        if of != epoch:
            covered, state = 0, b""
        updates = [r.row.update for r in rows if r.n > covered and r.row.epoch == epoch]
        stored = StoredDocument(document, epoch, state, updates, {}, {}, {})
        vector, leaf_vector, bound = dict[str, int](), dict[str, int](), dict[int, str]()
        refused: dict[str, Sequence[str]] = {}
        former, handed = dict[int, str](), list[str]()
        for numbered in rows:
            for replica, counter in numbered.row.vector.items():
                vector[replica] = max(counter, vector.get(replica, 0))
            for replica, counter in numbered.row.leaf_vector.items():
                leaf_vector[replica] = max(counter, leaf_vector.get(replica, 0))
            (bound if numbered.row.epoch == epoch else former).update(numbered.row.bound)
            refused.update(numbered.row.refused)
            handed += numbered.row.handed
        return replace(
            stored, vector=vector, bound=bound, refused=refused, leaf_vector=leaf_vector,
            former=frozenset(former), handed=handed,
        )  # fmt: skip

    async def append(self, rows: Sequence[LogRow]) -> int:
        self.appends += 1
        if self.hold is not None:
            await self.hold.wait()
        await anyio.lowlevel.checkpoint()
        if self.break_next is not None:
            broken, self.break_next = self.break_next, None
            raise broken
        self.rows.extend(rows)
        return len(self.rows)

    async def save_snapshot(self, document: str, epoch: int, state: bytes) -> None:
        await anyio.lowlevel.checkpoint()
        self.keep_snapshot(document, epoch, state)

    def keep_snapshot(self, document: str, epoch: int, state: bytes) -> None:
        rows = [(n, row) for n, row in enumerate(self.rows, 1) if row.document == document]
        if epoch < max(row.epoch for _, row in rows):
            return
        covered = max(n for n, _ in rows)
        self.snapshots[document] = (covered, epoch, state)

    async def names(self, prefix: str = "") -> Sequence[str]:
        return sorted({row.document for row in self.rows if row.document.startswith(prefix)})

    async def count(self, prefix: str) -> int:
        return len(await self.names(prefix))

    async def sizes(self) -> Sequence[tuple[str, int, int, int]]:
        sizes = list[tuple[str, int, int, int]]()
        for name in await self.names():
            stored = await self.load(name)
            assert stored is not None
            kept = len(stored.snapshot) + sum(map(len, stored.updates))
            edits = sum(len(row.history) for row in self.rows if row.document == name)
            sizes.append((name, stored.epoch, kept, edits))
        return sizes

    async def since(self, n: int, bytes_max: int) -> Sequence[NumberedRow]:
        found, size = list[NumberedRow](), 0
        for number, row in enumerate(self.rows[n:], n + 1):
            size += len(row.update)
            if found and size > bytes_max:
                break
            found.append(NumberedRow(number, row))
        return found

    async def last(self) -> int:
        return len(self.rows)

    async def history(self, query: HistoryQuery, before: int | None, limit: int) -> HistoryPage:
        changes = [(row.document, change) for row in self.rows for change in row.history]
        older = [
            NumberedChange(n, document, change)
            for n, (document, change) in enumerate(changes, 1)
            if (before is None or n < before) and any(_in(document, asked) for asked in query.documents)
        ]
        window = older[::-1][:HISTORY_WINDOW]
        found = [one for one in window if _matches(query, one.change)]
        if len(found) > limit:
            return HistoryPage(found[:limit], found[limit - 1].n)
        return HistoryPage(found, window[-1].n if len(older) > len(window) else None)

    async def cursor(self, key: str) -> int:
        return self.cursors.get(key, 0)

    async def set_cursor(self, key: str, n: int) -> None:
        self.cursors[key] = n

    async def set_cursors(self, positions: Mapping[str, int]) -> None:
        self.cursors |= positions


def _in(text: str, asked: str) -> bool:
    return text.startswith(asked) if asked.endswith("/") else text == asked


def _matches(query: HistoryQuery, change: Change) -> bool:
    return (
        (not query.name or _in(change.name, query.name))
        and (not query.about or _about(query.about, change))
        and query.person in ("", change.person)
        and (not query.device or change.replica.startswith(query.device + "-"))
        and query.via in ("", change.via)
        and query.since_ms <= change.at_ms
        and (query.until_ms is None or change.at_ms < query.until_ms)
        and query.act in (None, change.act)
        and (not query.stamps or change.stamp in query.stamps)
    )


def _about(ident: str, change: Change) -> bool:
    said = f'"{ident}"'
    return change.name.endswith(f"/{ident}") or said in (change.before or "") or said in (change.after or "")
