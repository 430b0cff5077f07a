"""The leaf draws seats: it holds the seed, tells its hash before and itself after, and writes down each draw.

Seeds follow from one secret of this box, so that nothing but a key file is kept and a restart goes on. A draw
is written before it is answered; the same `ask` gets the same answer for ever.
"""

import hmac
import logging
from collections.abc import Callable, Sequence
from typing import Final

import anyio

from crdt_models.documents.catalogue import kind_of
from crdt_models.documents.seating import Draw
from crdt_models.documents.typed import many
from crdt_models.errors import RoomClosed, StoreNotReady, StoreUnreadable
from crdt_models.facts import FactReader, Json
from crdt_models.rules.seating.chart import Chart, in_play, seat_chart
from crdt_models.rules.seating.draw import derive, pool_text
from crdt_models.rules.seating.draw_pool import DrawKind, lots, only_at, shorten
from crdt_models.rules.seating.draw_series import last_series, series_changes
from serving.rooms import Rooms

from .doc_store import LeafDocStore

__all__ = ["DRAWS_MAX", "Draws", "NoEvent", "NoRoom", "TooManyDraws"]

_LOG = logging.getLogger("felt.draws")
_AGAIN_S: Final = 0.5
DRAWS_MAX: Final = 20_000  # of one event
_LOTS_MAX: Final = 60  # of one act
Drawn = tuple[str, Draw]


class NoEvent(Exception):
    """There is no such event on this leaf."""


class NoRoom(Exception):
    """Fewer seats are open than players are to be seated; nothing was drawn."""


class TooManyDraws(Exception):
    """An event has had more draws than any evening needs."""


class Draws:
    """`run` in the server's task group. `now` is leaf time; `secret`: 32 bytes that never leave the box."""

    def __init__(self, rooms: Rooms, store: LeafDocStore, secret: bytes, now: Callable[[], int]) -> None:
        self._rooms, self._store, self._secret, self._now = rooms, store, secret, now
        self._one_at_a_time = anyio.Lock()

    async def run(self) -> None:
        """Begins series and tells seeds as events go on, until cancelled."""
        while True:
            try:
                await self._follow()
            except (RoomClosed, StoreNotReady) as error:
                _LOG.warning("draws start again: %s: %s", type(error).__name__, error)
                await anyio.sleep(_AGAIN_S)

    async def draw(
        self,
        tournament: str,
        ask: str,
        kind: DrawKind,
        players: Sequence[str],
        tables: Sequence[str] = (),
        seats: int | None = None,
        reason: str | None = None,
    ) -> list[Drawn]:
        """Seats for players; for `break` those of the tables, for `redraw` all, at the tables that stay.

        Raises NoEvent, NoRoom, TooManyDraws, and what `Rooms.write` raises.
        """
        document = f"tournament/{tournament}"
        if kind_of(document) is None:
            raise NoEvent(tournament)
        async with self._one_at_a_time:
            await self._keep_series(document)
            facts = await self._rooms.facts(document)
            if facts.get("setup") is None:
                raise NoEvent(tournament)
            known = many(facts, "draw/", Draw)
            if asked := {ident: draw for ident, draw in known.items() if draw.ask == ask}:
                return sorted(asked.items(), key=lambda row: int(row[0].partition(".")[2]))
            if len(known) >= DRAWS_MAX:
                raise TooManyDraws(tournament)
            chart = seat_chart(facts, await self._rooms.facts("config"))
            series, _ = last_series(facts)
            first = 1 + max(
                (int(ident.partition(".")[2]) for ident in known if ident.startswith(f"{series}.")), default=0
            )
            made = self._made(tournament, f"{series}.", first, chart, kind, players, tables, seats)
            now = self._now()
            drawn = [
                (
                    ident,
                    Draw(
                        kind=kind, players=list(who), pool=pool, seats=given, ask=ask, at_ms=now,
                        reason=reason,
                    ),
                )
                for ident, who, pool, given in made
            ]  # fmt: skip
            await self._rooms.write(document, [(f"draw/{ident}", draw.model_dump()) for ident, draw in drawn])
            return drawn

    def _made(
        self,
        tournament: str,
        series: str,
        first: int,
        chart: Chart,
        kind: DrawKind,
        players: Sequence[str],
        tables: Sequence[str],
        seats: int | None,
    ) -> list[tuple[str, tuple[str, ...], str, list[str]]]:
        room, named = chart, [table for table in tables if table in chart.tables]
        if kind == "break":
            closing, into = named[:1], named[1:]
            players = sorted(who for table in closing for who in chart.tables[table].players.values())
            room, named = (only_at(chart, into, seats) if into else chart), closing
        elif kind == "redraw":
            players = sorted(who for table in in_play(chart) for who in table.players.values())
        seed = self._seed(tournament, int(series[:-1]))
        made: list[tuple[str, tuple[str, ...], str, list[str]]] = []
        taken: list[str] = []
        for number, one in enumerate(lots(room, kind, players, named, seats)[:_LOTS_MAX], start=first):
            lot = shorten(one, taken)
            ident, pool = f"{series}{number}", pool_text(lot.pool)
            given = derive(seed, tournament, ident, kind, pool, lot.players) or []
            taken += given
            made.append((ident, lot.players, pool, given))
        if len(taken) < len(players) or not players:
            raise NoRoom(tournament)
        return made

    async def _follow(self) -> None:
        async with self._rooms.follow() as changes:
            for document in await self._store.names("tournament/"):
                await self._look_at(document)
            async for changed in changes:
                for document in sorted(changed):
                    if document.startswith("tournament/"):
                        await self._look_at(document)

    async def _look_at(self, document: str) -> None:
        try:
            async with self._one_at_a_time:
                await self._keep_series(document)
        except StoreUnreadable as error:
            _LOG.critical("draws of %s cannot be made: %s", document, error)

    async def _keep_series(self, document: str) -> None:
        facts: FactReader = await self._rooms.facts(document)
        if facts.get("setup") is None:
            return
        tournament = document.partition("/")[2]
        changes: list[tuple[str, Json]] = series_changes(
            facts, lambda number: self._seed(tournament, number), self._now()
        )
        if changes:
            await self._rooms.write(document, changes)

    def _seed(self, tournament: str, series: int) -> str:
        return hmac.digest(self._secret, f"seat draw\n{tournament}\n{series}".encode(), "sha256").hex()
