"""`/api/v1/venue`: what a page needs to know before it can do anything."""

from collections.abc import Callable, Sequence
from typing import Literal

from starlette.requests import Request

from leaf_server.identity import Identity
from leaf_server.identity.venue import VenueRecord
from serving.admission import Admission
from serving.operations import Answer, Call, Operation
from serving.settings import LeafSettings

__all__ = ["sync_addresses", "venue_operations"]


class VenueTold(Answer):
    id: str
    name: str
    currency: str
    time_zone: str
    start_ms: int
    now: int
    clock_off_ms: int | None  # the box's clock is ahead by so much, or behind; None: it is not in doubt
    term: int
    sync: list[str]
    core: str | None
    device: str | None
    replica_prefix: str | None
    at: Literal["leaf", "core"]


def venue_operations(
    venue: VenueRecord,
    settings: LeafSettings,
    identity: Identity,
    admission: Admission,
    *,
    core_url: str | None,
    core_sync_urls: Sequence[str],
    now: Callable[[], int],
    clock_off_ms: Callable[[], int | None],
    term: Callable[[], int],
) -> list[Operation]:
    """`core_url`, `core_sync_urls`: the core's HTTP and sync for clients, none while there is no core."""

    async def tell(call: Call) -> VenueTold:
        known = identity.devices.at(call.request)
        sign_in = admission.look(call.request)
        device = known.device if known is not None else sign_in.device if sign_in is not None else None
        return VenueTold(
            id=venue.id,
            name=venue.name,
            currency=venue.currency,
            time_zone=venue.time_zone,
            start_ms=venue.start_ms,
            now=now(),
            clock_off_ms=clock_off_ms(),
            term=term(),
            sync=sync_addresses(call.request, settings, core_sync_urls),
            core=core_url,
            device=device,
            replica_prefix=device,
            at="leaf",
        )

    return [
        Operation(
            "GET", "/api/v1/venue", "The venue, its time, its sync addresses", tell, None, answer=VenueTold
        )
    ]


def sync_addresses(request: Request, settings: LeafSettings, core_sync_urls: Sequence[str]) -> list[str]:
    """The leaf as this client reaches it (never by a `Host` that is not ours), then the core."""
    asked = f"{request.url.scheme}://{request.headers.get('host', '')}"
    public = settings.public_urls[0] if settings.public_urls else f"http://{settings.host}:{settings.port}"
    leaf = settings.sync_address(asked if asked in settings.origins else public)
    return [leaf, *core_sync_urls]
