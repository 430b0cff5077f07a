"""The desk: what phones and dealers ask for, in one list, numbered as it came; and what the floor answered.

It follows `phone/…`, `table/…` and `floor`, and writes `requests` and `answers/…`. Each request id is listed
at most once, for ever: one that was listed, answered or taken back is never listed again. A request that is
over (`until_ms`) is answered as such, listed or not. All it knows is in the documents and one counter, so a
desk that was stopped anywhere goes on as if it had not been.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from heapq import nlargest
from typing import Any, Final, cast

import anyio

from crdt_models.edits import ACT_EDITS_MAX
from crdt_models.errors import RoomClosed, StoreNotReady, StoreUnreadable
from crdt_models.facts import FactReader, Json
from crdt_models.stamps import order
from crdt_models.update_log import HistoryQuery
from leaf_server.documents.doc_store import LeafDocStore
from serving.rooms import Rooms

__all__ = ["Desk"]

_LOG = logging.getLogger("felt.desk")
_COUNTER: Final = "desk_number"
_ASKING: Final = ("phone/", "table/")
_OPEN_MAX: Final = 1_000
_OPEN_PER_ASKER_MAX: Final = 8
_LOOKED_AT_MAX: Final = 256  # of one asker, those that are over last; older ones were dealt with
_LOOK_S: Final = 30.0  # at the latest, whatever the documents say
_AGAIN_S: Final = 0.5
_EXPIRED: Final[Json] = {"answer": "declined", "text": "expired"}
_TOO_MANY: Final[Json] = {"answer": "declined", "text": "too many requests"}
_Request = Mapping[str, Any]


class Desk:
    """`run` in the server's task group. `now` is leaf time."""

    def __init__(self, rooms: Rooms, store: LeafDocStore, now: Callable[[], int]) -> None:
        self._rooms = rooms
        self._store = store
        self._now = now

    async def run(self) -> None:
        """Until cancelled. A room that closed under it is tried again from the documents."""
        while True:
            try:
                await self._follow()
            except (RoomClosed, StoreNotReady) as error:
                _LOG.warning("the desk starts again: %s: %s", type(error).__name__, error)
                await anyio.sleep(_AGAIN_S)
            except StoreUnreadable as error:
                _LOG.critical("requests cannot be listed: %s", error)
                await anyio.sleep(_LOOK_S)

    async def _follow(self) -> None:
        async with self._rooms.follow() as changes:
            for kind in _ASKING:
                for document in await self._store.names(kind):
                    await self._look_at(document)
            await self._close()
            while True:
                changed: frozenset[str] = frozenset()
                with anyio.move_on_after(await self._wait_s()):
                    changed = await anext(changes)
                for document in sorted(changed):
                    await self._look_at(document)
                if not changed or "floor" in changed or any(map(_asks, changed)):
                    await self._close()

    async def _look_at(self, document: str) -> None:
        """Lists what is new in a phone's or table's document."""
        if not _asks(document):
            return
        try:
            facts = await self._rooms.facts(document)
        except StoreUnreadable as error:
            _LOG.critical("the requests of %s cannot be read: %s", document, error)
            return  # one phone's damaged document must not silence the others
        asked = facts.group("request/").items()
        latest = nlargest(_LOOKED_AT_MAX, asked, key=lambda item: _until(item[1]))
        latest.sort(key=lambda item: order(facts.stamp(f"request/{item[0]}")))  # as they were asked
        answers: list[tuple[str, Json]] = []
        for ident, request in latest:
            answer = await self._take(document, ident, cast(_Request, request))
            if answer is not None:
                answers.append((f"answer/{ident}", answer))
        await self._decline(document, answers)

    async def _take(self, document: str, ident: str, request: _Request) -> Json:
        """Lists it, or answers why not; None also for what was dealt with before."""
        if (await self._rooms.facts("requests")).stamp(f"request/{ident}"):
            return None  # listed before, perhaps closed since
        if await self._answered(document, ident):
            return None
        if _until(request) <= self._now():
            return _EXPIRED
        listed = (await self._rooms.facts("requests")).group("request/")
        key, asker = _asker(document)
        own = sum(1 for one in listed.values() if cast(_Request, one).get(key) == asker)
        if own >= _OPEN_PER_ASKER_MAX or len(listed) >= _OPEN_MAX:
            return _TOO_MANY
        number = await self._store.cursor(_COUNTER) + 1
        await self._store.set_cursor(_COUNTER, number)  # before the list: a number is never given twice
        told: dict[str, Json] = {
            "number": number,
            key: asker,
            "kind": request["kind"],
            "list": request.get("list"),
            "tournament": request.get("tournament"),
            "at_ms": self._now(),
            "until_ms": request["until_ms"],
            "via": await self._via(document, ident),
            **_counted(asker, request),
        }
        await self._rooms.write("requests", [(f"request/{ident}", told)])
        return None

    async def _decline(self, document: str, answers: Sequence[tuple[str, Json]]) -> None:
        """As few writes as can be: a phone that floods must not hold up the others."""
        key, asker = _asker(document)
        if key == "player":
            for some in range(0, len(answers), ACT_EDITS_MAX - 1):  # a first one brings its setup
                await self._rooms.write(f"answers/{asker}", answers[some : some + ACT_EDITS_MAX - 1])

    async def _close(self) -> None:
        """Takes from the list what the floor answered, what was taken back, and what is over."""
        listed = (await self._rooms.facts("requests")).group("request/")
        for ident, value in sorted(listed.items()):
            request = cast(_Request, value)
            document = f"phone/{request['player']}" if request.get("player") else f"table/{request['table']}"
            answer = (await self._rooms.facts("floor")).get(f"answer/{ident}")
            asked = await self._rooms.facts(document)
            if answer is None and _gone(asked, ident):
                await self._rooms.write("requests", [(f"request/{ident}", None)])
                continue
            if answer is None and _until(request) <= self._now():
                answer = _EXPIRED
            if answer is not None:
                await self._answer(document, ident, answer)
                await self._rooms.write("requests", [(f"request/{ident}", None)])

    async def _answer(self, document: str, ident: str, answer: Json) -> None:
        """Tells the player; a dealer sees the list itself."""
        key, asker = _asker(document)
        if key != "player":
            return
        answers = f"answers/{asker}"
        if (await self._rooms.facts(answers)).get(f"answer/{ident}") != answer:
            await self._rooms.write(answers, [(f"answer/{ident}", answer)])

    async def _answered(self, document: str, ident: str) -> bool:
        key, asker = _asker(document)
        answers = await self._rooms.facts(f"answers/{asker}") if key == "player" else None
        return answers is not None and answers.stamp(f"answer/{ident}") != ""

    async def _via(self, document: str, ident: str) -> str:
        asked = HistoryQuery([document], name=f"request/{ident}")
        changes = (await self._rooms.history(asked, limit=1)).changes
        return "core" if changes and changes[0].change.via == "core" else "leaf"

    async def _wait_s(self) -> float:
        """Until the first of the open requests is over."""
        listed = (await self._rooms.facts("requests")).group("request/")
        first_ms = min((_until(request) for request in listed.values()), default=None)
        if first_ms is None:
            return _LOOK_S
        return min(_LOOK_S, max(0.05, (first_ms - self._now()) / 1000))


def _asks(document: str) -> bool:
    return document.startswith(_ASKING)


def _asker(document: str) -> tuple[str, str]:
    """`player` or `table`, and whose document it is."""
    kind, _, ident = document.partition("/")
    return ("player" if kind == "phone" else "table"), ident


def _counted(asker: str, request: _Request) -> dict[str, Json]:
    """What was counted, or who went out, as the floor shall look at it."""
    at: dict[str, Json] = {"at": request["at"]} if request.get("at") else {}
    match request["kind"]:
        case "stack":
            return {"stacks": [{"player": asker, "chips": request.get("chips") or 0}]}
        case "stacks":
            return {**at, "stacks": request.get("stacks", [])}
        case "bust":
            return {**at, "out": request.get("out")}
    return at


def _until(request: object) -> int:
    return int(cast(_Request, request)["until_ms"])


def _gone(asked: FactReader, ident: str) -> bool:
    """Taken back: there was such a request, and it is null now."""
    return asked.stamp(f"request/{ident}") != "" and asked.get(f"request/{ident}") is None
