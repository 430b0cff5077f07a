"""The leaf draws seats: it holds the seed, tells its hash before and itself after, and writes down each draw.

Seeds follow from one secret of this box, so that nothing but a key file is kept and a restart goes on. A draw
is written before it is answered; the same `ask` gets the same answer for ever.
"""

import hmac
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import anyio

from crdt_models.documents.catalogue import kind_of
from crdt_models.documents.floor import Seat
from crdt_models.documents.seating import Draw
from crdt_models.documents.tournament import Entry
from crdt_models.documents.typed import many, one
from crdt_models.errors import RoomClosed, StoreNotReady, StoreUnreadable
from crdt_models.facts import FactReader, Json
from crdt_models.rules.seating.chart import Chair, Chart, in_play, seat_chart
from crdt_models.rules.seating.draw import derive, pool_text
from crdt_models.rules.seating.draw_pool import DrawKind, chair_label, chair_of, lots, only_at, shorten
from crdt_models.rules.seating.draw_series import last_series, seat_draw, series_changes
from leaf_server.documents.doc_store import LeafDocStore
from serving.rooms import Rooms

__all__ = ["DRAWS_MAX", "Draws", "NoEvent", "NoRoom", "Placed", "Sold", "TooManyDraws", "WithFloor"]

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


class WithFloor(Exception):
    """The floor has this player in play, or had: where they sit, and whether, is the floor's."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A life that the ledger sold into `tournament`, an event or the flight of one."""

    tournament: str
    entry: str
    player: str
    kind: str  # what it was sold as: `buy_in` or `re_entry`


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a player sits; `draw`: the id of the draw that gave the seat, None if none did."""

    table: str
    seat: int
    draw: str | None


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
        async with self._one_at_a_time:
            facts = await self._event(tournament)
            known = many(facts, "draw/", Draw)
            if asked := {ident: draw for ident, draw in known.items() if draw.ask == ask}:
                return sorted(asked.items(), key=lambda row: int(row[0].partition(".")[2]))
            chart = seat_chart(facts, await self._rooms.facts("config"))
            drawn = self._drawn(tournament, facts, chart, ask, kind, players, tables, seats, reason)
            await self._rooms.write(document, _written(drawn))
            return drawn

    async def seat(self, sold: Sold, person: str) -> Placed:
        """A seat for a life that was just sold, drawn and sat in, in one act in the name of `person`.

        Who sits already keeps that seat, so asking again answers the same. Raises NoEvent, NoRoom,
        TooManyDraws, WithFloor, and what `Rooms.write` raises.
        """
        document = f"tournament/{sold.tournament}"
        async with self._one_at_a_time:
            facts = await self._event(sold.tournament)
            chart = seat_chart(facts, await self._rooms.facts("config"))
            lives = [
                ident for ident, life in many(facts, "entry/", Entry).items() if life.player == sold.player
            ]
            sits = one(facts, f"seat/{sold.player}", Seat)
            if sits is not None and (sold.entry in lives or not lives):
                label = chair_label(chart, Chair(sits.table, sits.seat))
                return Placed(sits.table, sits.seat, seat_draw(facts, sold.player, label))
            if sits is not None or sold.entry in lives:
                raise WithFloor(sold.entry)
            drawn = self._drawn(sold.tournament, facts, chart, sold.entry, "seat", [sold.player])
            ident, draw = drawn[0]
            chair = chair_of(chart, draw.seats[0])
            assert chair is not None  # it is one of this chart's
            life = Entry(
                player=sold.player,
                number=1 + len(lives),
                kind="re-entry" if sold.kind == "re_entry" else "initial",
            )
            changes: list[tuple[str, Json]] = [
                *_written(drawn),
                (f"entry/{sold.entry}", life.model_dump()),
                (f"seat/{sold.player}", {"table": chair.table, "seat": chair.seat}),
            ]
            if facts.get(f"alternate/{sold.player}") is not None:
                changes.append((f"alternate/{sold.player}", None))
            await self._rooms.write(document, changes, person=person)
            return Placed(chair.table, chair.seat, ident)

    async def _event(self, tournament: str) -> FactReader:
        """Its facts, with a series that draws can be made from. Raises NoEvent."""
        document = f"tournament/{tournament}"
        if kind_of(document) is None:
            raise NoEvent(tournament)
        await self._keep_series(document)
        facts: FactReader = await self._rooms.facts(document)
        if facts.get("setup") is None:
            raise NoEvent(tournament)
        return facts

    def _drawn(
        self,
        tournament: str,
        facts: FactReader,
        chart: Chart,
        ask: str,
        kind: DrawKind,
        players: Sequence[str],
        tables: Sequence[str] = (),
        seats: int | None = None,
        reason: str | None = None,
    ) -> list[Drawn]:
        """The next draws, not written yet. Raises NoRoom, TooManyDraws."""
        known = many(facts, "draw/", Draw)
        if len(known) >= DRAWS_MAX:
            raise TooManyDraws(tournament)
        series, _ = last_series(facts)
        first = 1 + max(
            (int(ident.partition(".")[2]) for ident in known if ident.startswith(f"{series}.")), default=0
        )
        made = self._made(tournament, f"{series}.", first, chart, kind, players, tables, seats)
        now = self._now()
        return [
            (
                ident,
                Draw(
                    kind=kind, players=list(who), pool=pool, seats=given, ask=ask, at_ms=now, reason=reason
                ),
            )
            for ident, who, pool, given in made
        ]  # fmt: skip

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
        for number, lot in enumerate(lots(room, kind, players, named, seats)[:_LOTS_MAX], start=first):
            lot = shorten(lot, taken)
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


def _written(drawn: Sequence[Drawn]) -> list[tuple[str, Json]]:
    return [(f"draw/{ident}", draw.model_dump()) for ident, draw in drawn]
