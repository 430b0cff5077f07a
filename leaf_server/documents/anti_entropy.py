"""Documents between leaf and core, the leaf's side: what each has of the other's numbered rows, and the rest.

On connect and every minute both say how far they are (`sync.have`); in between, a commit here is pushed and a
nudge of the core is pulled at once. Rows may arrive twice: the rooms take them once. On connect and hourly
documents are compared by digest; one that differs is exchanged whole. All requests are the leaf's.

Either side may have been restored from a copy. Then it lacks rows, or has others under the same numbers; the
marks of the last rows show it. Numbers start over where rows are still there, and all documents are compared.

In a new term (this box was restored) the core is first asked for all its documents, and what this box has
forgotten of them is taken by stamp, before anything is pushed over them.
"""

import json
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import anyio

from crdt_models.documents.catalogue import kind_of
from crdt_models.documents.schema import SCHEMA
from crdt_models.errors import DocumentError
from crdt_models.replication import mark, outgoing, pack, unpack
from crdt_models.update_log import NumberedRow
from leaf_server.documents.doc_store import CORE_HAS, CORE_MARK, FROM_CORE, LeafDocStore
from leaf_server.documents.erasure import Erasure
from leaf_server.documents.terms import Terms
from serving.nats_link import Incoming, LinkError, NatsLink
from serving.rooms import Rooms

__all__ = ["AntiEntropy"]

_LOG = logging.getLogger("felt.sync.core")
_BATCH_BYTES: Final = 384 * 1024
_DOCUMENTS_PER_COMPARE: Final = 200
_OF_ONE: Final = ("phone/", "answers/", "table/")  # there may be thousands, and a line that flaps
_MINUTE_S: Final = 60.0
_COMPARE_S: Final = 3_600.0
_AGAIN_S: Final = 1.0
_LOOKS: Final = 3
_WAIT_S: Final = 10.0


class CoreRefused(Exception):
    """The core answered an error, or something that is no answer."""


