"""A season's public page: the table of a league, without any JavaScript. Found and shared by anyone.

It shows display names, places and points; of money nothing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from crdt_models.rules.leagues.points import Ranked
from crdt_models.rules.names import player_names
from serving.league_tables import SeasonTable
from serving.web_files import SECURITY_HEADERS

from ..venue_rooms import OpenVenue, VenueRooms

__all__ = ["ROWS_MAX", "season_routes"]

ROWS_MAX: Final = 500
"""Best rows shown; a page says how many more are ranked."""
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def season_routes(rooms: VenueRooms) -> list[Route]:
    """`/venues/{venue}/leagues/{season}`."""
    folder = FileSystemLoader(Path(__file__).parent)
    template = Environment(loader=folder, autoescape=True, undefined=StrictUndefined).get_template(
        "season.html"
    )

    async def page(request: Request) -> Response:
        opened = await rooms.get(request.path_params["venue"])
        table = None if opened is None else await opened.leagues.table(request.path_params["season"])
        if opened is None or table is None:
            raise HTTPException(404, "There is no such season.")
        html = template.render(await _told(opened, table))
        headers = {**SECURITY_HEADERS, "content-security-policy": _POLICY, "cache-control": "no-cache"}
        return HTMLResponse(html, headers=headers)

    return [Route("/venues/{venue}/leagues/{season}", page)]


async def _told(opened: OpenVenue, table: SeasonTable) -> Mapping[str, Any]:
    name = player_names(await opened.rooms.facts("roster"))
    return {
        "venue": opened.venue,
        "name": table.season.name,
        "formula": table.formula.text if table.formula else None,
        "events": [{"name": one.name, "entries": one.entries} for one in table.results],
        "rows": [_row(row, name(row.player)) for row in table.rows[:ROWS_MAX]],
        "more": max(0, len(table.rows) - ROWS_MAX),
    }


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
