"""A player's own page: seat, move, entry, clock, lists, call, answers. Nobody else's but counts."""

from collections.abc import Mapping

from ...documents.cage import Deal, PaidEntry
from ...documents.floor import Answer, Seat, Waitlist
from ...documents.phone import PhoneRequest
from ...documents.roster import Player
from ...documents.tournament import Entry, Stack, TournamentSetup
from ...documents.typed import many, one
from ...facts import FactReader, Json
from ..elimination.knockers import knockers
from ..elimination.standings import finishes, standings
from ..names import player_names, table_numbers
from ..seating.draw_series import last_series, own_draw
from ..waitlist import going_tables, wait_minutes, waiting
from .tournament import Event, View, call_out, clock_view, current_moves, prize_cents

__all__ = ["phone_view", "tournaments_of"]


def tournaments_of(cage: FactReader, player: str) -> list[str]:
    """The event the player was sold a place in last, and the one that flight leads to; none: in none."""
    sold = [row for row in many(cage, "entry/", PaidEntry).values() if row.player == player]
    last = max(sold, key=lambda row: row.seq, default=None)
    return [event for event in (last.tournament, last.of) if event] if last else []


def phone_view(
    player: str,
    event: Event | None,
    floor: FactReader,
    phone: FactReader,
    answers: FactReader,
    config: FactReader,
    roster: FactReader,
    now: int,
) -> View:
    """The page of `player`, whose event is `event`. JSON: `views.py`."""
    known, number = one(roster, f"player/{player}", Player), table_numbers(config)
    answered = many(answers, "answer/", Answer)
    open_requests = {
        ident: request
        for ident, request in many(phone, "request/", PhoneRequest).items()
        if ident not in answered and request.until_ms > now
    }
    lists = many(floor, "list/", Waitlist)
    by_name = sorted(lists, key=lambda ident: (lists[ident].name.casefold(), ident))
    seat = (one(event.tournament, f"seat/{player}", Seat) if event else None) or one(
        floor, f"seat/{player}", Seat
    )
    return {
        "view": "phone",
        "player": player,
        "name": player_names(roster)(player),
        "club_number": known.club_number if known else None,
        "seat": {"table": number(seat.table), "seat": seat.seat} if seat else None,
        "draw": own_draw(event.tournament, player, f"{number(seat.table)}.{seat.seat}")
        if event and seat
        else None,
        "commitment": _commitment(event),
        **_own_event(player, event, now),
        "lists": [
            _list_row(floor, config, ident, lists[ident], player, open_requests, now) for ident in by_name
        ],
        "call": _call(floor, player, lists, config),
        "answers": [
            {"request": ident, "answer": answer.answer, "text": answer.text}
            for ident, answer in answered.items()
        ],
    }  # fmt: skip


def _commitment(event: Event | None) -> Json:
    """What is told of the seed of the draws to come."""
    number, series = last_series(event.tournament) if event else (0, None)
    return {"series": number, "commitment": series.commitment, "at_ms": series.at_ms} if series else None


def _own_event(player: str, event: Event | None, now: int) -> View:
    setup = one(event.tournament, "setup", TournamentSetup) if event else None
    nothing: View = dict.fromkeys(
        ("tournament", "event", "letter", "move", "entry", "busted", "deal", "own", "clock")
    )
    if event is None or setup is None:
        return nothing
    standing, moves = standings(event.tournament), current_moves(event.tournament)
    life = standing.life_of.get(player) or _sold_life(event, player)
    entry = one(event.tournament, f"entry/{life}", Entry)
    paid = one(event.cage, f"entry/{life}", PaidEntry)
    finish = next((finish for finish in finishes(standing) if finish.player == player), None)
    return {
        "tournament": event.ident,
        "event": setup.name,
        "letter": setup.letter,
        "move": call_out(moves[player], table_numbers(event.config)) if player in moves else None,
        "entry": {
            "number": entry.number if entry else 1,
            "paid": paid is not None,
            "seq": paid.seq if paid else None,
        } if entry or paid else None,
        "busted": {"place": finish.place, "amount_cents": prize_cents(event, finish)} if finish else None,
        "deal": _own_deal(event, player),
        "own": _own_numbers(event, player),
        "clock": clock_view(event, now),
    }  # fmt: skip


def _own_deal(event: Event, player: str) -> Json:
    """What this player is sure of by the deal that stands, and what stays for the winner."""
    deal = one(event.cage, f"deal/{event.ident}", Deal)
    if deal is None or player not in deal.players:
        return None
    agreed = dict(zip(deal.players, deal.amounts, strict=False)).get(player, 0)
    return {"amount_cents": agreed, "aside_cents": deal.aside_cents}


def _own_numbers(event: Event, player: str) -> Json:
    """Lives bought, heads taken (alone or with others), and the stack as it was counted last."""
    sold = many(event.cage, "entry/", PaidEntry).items()
    entered = many(event.tournament, "entry/", Entry).items()
    lives = {life for life, entry in entered if entry.player == player}
    lives |= {life for life, paid in sold if paid.player == player and paid.tournament == event.ident}
    stack = one(event.tournament, f"stack/{player}", Stack)
    return {
        "entries": len(lives),
        "heads": sum(not lives.isdisjoint(by) for by in knockers(event.tournament).values()),
        "chips": stack.chips if stack else None,
        "chips_at_ms": stack.at_ms if stack else None,
    }


def _sold_life(event: Event, player: str) -> str | None:
    """The life the cage sold last, for one the floor has not entered yet."""
    sold = {life: row for life, row in many(event.cage, "entry/", PaidEntry).items() if row.player == player}
    own = [life for life, row in sold.items() if row.tournament == event.ident]
    return max(own, key=lambda life: sold[life].seq, default=None)


def _list_row(
    floor: FactReader,
    config: FactReader,
    ident: str,
    row: Waitlist,
    player: str,
    requests: Mapping[str, PhoneRequest],
    now: int,
) -> View:
    line = waiting(floor, ident)
    place = next((n for n, other in enumerate(line, start=1) if other.player == player), None)
    own = line[place - 1] if place else None
    asked = (
        key for key, request in requests.items() if request.kind == "join_list" and request.list == ident
    )
    return {
        "list": ident,
        "name": row.name,
        "tables": len(going_tables(floor, ident)),
        "waiting": len(line),
        "place": place,
        "entry": own.entry if own else None,
        "request": next(asked, None),
        "wait_minutes": wait_minutes(floor, config, ident, place or len(line) + 1, now)
        if own is None or (own.call is None and own.state == "waiting")
        else None,
        "state": ("called" if own.call else own.state) if own else None,
    }


def _call(floor: FactReader, player: str, lists: Mapping[str, Waitlist], config: FactReader) -> Json:
    for ident, row in lists.items():
        for place in waiting(floor, ident):
            if place.player == player and place.call is not None:
                call = place.call
                return {
                    "list_name": row.name,
                    "table": table_numbers(config)(call.table),
                    "seat": call.seat,
                    "until_ms": call.until_ms,
                }
    return None
