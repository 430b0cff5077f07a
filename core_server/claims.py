"""Who owns a venue from now on, told to all core processes at once: so nobody waits to find out.

Only news: what is true stands in the database, and a process that missed one finds out when it writes, when
it looks, or when the other end of its streams is gone.
"""

import json
import logging
from typing import Final

from serving.nats_link import Incoming, LinkError, NatsLink

from .ownership import Ownership
from .remote_rooms import Remotes

__all__ = ["Claims"]

log = logging.getLogger(__name__)

SUBJECT: Final = "core.owners"


class Claims:
    """Tells of this process's claims, and heeds the others'."""

    def __init__(self, link: NatsLink, ownership: Ownership, remotes: Remotes) -> None:
        self._link = link
        self._ownership = ownership
        self._remotes = remotes

    async def subscribe(self) -> None:
        """From now on."""
        self._ownership.claimed = self._tell
        await self._link.subscribe(SUBJECT, self._heed)

    async def _tell(self, venue: str, fence: int) -> None:
        self._remotes.moved(venue, self._ownership.process)
        news = {"venue": venue, "owner": self._ownership.process, "fence": fence}
        try:
            await self._link.publish(SUBJECT, json.dumps(news).encode())
        except LinkError as error:
            log.info("nobody was told that venue %s is ours: %r", venue, error)

    async def _heed(self, incoming: Incoming) -> None:
        news = json.loads(incoming.payload)
        venue, owner, fence = str(news["venue"]), str(news["owner"]), int(news["fence"])
        if owner != self._ownership.process:
            self._remotes.moved(venue, owner)
            await self._ownership.superseded(venue, fence - 1)
