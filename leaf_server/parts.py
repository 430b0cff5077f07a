"""The parts of a leaf, as `app` puts them together and hands them on. No part knows this."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaf_server.identity import Identity
from leaf_server.identity.venue import VenueRecord
from serving.admission import Admission
from serving.league_tables import LeagueTables
from serving.nats_link import NatsLink
from serving.rooms import Rooms
from serving.settings import LeafSettings
from serving.sse import Views

from .anti_entropy import AntiEntropy
from .auditor import Auditor
from .cage import Cage
from .daily_backup import DailyBackup
from .database import Database
from .doc_store import LeafDocStore
from .draws import Draws
from .erasure import Erasure
from .leaf_time import LeafTime
from .new_term import NewTerm
from .paper.press import Press
from .receipts import Receipts
from .replicator import Replicator
from .roll_call import RollCall
from .terms import Terms

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
