"""A season's public page: the table of a league, without any JavaScript. Found and shared by anyone.

It shows display names, places and points; of money nothing.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from crdt_models.documents.leagues import Joining
from crdt_models.documents.typed import one
from crdt_models.rules.leagues.joint import guests_of
from crdt_models.rules.leagues.points import EventResult, Ranked
from crdt_models.rules.names import player_names
from serving.league_tables import SeasonTable
from serving.web_files import SECURITY_HEADERS

from ..joint_seasons import JointSeason, JointSeasons
from ..venue_rooms import OpenVenue, VenueRooms

__all__ = ["ROWS_MAX", "season_routes"]

ROWS_MAX: Final = 500
"""Best rows shown; a page says how many more are ranked."""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def season_routes(rooms: VenueRooms, joint: JointSeasons) -> list[Route]:
    """`/venues/{venue}/leagues/{season}`; a guest's address leads to the season's own room."""
    folder = FileSystemLoader(Path(__file__).parent)
    template = Environment(loader=folder, autoescape=True, undefined=StrictUndefined).get_template(
        "season.html"
    )

    async def page(request: Request) -> Response:
        ident = request.path_params["season"]
        opened = await rooms.get(request.path_params["venue"])
        if opened is None:
            raise HTTPException(404, "There is no such season.")
        leagues = await opened.rooms.facts("leagues")
        whole = await joint.table(opened.venue.id, ident) if guests_of(leagues, ident) else None
        if whole is not None:
            told = _joint(whole)
        elif (table := await opened.leagues.table(ident)) is not None:
            told = await _told(opened, table)
        else:
            joined = one(leagues, f"joins/{ident}", Joining)
            if joined is None or not joined.joins or joined.home == opened.venue.id:
                raise HTTPException(404, "There is no such season.")
            return RedirectResponse(f"../../{joined.home}/leagues/{ident}", 303)
        html = template.render(told)
        headers = {**SECURITY_HEADERS, "content-security-policy": _POLICY, "cache-control": "no-cache"}
        return HTMLResponse(html, headers=headers)

    return [Route("/venues/{venue}/leagues/{season}", page)]


async def _told(opened: OpenVenue, table: SeasonTable) -> Mapping[str, Any]:
    name = player_names(await opened.rooms.facts("roster"))
    return {
        "venue": opened.venue,
        "name": table.season.name,
        "formula": table.formula.text if table.formula else None,
        "events": _events(table.results),
        "rooms": [],
        "rows": [_row(row, name(row.player)) for row in table.rows[:ROWS_MAX]],
        "more": max(0, len(table.rows) - ROWS_MAX),
    }


def _joint(season: JointSeason) -> Mapping[str, Any]:
    """Rooms that have not joined are nobody's business yet."""
    return {
        "venue": season.home,
        "name": season.season.name,
        "formula": season.text,
        "events": _events(season.results),
        "rooms": [
            {"id": venue, "name": name}
            for venue, (name, state) in season.rooms.items()
            if state in ("home", "in")
        ],
        "rows": [_row(row, season.names[row.player]) for row in season.rows[:ROWS_MAX]],
        "more": max(0, len(season.rows) - ROWS_MAX),
    }


def _events(results: Iterable[EventResult]) -> list[Mapping[str, Any]]:
    return [{"name": one.name, "entries": one.entries} for one in results]


def _row(row: Ranked, name: str) -> Mapping[str, Any]:
    counted = sum(score.counts for score in row.scores)
    return {
        "rank": _range(row.rank, row.rank_to),
        "name": name,
        "points": _points(row.millionths),
        "events": len(row.scores),
        "counted": counted,
        "best": _range(*min((score.place, score.place_to) for score in row.scores)),
    }


def _range(first: int | None, last: int | None) -> str:
    if first is None:
        return "–"
    return f"{first}" if first == last else f"{first}–{last}"


def _points(millionths: int) -> str:
    """Two decimals, half away from zero."""
    cents = (abs(millionths) + 5_000) // 10_000
    return f"{'-' if millionths < 0 and cents else ''}{cents // 100:,}.{cents % 100:02}"
