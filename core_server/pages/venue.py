"""A venue's public page: what is on, with the live clock, without any JavaScript. Found and shared by anyone.

It shows what hangs on the wall of the room: tournaments, level, blinds, entries, prize pool; no player.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from crdt_models.documents.leagues import Joining
from crdt_models.documents.typed import many
from crdt_models.rules.leagues.results import seasons
from serving.views import picture
from serving.web_files import SECURITY_HEADERS

from ..venue_rooms import OpenVenue, VenueRooms
from ..venues import Venues

__all__ = ["page_routes"]

TOURNAMENTS_MAX: Final = 20
SEASONS_MAX: Final = 20
AGAIN_S: Final = 20
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def page_routes(venues: Venues, rooms: VenueRooms) -> list[Route]:
    """`/venues/{venue}`."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    template = templates.get_template("venue.html")

    async def page(request: Request) -> Response:
        opened = await rooms.get(request.path_params["venue"])
        if opened is None:
            raise HTTPException(404, "There is no such venue.")
        html = template.render(
            venue=opened.venue,
            tournaments=[_told(each) for each in await _clocks(opened)],
            seasons=await _seasons(opened),
            again_s=AGAIN_S,
        )
        headers = {**SECURITY_HEADERS, "content-security-policy": POLICY, "cache-control": "no-cache"}
        return HTMLResponse(html, headers=headers)

    return [Route("/venues/{venue}", page)]


async def _seasons(opened: OpenVenue) -> list[Mapping[str, str]]:
    """The room's own and those of others that it joined, the newest first."""
    leagues = await opened.rooms.facts("leagues")
    found = {ident: (opened.venue.id, season.name) for ident, season in seasons(leagues).items()}
    for ident, joined in many(leagues, "joins/", Joining).items():
        if joined.joins:
            found.setdefault(ident, (joined.home, joined.name))
    newest = sorted(found.items(), reverse=True)[:SEASONS_MAX]
    return [{"id": ident, "venue": home, "name": name} for ident, (home, name) in newest]


async def _clocks(opened: OpenVenue) -> list[Mapping[str, Any]]:
    found = []
    for document in reversed(await opened.store.names("tournament/")):
        made = await picture(opened.rooms, f"clock/{document.partition('/')[2]}", opened.now())
        if made is not None:
            found.append(made.data)
        if len(found) == TOURNAMENTS_MAX:
            break
    return found


def _told(clock: Mapping[str, Any]) -> dict[str, Any]:
    """The figures as a page shows them; absent ones are None."""
    blinds = clock["blinds"] or {}
    pool = clock["pool_cents"]
    return {
        "name": clock["name"],
        "state": clock["state"],
        "level": clock["number"],
        "small": blinds.get("small"),
        "big": blinds.get("big"),
        "ante": blinds.get("ante"),
        "left": clock["left"],
        "entries": clock["entries"],
        "average": clock["average"],
        "pool": None if pool is None else f"{pool // 100:,}.{pool % 100:02d} {clock['currency']}",
        "registration": clock["registration"],
    }
