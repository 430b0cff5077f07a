"""The projector: keeps the document `cage` in step with the ledger, so that tablets see what is paid.

It reads entries behind its own cursor, which is the fact `head` of that very document, works out which
facts they touched, and writes those as they are now. Facts first, `head` with the last of them: a projector
that was stopped in between only writes again what is there already, and that changes nothing.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import anyio

from crdt_models.documents.cage import drawer_name
from crdt_models.errors import DocumentError
from crdt_models.facts import FactReader
from leaf_server.money.cage import Cage
from ledger.entry import Entry, read_entry
from ledger.journal import Journal
from ledger.posting_rules import amounts_now
from ledger.state import Prize, State, Tournament
from ledger.statements import shift_begins, shift_ends
from serving.problems import Problem
from serving.rooms import Rooms

__all__ = ["Projector", "money_shown"]

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
    flights: dict[str, list[str]] = field(default_factory=dict)  # of each event touched, as they are now


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
        gone = (*_unpaid(picture, shown), *_no_flights(picture, shown))
        facts = {**dict.fromkeys(gone), **picture.facts}
        news = [(name, value) for name, value in facts.items() if shown.get(name) != value]
        acts = [news[at : at + FACTS_AN_ACT] for at in range(0, len(news), FACTS_AN_ACT)] or [[]]
        acts[-1].append(("head", {"term": picture.term, "seq": picture.seq}))
        for act in acts:
            await self._rooms.write(DOCUMENT, act)
        return picture.seq


def _tournament_money(tournament: Tournament) -> dict[str, Any]:
    """The value of `tournament/<id>`: counts and amounts of one event as they are now."""
    rules = tournament.rules
    selling = tournament.state == "selling"
    buy_in = rules.prices.get("buy_in")
    flights = {"flights": list(rules.flights.ids)} if rules.flights else {}
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
        **flights,
    }


def money_shown(state: State, name: str) -> dict[str, Any] | None:
    """What is shown of an event or a flight; None: the ledger knows neither."""
    tournament, of = state.tournaments.get(name), state.event_of(name)
    if of:
        return _flight_money(state.tournaments[of], of, name)
    return _tournament_money(tournament) if tournament else None


def _flight_money(tournament: Tournament, name: str, flight: str) -> dict[str, Any]:
    """The value of `tournament/<flight>`: its own counts beside the event's pool."""
    known, entries, rules = tournament.flight(flight), tournament.entries_in(flight), tournament.rules
    sold = Counter(part.kind for entry in entries for part in entry.parts)
    state = "closed" if known.closed_seq or tournament.state != "selling" else "selling"
    whole = _tournament_money(tournament)
    del whole["flights"]
    return {
        **whole,
        "entries": len(entries),
        "players": len({entry.player for entry in entries}),
        "rebuys": sold["rebuy"],
        "add_ons": sold["add_on"],
        "dealer_add_ons": sold["dealer_add_on"],
        "state": "settled" if tournament.shown_state == "settled" else state,
        "of": name,
        "entries_all": len(tournament.entries),
        "in_money": rules.flights.paid_of(len(entries)) if rules.flights else 0,
        "cash_cents": rules.payout.flight_cash_cents,
        "told": bool(known.confirmed_seq),
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
    facts[f"tournament/{name}"] = _tournament_money(tournament)
    picture.flights[name] = tournament.rules.flights.ids if tournament.rules.flights else []
    for flight in picture.flights[name]:
        facts[f"tournament/{flight}"] = _flight_money(tournament, name, flight)
    if said["kind"] in ("pay_prize", "return_prize"):
        flight = said.get("flight", "")
        prizes = tournament.flight(flight).prizes.values() if flight else tournament.prizes.values()
        facts.update(_prizes(name, flight, (one for one in prizes if one.player == said["player"])))
    elif said["kind"] in ("confirm_result", "correct_result", "confirm_seats", "award_seat"):
        picture.results.add(name)
        facts.update(_prizes(name, "", tournament.prizes.values()))
    elif said["kind"] == "confirm_flight":
        picture.results.add(said["flight"])
        facts.update(_prizes(name, said["flight"], tournament.flight(said["flight"]).prizes.values()))
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


def _no_flights(picture: _Picture, shown: FactReader) -> Iterator[str]:
    """What is shown as a flight of an event that was looked at, and is none of it any more."""
    for flight, money in shown.group("tournament/").items():
        of = money.get("of") if isinstance(money, dict) else None
        if isinstance(of, str) and flight not in picture.flights.get(of, [flight]):
            yield f"tournament/{flight}"


def _entry(tournament: Tournament, name: str, entry: str) -> dict[str, Any] | None:
    found = tournament.entries.get(entry)
    if found is None:
        return None
    first, sold = found.parts[0], Counter(part.kind for part in found.parts)
    return {
        "tournament": found.flight or name,
        **({"of": name} if found.flight else {}),
        "player": found.player,
        "kind": first.kind,
        "seq": first.seq,
        "rebuys": sold["rebuy"],
        "add_ons": sold["add_on"],
        "dealer_add_ons": sold["dealer_add_on"],
    }


def _prizes(name: str, flight: str, prizes: Iterable[Prize]) -> dict[str, Any]:
    """Those of a flight stand under it."""
    return {
        f"prize/{flight or name}.{prize.place}.{prize.player}": _prize(name, flight, prize)
        for prize in prizes
    }


def _prize(name: str, flight: str, prize: Prize) -> dict[str, Any]:
    return {
        "tournament": flight or name,
        "player": prize.player,
        "place": prize.place,
        "amount_cents": prize.amount_cents,
        "paid_cents": prize.paid_cents,
        "seq": prize.seq,
        **({"of": name} if flight else {}),
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
        "name": drawer_name(name),
    }
