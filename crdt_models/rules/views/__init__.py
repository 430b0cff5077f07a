"""Views: what displays and phones may see, as JSON, made of facts by pure functions.

A view is made by `view(name, ident, read, now)`; `documents_of` says which documents it reads. Both are
total: rival or missing facts never raise. A view holds display names only, never contacts, and of players'
money only finished prizes; a phone's view holds that player's own things. Times are leaf time; whoever
sends a view adds `now` and `made_ms`, and compares without them. Something may change by time alone (a
level, the end of a call), so a view that is being watched is made again each second.

    clock       {view, tournament, name, letter, currency,
                 clock: {level, state, anchor_ms, remaining_ms} | null,
                 plan: [{kind, number | null, duration_ms, colour_up, small, big, ante, ante_by}], from 1,
                 level, number | null, state, blinds, next, break_ms | null    (as of `now`; when it starts),
                 starts_ms, left, entries, entries_all | null (of a flight: its event's), players,
                 average, chips, pool_cents, guarantee_cents,
                 provisional, amounts: [cents, place 1 first; the first `dealt`: by a deal, largest first],
                 dealt, aside_cents: to who wins, late_until_level, late_until_minutes | null,
                 registration: open | closed, starting_stack, hands: off | finishing | on,
                 cues: [what it announces by itself]}
    seating     {view, tournament, name, letter, seats: [{name, table, seat, player}] by name,
                 moves: [{name, from_table | null, from_seat | null, to_table, to_seat, at_ms}] newest first}
    payouts     {view, tournament, name, letter, currency, pool_cents, provisional,
                 places: [{place, place_to, amount_cents, name | null}]}
    rankings    {view, tournament, name, letter, currency, left, as_of_ms | null,
                 rows: [{place | null, place_to | null, name, chips | null, table | null, seat | null, busted,
                         amount_cents | null}]}
    waitlist    {view, lists: [{list, name, tables, open_seats, waiting: [{name, state}],
                 calls: [{name, table, seat | null, until_ms}]}]}
    display     {view, device, name | null, assigned, views: [..each with its own data..], seconds,
                 announcements: [{id, text, until_ms}], theme: {accent, logo} | null,
                 sound: {on, volume, test_ms | null} | null}
    phone       {view, player, name, club_number | null, tournament | null, event | null, letter | null,
                 seat: {table, seat} | null,
                 draw: {by: tablet} | {by: leaf, id, draw: <fact>, series: <fact>} | null (a person chose),
                 commitment: {series, commitment, at_ms} | null (of draws to come),
                 move: {from_table, from_seat, to_table, to_seat, at_ms} | null,
                 entry: {number, paid, seq | null} | null, busted: {place | null, amount_cents | null} | null
                 (who won, too), deal: {amount_cents, aside_cents} | null,
                 own: {entries, heads, chips | null, chips_at_ms | null} | null,
                 clock: <the clock view> | null,
                 lists: [{list, name, tables, waiting, place | null, entry | null, request | null,
                          state | null}],
                 call: {list_name, table, seat | null, until_ms} | null, answers: [{request, answer, text}]}

`table` in a view is the number on the furniture.
"""

from collections.abc import Callable, Mapping

from ...documents.cage import TournamentMoney
from ...documents.displays import Announcement, Assignment, Display, Sound, Theme
from ...documents.typed import many, one
from ...facts import FactReader, Json
from .floor import waitlist_view
from .phone import phone_view, tournaments_of
from .tournament import Event, View, clock_view, payouts_view, rankings_view, seating_view

__all__ = ["VIEWS", "Read", "View", "documents_of", "view"]

Read = Callable[[str], FactReader]
"""Document name → its facts, live; an empty reader where the document does not exist or is not loaded yet."""

VIEWS: Mapping[str, bool] = {
    "clock": True, "seating": True, "payouts": True, "rankings": True, "waitlist": False,
    "display": True, "phone": True,
}  # fmt: skip
"""Name of a view → whether it is of something (`clock/<tournament>`) or of the venue (`waitlist`)."""


