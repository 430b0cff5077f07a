"""`GET /api/v1/venue` and `/api/v1/venues/{venue}` at the core."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from serving.operations import Call, Operation
from serving.problems import Problem
from serving.settings import CoreSettings

from ..ledger_mirror import LedgerMirror
from ..venue_rooms import leaf_time
from ..venues import Venue, Venues
from .sign_ins import Look

__all__ = ["no_venue", "venue_operations"]


def no_venue() -> Problem:
    """The one answer for a venue that is not there, and for one that is another's."""
    return Problem(404, "no_venue", "There is no such venue.")


def venue_operations(
    settings: CoreSettings,
    venues: Venues,
    mirror: LedgerMirror,
    look: Look,
    sync_urls: Callable[[], Awaitable[Sequence[str]]],
) -> list[Operation]:
    """`look`: the sign-in a request brings, or None. `sync_urls`: of all processes of this core."""

    async def venue(call: Call) -> dict[str, Any]:
        sign_in = look(call.request)
        named = str(call.request.path_params.get("venue", "")) or (sign_in.venue if sign_in else "")
        found = venues.get(named)
        if found is None:
            raise no_venue()
        device = sign_in.device if sign_in is not None and sign_in.venue == found.id else None
        state = await mirror.state(found.id)
        own = settings.sync_address(_own_url(settings, call))
        return {
            "id": found.id,
            "name": found.name,
            "currency": found.currency,
            "time_zone": found.time_zone,
            "start_ms": found.start_ms,
            "now": leaf_time(found),
            "term": mirror.terms[found.id],
            "sync": list(dict.fromkeys([*_leaf_sync(found), own, *await sync_urls()])),
            "device": device,
            "replica_prefix": device,
            "at": "core",
            "ledger": {"seq": state.tip.seq, "stopped": state.stopped},
        }

    problems = {404: "no_venue"}
    return [
        Operation("GET", "/api/v1/venue", "The venue of the sign-in", venue, None, problems=problems),
        Operation("GET", "/api/v1/venues/{venue}", "A venue by its id", venue, None, problems=problems),
    ]


def _own_url(settings: CoreSettings, call: Call) -> str:
    """The address this request came by, if it is one of ours; else the first public one."""
    came_by = f"{call.request.url.scheme}://{call.request.url.netloc}"
    if came_by in settings.origins or not settings.public_urls:
        return came_by
    return settings.public_urls[0]


def _leaf_sync(venue: Venue) -> list[str]:
    """Where clients find the leaf's sync: its sync port if one was told, else its HTTP port."""
    sync_first = sorted(venue.leaf_urls, key=lambda url: not url.startswith("ws"))
    return [url.replace("http", "ws", 1) for url in sync_first[:1]]
