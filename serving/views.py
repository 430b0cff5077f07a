"""`GET /events/<view>`: who may watch which view, and how rooms are read to make it."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.responses import Response, StreamingResponse

from crdt_models.documents.catalogue import STAFF
from crdt_models.facts import FactReader
from crdt_models.rules.views import VIEWS, documents_of
from crdt_models.rules.views import view as make_view

from .operations import ANYONE, Call, Operation
from .problems import Problem
from .rooms import Rooms
from .sse import Made, Views
from .tokens import SignIn

__all__ = ["may_watch", "picture", "view_operations"]

_ROUNDS_MAX: Final = 4  # display → its tournament → floor, roster, cage: what a view reads is soon known
_IDENT_MAX: Final = 36
_PUBLIC: Final = STAFF | {"display", "player"}


async def picture(rooms: Rooms, view: str, now: int) -> Made | None:
    """The view of this moment, None where there is no such thing."""
    name, _, ident = view.partition("/")
    readers: dict[str, FactReader] = {}
    wanted = documents_of(name, ident, _reader(readers))
    for _ in range(_ROUNDS_MAX):
        missing = wanted - readers.keys()
        if not missing:
            break
        for document in missing:
            readers[document] = await rooms.facts(document)
        wanted = documents_of(name, ident, _reader(readers))
    data = make_view(name, ident, _reader(readers), now)
    return Made(data, frozenset(wanted)) if data is not None else None


def may_watch(name: str, ident: str, sign_in: SignIn) -> bool:
    """A phone's own page is that player's; a screen shows its own; the rest is public in the room."""
    if name == "phone":
        return sign_in.role == "player" and sign_in.person == ident
    if name == "display":
        return sign_in.role in STAFF or (sign_in.role == "display" and sign_in.device == ident)
    return sign_in.role in _PUBLIC


def view_operations(
    views_of: Callable[[SignIn], Awaitable[Views | None]], still_in: Callable[[SignIn], bool]
) -> list[Operation]:
    """`views_of`: the views of the sign-in's venue. `still_in`: asked while a stream runs."""

    async def events(call: Call) -> Response:
        view, sign_in = call.path("view"), call.sign_in
        name, slash, ident = view.partition("/")
        if name not in VIEWS or VIEWS[name] != bool(slash) or not _is_ident(ident, VIEWS[name]):
            raise Problem(404, "no_view", "There is no view of this name.")
        if not may_watch(name, ident, sign_in):
            raise Problem(403, "forbidden", "This view is not for you.")
        views = await views_of(sign_in)
        if views is None:
            raise Problem(404, "no_view", "There is no view of this name.")
        stream = await views.open(view, sign_in.device, lambda: still_in(sign_in))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    return [
        Operation(
            "GET",
            "/events/{view:path}",
            "A view as it changes, by server-sent events",
            events,
            ANYONE,
            elsewhere=True,
            problems={403: "forbidden", 404: "no_view", 429: "too_many", 503: "not_ready"},
        )
    ]


def _reader(readers: dict[str, FactReader]) -> Callable[[str], FactReader]:
    return lambda document: readers.get(document, _EMPTY)


def _is_ident(ident: str, wanted: bool) -> bool:
    if not wanted:
        return ident == ""
    return 0 < len(ident) <= _IDENT_MAX and all(c.isascii() and (c.isalnum() or c in "_-") for c in ident)


class _NoFacts:
    """A document that does not exist, or is not loaded yet."""

    def get(self, name: str) -> None:
        return None

    def group(self, prefix: str) -> dict[str, None]:
        return {}

    def stamp(self, name: str) -> str:
        return ""

    def rivals(self, prefix: str = "") -> dict[str, int]:
        return {}

    def read(self, name: str, model: object, parse: object) -> None:
        return None

    def read_group(self, prefix: str, model: object, parse: object) -> dict[str, Any]:
        return {}


_EMPTY: Final = _NoFacts()
