"""The projector: keeps the document `cage` in step with the ledger, so that tablets see what is paid.

It reads entries behind its own cursor, which is the fact `head` of that very document, works out which
facts they touched, and writes those as they are now. Facts first, `head` with the last of them: a projector
that was stopped in between only writes again what is there already, and that changes nothing.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import anyio

from crdt_models.errors import DocumentError
from crdt_models.facts import FactReader
from ledger.entry import Entry, read_entry
from ledger.journal import Journal
from ledger.posting_rules import amounts_now
from ledger.state import Prize, State, Tournament
from ledger.statements import shift_begins, shift_ends
from serving.problems import Problem
from serving.rooms import Rooms

from .cage import Cage

__all__ = ["Projector", "tournament_money"]

DOCUMENT: Final = "cage"
ENTRIES_A_TURN: Final = 200
FACTS_AN_ACT: Final = 60  # an act holds 64 edits; `head` and `setup` go with the last
AGAIN_S: Final = 1.0
PLACES_SHOWN: Final = 250
_LOG = logging.getLogger("felt.projector")


@dataclass(slots=True)
class _Picture:
    """What a run of entries touched: facts as they are now, and events whose whole result is among them."""

    term: int
    seq: int  # the last entry looked at
    facts: dict[str, Any] = field(default_factory=dict)
    results: set[str] = field(default_factory=set)


class Projector:
    """Follows the cage into the document; `run` in the server's task group."""

    def __init__(self, cage: Cage, rooms: Rooms) -> None:
        self._cage = cage
        self._rooms = rooms
        self.seq = 0  # shown so far

    async def run(self) -> None:
        """Until cancelled. A document that takes nothing now never stops the leaf: it is tried again."""
        while True:
            try:
                await self._cage.beyond(0)  # it is open: before that nobody knows how far it is
                self.seq = await self._cursor()
                while True:
                    await self._cage.beyond(self.seq)
                    self.seq = await self._show(self.seq)
            except (DocumentError, Problem) as error:
                _LOG.error("the document cage is behind the ledger: %s", error)
                await anyio.sleep(AGAIN_S)

    async def _cursor(self) -> int:
        """Where the document stands. Beyond the ledger's end (it was restored) everything is shown anew."""
        head = (await self._rooms.facts(DOCUMENT)).get("head")
        if not isinstance(head, dict) or head["term"] != self._cage.term:
            return 0
        seq = head["seq"]
        return seq if isinstance(seq, int) and seq <= self._cage.seq else 0

    async def _show(self, after: int) -> int:
        """Writes what the next entries touched; answers the last entry shown."""
        picture = await self._cage.look(lambda journal: _picture(journal, after))
        shown = await self._rooms.facts(DOCUMENT)
        facts = {**dict.fromkeys(_unpaid(picture, shown)), **picture.facts}
        news = [(name, value) for name, value in facts.items() if shown.get(name) != value]
        acts = [news[at : at + FACTS_AN_ACT] for at in range(0, len(news), FACTS_AN_ACT)] or [[]]
        acts[-1].append(("head", {"term": picture.term, "seq": picture.seq}))
        for act in acts:
            await self._rooms.write(DOCUMENT, act)
        return picture.seq


def tournament_money(tournament: Tournament) -> dict[str, Any]:
    """The value of `tournament/<id>`: counts and amounts of one event as they are now."""
    rules = tournament.rules
    selling = tournament.state == "selling"
    buy_in = rules.prices.get("buy_in")
    return {
        "entries": len(tournament.entries),
        "players": tournament.players(),
        "rebuys": tournament.sold("rebuy"),
        "add_ons": tournament.sold("add_on"),
        "dealer_add_ons": tournament.sold("dealer_add_on"),
        "buy_in_cents": buy_in.prize_cents if buy_in else 0,
        "pool_cents": tournament.pool_cents,
        "guarantee_cents": rules.guarantee_cents,
        "bounties_cents": tournament.bounties_cents,
        "amounts": [] if rules.satellite else list(amounts_now(tournament))[:PLACES_SHOWN],
        "provisional": selling,
        "paid_cents": tournament.paid_cents,
        "state": tournament.shown_state,
    }


