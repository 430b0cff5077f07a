"""Requests of leaves, answered by the process that owns the venue, whichever of the processes got them.

The hub gives each request to one process of the queue group `core`. One that does not own the venue asks the
owner, under a subject of the owner's own, and hands its answer back byte for byte. An owner that is gone
leaves the venue to whoever is asked next, so the request is tried here once more.
"""

from collections import Counter
from typing import Final

import anyio

from serving.nats_link import Handler, Incoming, LinkDown, NatsLink, NobodyAnswers, RequestTimedOut, TooLarge

from .ownership import BELIEVED_S, OwnedElsewhere

__all__ = ["Forwarding"]

AT_ONCE: Final = 8  # of one kind; more wait in the link's queue
TRY_S: Final = 2.0  # the leaf asks again by itself


class Forwarding:
    """`counts`: requests handed on, by how it went."""

    def __init__(self, link: NatsLink, process: str) -> None:
        self._link = link
        self._process = process
        self.counts: Counter[str] = Counter()

    async def subscribe(self, subject: str, answer: Handler) -> None:
        """Has `answer` answer what comes under `subject`; it raises OwnedElsewhere where another has to."""

        async def here_or_there(incoming: Incoming) -> bytes | None:
            for _ in range(2):
                try:
                    return await answer(incoming)
                except OwnedElsewhere as error:
                    try:
                        return await self._ask(error.owner, incoming)
                    except NobodyAnswers:
                        self.counts["owner_gone"] += 1
                        await anyio.sleep(BELIEVED_S)  # before that nobody claims it
            return None

        async def handed_on(incoming: Incoming) -> bytes | None:
            own = Incoming(incoming.subject.split(".", 2)[2], incoming.payload, incoming.wants_answer)
            try:
                return await answer(own)
            except OwnedElsewhere:  # it has moved on meanwhile: never further, requests would go round
                self.counts["moved"] += 1
                return None

        await self._link.subscribe(subject, here_or_there, queue="core", at_once=AT_ONCE)
        await self._link.subscribe(f"core.{self._process}.{subject}", handed_on, at_once=AT_ONCE)

    async def _ask(self, owner: str, incoming: Incoming) -> bytes | None:
        """The owner's answer; None where there is none now. Raises NobodyAnswers."""
        try:
            answer = await self._link.ask(f"core.{owner}.{incoming.subject}", incoming.payload, TRY_S)
        except (LinkDown, RequestTimedOut, TooLarge):
            self.counts["unanswered"] += 1
            return None
        self.counts["forwarded"] += 1
        return answer
