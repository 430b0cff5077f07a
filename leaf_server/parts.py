"""The parts of a leaf, as `app` puts them together and hands them on. No part knows this."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaf_server.box.daily_backup import DailyBackup
from leaf_server.box.database import Database
from leaf_server.box.leaf_time import LeafTime
from leaf_server.documents.anti_entropy import AntiEntropy
from leaf_server.documents.doc_store import LeafDocStore
from leaf_server.documents.draws import Draws
from leaf_server.documents.erasure import Erasure
from leaf_server.documents.roll_call import RollCall
from leaf_server.documents.terms import Terms
from leaf_server.identity import Identity
from leaf_server.identity.venue import VenueRecord
from leaf_server.money.auditor import Auditor
from leaf_server.money.cage import Cage
from leaf_server.money.new_term import NewTerm
from leaf_server.money.receipts import Receipts
from leaf_server.money.replicator import Replicator
from leaf_server.paper.press import Press
from serving.admission import Admission
from serving.league_tables import LeagueTables
from serving.nats_link import NatsLink
from serving.rooms import Rooms
from serving.settings import LeafSettings
from serving.sse import Views

__all__ = ["Leaf", "Line"]


@dataclass(frozen=True)
class Line:
    """What goes to the core; a leaf without a NATS server has none."""

    link: NatsLink
    replicator: Replicator
    anti_entropy: AntiEntropy


@dataclass(frozen=True)
class Leaf:
    """The parts of a leaf that is being put together."""

    settings: LeafSettings
    venue: VenueRecord
    time: LeafTime
    identity: Identity
    admission: Admission
    cage: Cage
    new_term: NewTerm
    auditor: Auditor
    database: Database
    terms: Terms
    roll_call: RollCall
    erasure: Erasure
    backups: DailyBackup
    store: LeafDocStore
    rooms: Rooms
    draws: Draws
    views: Views
    leagues: LeagueTables
    receipts: Receipts
    press: Press
    line: Line | None
    core_url: str | None
    core_sync_urls: Sequence[str]  # where clients find the sync of its processes