class AntiEntropy:
    """`run` in the server's task group."""

    def __init__(
        self, rooms: Rooms, store: LeafDocStore, link: NatsLink, terms: Terms, erasure: Erasure
    ) -> None:
        self._rooms = rooms
        self._store = store
        self._link = link
        self._terms = terms
        self._erasure = erasure
        self._told = erasure.done
        erasure.when_done = lambda: self._wake.set()
        self._erased = False  # whether both know whom the other erased, since the last connect or minute
        self._wake = anyio.Event()
        self._nudge = True  # whether the core may have something for us
        self._asked = False  # whether `sync.have` was answered since the last connect or minute
        self._compare_at_s = float("-inf")  # at once
        self._compare_all = False  # also what thousands of phones have: one side was restored
        self._core_has = 0  # of our rows
        self._core_last = 0  # of its rows, as far as we were told
        self.state = "not yet"
        self.core_lag = 0  # rows the core lacks, for /metrics
        self.apart: list[str] = []  # documents that differ though all was exchanged, and built anew

    async def run(self) -> None:
        """Until cancelled. The core being away is the normal case: it goes on when it is back."""
        await self._link.subscribe("leaf.nudge", self._nudged)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._on_connect)
            tasks.start_soon(self._on_commit)
            while True:
                self._wake = anyio.Event()
                try:
                    await self._turn()
                except (LinkError, CoreRefused, DocumentError) as error:
                    self._say(f"{type(error).__name__}: {error}")
                    self._asked, self._compare_at_s = False, float("-inf")  # the line was cut: as on connect
                    await anyio.sleep(_AGAIN_S)
                    continue
                self._say("in step")
                with anyio.move_on_after(_MINUTE_S) as waited:
                    await self._wake.wait()
                if waited.cancelled_caught:
                    self._asked = False

    async def _turn(self) -> None:
        """Both ways, until neither has anything new."""
        if not self._terms.current.core_asked:
            await self._tell_erased()  # a restored box learns first whom it must not take back
            await self._ask_for_all()
        if not self._asked:
            await self._say_have()
        await self._push()
        if self._nudge:
            self._nudge = False
            await self._pull()
        if not self._erased or self._told != self._erasure.done:
            await self._tell_erased()
        if self._compare_all or anyio.current_time() >= self._compare_at_s:
            await self._compare(everything=self._compare_all or self._compare_at_s != float("-inf"))
            self._compare_all, self._compare_at_s = False, anyio.current_time() + _COMPARE_S

    async def _tell_erased(self) -> None:
        """After rows went both ways: the core then drops what it keeps of earlier epochs of the roster."""
        done = self._erasure.done
        answer = await self._ask("sync.erase", {"v": 1, "players": sorted(self._erasure.players)})
        players = {str(player) for player in answer.get("players", [])} - self._erasure.players
        if players:
            await self._erasure.ask(players, "the core", time.time_ns() // 1_000_000)
        self._erased, self._told, self._erasure.at_core = True, done, done

    async def _ask_for_all(self) -> None:
        """Of earlier terms. Comes to the same if it is done again."""
        after = ""
        while names := (await self._ask("sync.documents", {"v": 1, "after": after})).get("names", []):
            await self._take_whole([name for name in names if kind_of(name) is not None and name != "cage"])
            after = names[-1]
        await self._terms.core_was_asked()
        self._compare_all = True

    async def _say_have(self) -> None:
        last, have, term = await self._store.last(), await self._store.cursor(FROM_CORE), self._terms.current
        marked = await self._store.cursor(CORE_MARK)
        said = {"v": 1, "last": last, "have": have, "mark": marked, "schema": SCHEMA}
        said |= {"term": term.number, "after": term.after_n}
        answer = await self._ask("sync.have", said)
        self._core_has, self._core_last = _whole(answer, "have"), _whole(answer, "last")
        if not await self._follows(self._core_has, _whole(answer, "mark"), last):
            await self._start_over(last)
        if answer.get("same") is not True:
            _LOG.warning("the core's rows are others than before: all of them are asked for again")
            await self._store.set_cursors({FROM_CORE: 0, CORE_MARK: 0})
            self._compare_all = True
        await self._store.set_cursor(CORE_HAS, self._core_has)
        self._asked, self._nudge, self._erased = True, True, False

    async def _follows(self, core_has: int, core_mark: int, last: int) -> bool:
        """Whether what the core lacks are our rows after `core_has`: it holds ours, we still have those."""
        if core_has > last:
            return False
        first = await self._first_kept(last)
        if core_has < first:
            return core_has == first - 1
        (row,) = outgoing(await self._store.since(core_has - 1, 1), "core")
        return core_mark in (0, mark(row))

    async def _start_over(self, last: int) -> None:
        """The core takes our rows from the first we keep; what is older goes with whole documents."""
        after = await self._first_kept(last) - 1
        _LOG.warning("the core holds other rows than ours: it starts over after row %d", after)
        await self._ask("sync.restart", {"v": 1, "after": after})
        self._core_has, self._compare_all = after, True

    async def _first_kept(self, last: int) -> int:
        rows = await self._store.since(0, 1)
        return rows[0].n if rows else last + 1

    async def _push(self) -> None:
        while rows := await self._store.since(self._core_has, _BATCH_BYTES):
            self.core_lag = rows[-1].n - self._core_has
            answer = _answer(await self._request("sync.push", self._pack(outgoing(rows, "core"))))
            have = _whole(answer, "have")
            if have <= self._core_has:
                raise CoreRefused(f"it takes none of our rows after {have}")
            self._core_has = have
            await self._send_whole(answer.get("want", []))
        self.core_lag = 0

    async def _pull(self) -> None:
        after = await self._store.cursor(FROM_CORE)
        while rows := unpack(await self._request("sync.pull", _bytes({"v": 1, "after": after}))):
            if rows[-1].n <= after:
                raise CoreRefused("it sends rows that were asked for before")
            wanted = await self._rooms.take(rows)
            after = rows[-1].n
            # Durable after the rows: they may come twice.
            await self._store.set_cursors({FROM_CORE: after, CORE_MARK: mark(rows[-1])})
            await self._take_whole(wanted)

    async def _compare(self, *, everything: bool) -> None:
        """On connect the venue's own documents, hourly also those of each phone; what differs goes whole."""
        names = [name for name in await self._store.names() if everything or not name.startswith(_OF_ONE)]
        apart: list[str] = []
        for start in range(0, len(names), _DOCUMENTS_PER_COMPARE):
            some = await self._rooms.digests(names[start : start + _DOCUMENTS_PER_COMPARE])
            differ = await self._differ(some)
            if differ:  # most often edits made just now: say all, then ask again
                await self._push()
                await self._pull()
                differ = await self._differ(await self._rooms.digests(differ))
            if differ:
                _LOG.warning("%d documents differ from the core's and are exchanged whole", len(differ))
            await self._send_whole(differ)
            await self._take_whole([name for name in differ if _flows_here(name)])
            apart += await self._still_apart(differ)
        self.apart = await self._rebuilt(apart)

    async def _rebuilt(self, apart: Sequence[str]) -> list[str]:
        """Has the core begin these documents anew, from a new epoch; answers those that differ even then.

        What the core alone held is taken into the new epoch by its stamps.
        """
        for document in apart:
            if document not in self.apart:  # that would not help again
                _LOG.critical("RING: the core's copy of %s stays different; it is built anew", document)
                theirs = await self._whole_of(document) if _flows_here(document) else []
                await self._rooms.switch(document)
                await self._rooms.take(theirs)
        return list(await self._still_apart(apart))

    async def _still_apart(self, documents: Sequence[str]) -> Sequence[str]:
        """What a whole exchange did not make equal: two wrote under one client id, or a store is damaged.

        Looked at again and again, because somebody may edit them just now.
        """
        for _ in range(_LOOKS):
            if documents:
                await self._push()
                await self._pull()
                documents = await self._differ(await self._rooms.digests(documents))
        return documents

    async def _differ(self, digests: dict[str, tuple[int, str]]) -> list[str]:
        answer = await self._ask("sync.compare", {"v": 1, "documents": digests})
        return [name for name in answer.get("differ", []) if name in digests]

    async def _send_whole(self, documents: Iterable[object]) -> None:
        for document in documents:
            row = await self._rooms.state(str(document))
            if row is not None:
                _answer(await self._request("sync.push", self._pack([NumberedRow(0, row)])))

    async def _take_whole(self, documents: Iterable[str]) -> None:
        for document in documents:
            await self._rooms.take(await self._whole_of(document))

    async def _whole_of(self, document: str) -> Sequence[NumberedRow]:
        return unpack(await self._request("sync.state", _bytes({"v": 1, "document": document})))

    def _pack(self, rows: Sequence[NumberedRow]) -> bytes:
        return pack([replace(row, term=self._terms.number) for row in rows])

    async def _ask(self, subject: str, question: dict[str, Any]) -> dict[str, Any]:
        return _answer(await self._request(subject, _bytes(question)))

    async def _request(self, subject: str, payload: bytes) -> bytes:
        answer = await self._link.request(subject, payload, timeout_s=_WAIT_S)
        if answer.startswith(b"{"):
            _answer(answer)  # an error where rows were expected
        return answer

    def _say(self, state: str) -> None:
        """Logged when it changes: a line may be cut for a week."""
        if state != self.state:
            _LOG.info("documents and core: %s", state)
        self.state = state

    async def _nudged(self, _: Incoming) -> None:
        self._nudge = True
        self._wake.set()

    async def _on_connect(self) -> None:
        lives = 0
        while True:
            lives = await self._link.connected(lives)
            self._asked, self._compare_at_s = False, float("-inf")
            self._wake.set()

    async def _on_commit(self) -> None:
        async with self._rooms.follow() as changes:
            async for _ in changes:
                self._wake.set()


def _bytes(question: dict[str, Any]) -> bytes:
    return json.dumps(question, separators=(",", ":")).encode()


def _answer(payload: bytes) -> dict[str, Any]:
    """Raises CoreRefused for an error, or for what is no JSON object."""
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise CoreRefused("its answer is no JSON") from error
    if not isinstance(answer, dict) or "error" in answer:
        raise CoreRefused(f"its answer: {payload[:200]!r}")
    return answer


def _flows_here(document: str) -> bool:
    """`cage`, `requests` and `answers` flow from leaf to core only."""
    kind = kind_of(document)
    return kind is not None and kind.core


def _whole(answer: dict[str, Any], name: str) -> int:
    number = answer.get(name)
    if not isinstance(number, int) or number < 0:
        raise CoreRefused(f"its {name} is no number")
    return number