def _picture(journal: Journal, after: int) -> _Picture:
    """On the journal's thread: what the next entries touched, as the whole book has it now.

    The book may be further than the entries looked at; to show that early is harmless.
    """
    state = journal.book.state
    picture = _Picture(state.tip.term, after)
    for seq, body, _ in journal.stored_after(after, ENTRIES_A_TURN):
        entry = read_entry(body)
        picture.term, picture.seq = entry.term, seq
        _touch(picture, state, entry)
    return picture


def _touch(picture: _Picture, state: State, entry: Entry) -> None:
    """Adds the facts of what this entry, or the entry it undoes, was about."""
    said = {"kind": entry.kind, **entry.data, **entry.data.get("undoes", {})}
    facts, name = picture.facts, said.get("tournament", "")
    tournament = state.tournaments.get(name)
    if shift_begins(entry) or shift_ends(entry):
        facts[f"drawer/{said['drawer']}"] = _drawer(state, said["drawer"])
    if tournament is None:
        return
    facts[f"tournament/{name}"] = tournament_money(tournament)
    if said["kind"] in ("pay_prize", "return_prize"):
        prize = tournament.prize_of(said["player"])
        if prize is not None:
            facts[_prize_name(name, prize)] = _prize(name, prize)
    elif said["kind"] in ("confirm_result", "correct_result", "confirm_seats", "award_seat"):
        picture.results.add(name)
        facts.update({_prize_name(name, prize): _prize(name, prize) for prize in tournament.prizes.values()})
    elif said["kind"] == "agree_deal":
        facts[f"deal/{name}"] = _deal(tournament)
    elif "entry" in said:
        facts[f"entry/{said['entry']}"] = _entry(tournament, name, said["entry"])


def _unpaid(picture: _Picture, shown: FactReader) -> Iterator[str]:
    """Prizes shown of events whose result was looked at: gone, unless the picture has them."""
    for name in picture.results:
        for prize in shown.group("prize/"):
            if prize.startswith(f"{name}."):
                yield f"prize/{prize}"


def _entry(tournament: Tournament, name: str, entry: str) -> dict[str, Any] | None:
    found = tournament.entries.get(entry)
    if found is None:
        return None
    first, sold = found.parts[0], Counter(part.kind for part in found.parts)
    return {
        "tournament": name,
        "player": found.player,
        "kind": first.kind,
        "seq": first.seq,
        "rebuys": sold["rebuy"],
        "add_ons": sold["add_on"],
        "dealer_add_ons": sold["dealer_add_on"],
    }


def _prize_name(name: str, prize: Prize) -> str:
    return f"prize/{name}.{prize.place}.{prize.player}"


def _prize(name: str, prize: Prize) -> dict[str, Any]:
    return {
        "tournament": name,
        "player": prize.player,
        "place": prize.place,
        "amount_cents": prize.amount_cents,
        "paid_cents": prize.paid_cents,
        "seq": prize.seq,
    }


def _deal(tournament: Tournament) -> dict[str, Any] | None:
    """The deal that stands; null: none, or it was reversed."""
    deal = tournament.deal
    if deal is None:
        return None
    return {
        "place": len(deal.shares),
        "players": list(deal.shares),
        "amounts": list(deal.shares.values()),
        "aside_cents": deal.aside_cents,
        "seq": deal.seq,
    }


def _drawer(state: State, name: str) -> dict[str, Any]:
    drawer = state.drawer(name)
    return {
        "state": "open" if drawer.is_open else "closed",
        "shift": drawer.shift,
        "person": drawer.person or None,
        "name": f"Drawer {name}",
    }
