"""Receipts with names on them: the ledger's receipt, and who and what its ids stand for in this house.

Names come from the staff list and the document `roster` at the moment of printing, and stay on the paper: a
name that is not known (any more) is left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from crdt_models.documents.floor import Seat
from crdt_models.documents.typed import one
from crdt_models.errors import StoreUnreadable
from crdt_models.rules.seating.chart import Chair, seat_chart
from crdt_models.rules.seating.draw_pool import chair_label
from crdt_models.rules.seating.draw_series import seat_draw
from leaf_server.identity import Identity
from leaf_server.identity.venue import VenueRecord
from leaf_server.money.cage import Cage
from leaf_server.paper.slip import Slip, Told, receipt_slip, short_name
from ledger.chain import Link
from ledger.entry import Entry
from ledger.journal import Journal
from ledger.receipts import receipt
from serving.problems import Problem
from serving.rooms import Rooms

__all__ = ["Receipts"]

_SEATED: Final = frozenset({"buy_in", "re_entry"})


@dataclass(frozen=True, slots=True)
class _Found:
    link: Link
    reversed_by: int | None
    event: str


class Receipts:
    """All by an entry's number. Raises Problem: `no_entry`, `not_ready`."""

    def __init__(self, cage: Cage, rooms: Rooms, identity: Identity, venue: VenueRecord) -> None:
        self._cage = cage
        self._rooms = rooms
        self._identity = identity
        self._venue = venue
        self.zone = ZoneInfo(venue.time_zone)

    async def booked_ms(self, seq: int) -> int:
        """When the entry was booked."""
        return (await self._find(seq)).link.entry.at_ms

    async def receipt(self, seq: int, *, copy: bool) -> dict[str, Any]:
        """As `ledger.receipts` makes it."""
        return self._receipt(await self._find(seq), copy=copy)

    async def slip(self, seq: int, *, copy: bool) -> Slip:
        """For paper."""
        found = await self._find(seq)
        return receipt_slip(self._receipt(found, copy=copy), await self._told(found, seat=not copy))

    async def people(self) -> Mapping[str, str]:
        """Staff by id, those who left too."""
        return {one.person: one.name for one in await self._identity.office.people()}

    async def house(self) -> tuple[str, str]:
        """What stands at the head and the foot of all paper of this house."""
        config = await self._facts("config")
        told, venue = config.get("receipt") or {}, config.get("venue") or {}
        return told.get("header") or venue.get("name") or self._venue.name, told.get("footer", "")

    async def _told(self, found: _Found, *, seat: bool) -> Told:
        entry = found.link.entry
        header, footer = await self.house()
        people = await self.people()
        player = (await self._facts("roster")).get(f"player/{entry.data.get('player', '')}") or {}
        place, draw = await self._seat(entry) if seat and entry.kind in _SEATED else ("", "")
        return Told(
            venue=header,
            zone=self.zone,
            person=short_name(people.get(entry.person, "")),
            second=short_name(people.get(entry.data.get("second", {}).get("person", ""), "")),
            player=short_name(player.get("name", "")),
            event=found.event,
            seat=place,
            draw=draw,
            footer=footer,
        )

    async def _seat(self, entry: Entry) -> tuple[str, str]:
        """Where who bought in sits now, and the draw that gave the seat; empty: nowhere, or nobody drew it.

        For the original alone: a copy is of the receipt, and the seat may have changed since.
        """
        facts = await self._facts(f"tournament/{entry.data.get('flight') or entry.data['tournament']}")
        player = entry.data["player"]
        sits = one(facts, f"seat/{player}", Seat)
        if sits is None:
            return "", ""
        label = chair_label(seat_chart(facts, await self._facts("config")), Chair(sits.table, sits.seat))
        table = label.rpartition(".")[0]
        return f"Table {table} Seat {sits.seat}", seat_draw(facts, player, label) or ""

    async def _facts(self, document: str) -> Any:
        """A document that can't be read costs its names, never the receipt."""
        try:
            return await self._rooms.facts(document)
        except StoreUnreadable:
            return {}

    async def _find(self, seq: int) -> _Found:
        def look(journal: Journal) -> _Found | None:
            link = journal.link(seq)
            if link is None:
                return None
            state = journal.book.state
            event = state.tournaments.get(link.entry.data.get("tournament", ""))
            return _Found(link, state.reversed.get(seq), event.rules.name if event else "")

        found = await self._cage.look(look)
        if found is None:
            raise Problem(404, "no_entry", "There is no entry of this number.")
        return found

    def _receipt(self, found: _Found, *, copy: bool) -> dict[str, Any]:
        head = self._cage.head_at(found.link)
        return receipt(found.link, head, self._cage.currency, copy=copy, reversed_by=found.reversed_by)