def documents_of(name: str, ident: str, read: Read) -> frozenset[str]:
    """Documents the view reads, as far as `read` knows; ask again once these are loaded."""
    if name == "waitlist":
        return frozenset({"floor", "config", "roster"})
    if name == "display":
        show = one(read("displays"), f"show/{ident}", Assignment)
        of = show.tournament if show else None
        own = {f"tournament/{event}" for event in (of, *_flights_of(read, of))} if of else set[str]()
        return frozenset({"displays", "floor", "config", "roster", "cage", *own})
    if name == "phone":
        own = {f"tournament/{event}" for event in tournaments_of(read("cage"), ident)}
        return frozenset({f"phone/{ident}", f"answers/{ident}", "floor", "config", "roster", "cage", *own})
    flights = {f"tournament/{flight}" for flight in _flights_of(read, ident)}
    return frozenset({f"tournament/{ident}", "config", "roster", "cage", *flights})


def _flights_of(read: Read, tournament: str) -> list[str]:
    money = one(read("cage"), f"tournament/{tournament}", TournamentMoney)
    return money.flights if money else []


def view(name: str, ident: str, read: Read, now: int) -> View | None:
    """The view at leaf time `now`; None where there is no such view or no such event."""
    match name:
        case "clock":
            return clock_view(_event(ident, read), now)
        case "seating":
            return seating_view(_event(ident, read))
        case "payouts":
            return payouts_view(_event(ident, read))
        case "rankings":
            return rankings_view(_event(ident, read))
        case "waitlist":
            return waitlist_view(read("floor"), read("config"), read("roster"))
        case "display":
            return _display_view(ident, read, now)
        case "phone":
            known = tournaments_of(read("cage"), ident)
            on = [event for event in known[1:] if read(f"tournament/{event}").get(f"carried/{ident}")]
            tournament = next(iter((*on, *known)), None)
            event = _event(tournament, read) if tournament else None
            phone, answers = read(f"phone/{ident}"), read(f"answers/{ident}")
            return phone_view(
                ident, event, read("floor"), phone, answers, read("config"), read("roster"), now
            )
    return None


def _event(ident: str, read: Read) -> Event:
    flights = tuple((flight, read(f"tournament/{flight}")) for flight in _flights_of(read, ident))
    return Event(ident, read(f"tournament/{ident}"), read("config"), read("roster"), read("cage"), flights)


def _display_view(device: str, read: Read, now: int) -> View:
    displays = read("displays")
    known, show = one(displays, f"device/{device}", Display), one(displays, f"show/{device}", Assignment)
    theme, sound = one(displays, "theme", Theme), one(displays, f"sound/{device}", Sound)
    announced = {
        ident: announcement
        for ident, announcement in many(displays, "announce/", Announcement).items()
        if announcement.until_ms > now and (not announcement.devices or device in announcement.devices)
    }
    return {
        "view": "display",
        "device": device,
        "name": known.name if known else None,
        "assigned": show is not None,
        "views": _shown(show, read, now) if show else [],
        "seconds": show.seconds if show else 12,
        "announcements": [
            {"id": ident, "text": announced[ident].text, "until_ms": announced[ident].until_ms}
            for ident in sorted(announced, key=lambda ident: (announced[ident].until_ms, ident))
        ],
        "theme": {"accent": theme.accent, "logo": theme.logo} if theme else None,
        "sound": sound.model_dump() if sound else None,
    }


def _shown(show: Assignment, read: Read, now: int) -> list[Json]:
    """The views of a rotation; one whose event is not there (yet) is left out."""
    blank: View = {"view": "blank"}
    ident = show.tournament or ""
    made = (blank if name == "blank" else view(name, ident, read, now) for name in show.views)
    return [shown for shown in made if shown is not None]
