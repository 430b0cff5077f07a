"""Everything a leaf answers over HTTP, as one Starlette application: API, views, sync, health, web apps."""

from collections.abc import Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.middleware import Middleware

from leaf_server.api.approvals import approval_operations
from leaf_server.api.auth import auth_operations
from leaf_server.api.backups import backup_operations
from leaf_server.api.bounties import bounty_operations
from leaf_server.api.devices import device_operations
from leaf_server.api.draws import draw_operations
from leaf_server.api.erasure import erasure_operations
from leaf_server.api.hand_in import hand_in_operations
from leaf_server.api.house import house_operations
from leaf_server.api.ledger import operations as ledger_operations
from leaf_server.api.ledger_terms import ledger_term_operations
from leaf_server.api.people import people_operations
from leaf_server.api.players import player_operations
from leaf_server.api.prizes import prize_operations
from leaf_server.api.receipts import receipt_operations
from leaf_server.api.standings import standing_operations
from leaf_server.api.statements import statement_operations
from leaf_server.api.venue import venue_operations
from leaf_server.door import LeafDoor
from leaf_server.parts import Leaf, Line
from serving.asgi_connection import sync_route
from serving.cors import Cors
from serving.documents import document_operations
from serving.entrance import Entrance
from serving.health import VERSION, health_routes
from serving.history import history_operations
from serving.leagues import League, league_operations
from serving.openapi import openapi_routes
from serving.operations import Operation, routes
from serving.problems import HANDLERS, ProblemGuard
from serving.rooms import Rooms
from serving.sse import Views
from serving.take_back import take_back_operations, venue_take_back_operations
from serving.tokens import SignIn
from serving.views import view_operations
from serving.web_files import WebFiles, web_route

__all__ = ["http_app"]


def http_app(leaf: Leaf, door: LeafDoor, entrance: Entrance) -> Starlette:
    """All routes; the web apps are the last, they take whatever is left."""
    venue, settings, identity = leaf.venue, leaf.settings, leaf.identity
    page_url = settings.public_urls[0] if settings.public_urls else f"http://{settings.host}:{settings.port}"
    operations: list[Operation] = [
        *venue_operations(
            venue, settings, identity, leaf.admission,
            core_url=leaf.core_url, core_sync_urls=leaf.core_sync_urls,
            now=leaf.time.now, clock_off_ms=leaf.time.clock_off_ms, term=lambda: leaf.cage.term,
        ),
        *auth_operations(identity),
        *people_operations(identity),
        *device_operations(identity, leaf.rooms, venue=venue.id, start_ms=venue.start_ms),
        *player_operations(identity, page_url=f"{page_url}/phone", start_ms=venue.start_ms),
        *document_operations(lambda sign_in: _rooms_of(leaf, sign_in)),
        *backup_operations(leaf.backups),
        *draw_operations(leaf.draws, leaf.rooms, leaf.cage),
        *hand_in_operations(leaf.terms, leaf.roll_call, identity.office),
        *erasure_operations(
            leaf.erasure, now_ms=lambda: leaf.venue.start_ms + leaf.time.now(), core=leaf.line is not None
        ),
        *history_operations(lambda sign_in: _rooms_of(leaf, sign_in)),
        *league_operations(lambda sign_in: _league_of(leaf, sign_in)),
        *take_back_operations(lambda sign_in: _rooms_of(leaf, sign_in)),
        *venue_take_back_operations(lambda sign_in: _rooms_of(leaf, sign_in)),
        *ledger_operations(leaf.cage, leaf.receipts.zone),
        *approval_operations(leaf.cage, identity),
        *prize_operations(leaf.cage),
        *bounty_operations(leaf.cage),
        *house_operations(leaf.cage),
        *standing_operations(leaf.cage),
        *receipt_operations(leaf.cage, leaf.receipts, leaf.press),
        *statement_operations(leaf.cage, leaf.receipts),
        *ledger_term_operations(leaf.new_term, lambda: leaf.line.replicator.core_seq if leaf.line else 0),
        *view_operations(lambda sign_in: _views_of(leaf, sign_in), door.still_in),
    ]  # fmt: skip
    web = WebFiles.read(settings.web)
    return Starlette(
        routes=[
            *health_routes(role="leaf", why_not_ready=_why_not_ready(leaf), numbers=_numbers(leaf)),
            *openapi_routes(operations, title="Felt leaf", version=VERSION),
            *routes(operations, leaf.admission),
            sync_route(entrance),
            web_route(web, _connect(leaf)),
        ],
        exception_handlers=dict(HANDLERS),
        middleware=[Middleware(Cors, allowed=door.origin_allowed), Middleware(ProblemGuard)],
    )


async def _rooms_of(leaf: Leaf, _: SignIn) -> Rooms:
    return leaf.rooms


async def _league_of(leaf: Leaf, _: SignIn) -> League:
    return leaf.rooms, leaf.leagues


async def _views_of(leaf: Leaf, _: SignIn) -> Views:
    return leaf.views


def _why_not_ready(leaf: Leaf) -> Callable[[], Sequence[str]]:
    """A clock in doubt, a line that is cut, a screen that breaks: none of it keeps the room from playing."""

    def why_not_ready() -> list[str]:
        return [why for why in (leaf.cage.why_not_ready(), leaf.database.damage) if why]

    return lambda: [*why_not_ready(), *leaf.rooms.why_not_ready()]


def _numbers(leaf: Leaf) -> Callable[[], Mapping[str, float]]:
    def numbers() -> dict[str, float]:
        rooms = leaf.rooms.statistics()
        return {
            "felt_rooms": rooms.rooms,
            "felt_sync_sessions": rooms.sessions,
            "felt_edits_accepted_total": rooms.edits_accepted,
            "felt_edits_refused_total": rooms.edits_refused,
            "felt_document_commits_total": rooms.commits,
            "felt_fenced_total": rooms.fenced,
            "felt_commits_retried_total": rooms.tries_failed,
            "felt_documents_unreadable": rooms.unreadable,
            **{f"felt_store_{one}": int(leaf.rooms.trouble == one) for one in ("slow", "full", "failing")},
            "felt_wal_bytes": leaf.database.wal_bytes,
            "felt_clock_in_doubt": int(leaf.time.doubt is not None),
            "felt_view_watchers": leaf.views.watchers,
            **(_line_numbers(leaf.line) if leaf.line is not None else {"felt_nats_up": 0}),
            **{f"felt_ledger_{name}": value for name, value in leaf.cage.statistics().items()},
            "felt_ledger_checked_seq": leaf.auditor.checked_seq,
            "felt_ledger_accounts_apart": len(leaf.auditor.apart),
            "felt_backup_failing": int(bool(leaf.backups.now.why)),
            "felt_backup_at_ms": leaf.backups.now.at_ms or 0,
        }

    return numbers


def _line_numbers(line: Line) -> dict[str, float]:
    return {
        "felt_nats_up": int(line.link.is_up),
        "felt_core_ledger_seq": line.replicator.core_seq,
        "felt_core_in_step": int(line.replicator.state == "in step"),
        "felt_core_rows_behind": line.anti_entropy.core_lag,
        "felt_core_documents_apart": len(line.anti_entropy.apart),
    }


def _connect(leaf: Leaf) -> list[str]:
    """What pages may open: our own addresses and the core's, over HTTP and WebSocket, and the sync ports."""
    settings, own = leaf.settings, {*leaf.settings.origins, *([leaf.core_url] if leaf.core_url else [])}
    sync = {settings.sync_address(url) for url in settings.origins}
    sync.update(leaf.core_sync_urls)
    return sorted(own | sync | {url.replace("http", "ws", 1) for url in own})
