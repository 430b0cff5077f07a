"""The tail that a restored box lacks, fetched from the core and put back byte for byte.

The core is asked for what stands behind our last entry, page by page, until it has no more; then all of it is
checked by its chain and by the head that the old box signed, and stored at once. Where the core holds another
entry under our last number, the last common one is looked for: a person decides which branch goes on.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from leaf_server.money.cage import Cage
from ledger.chain import Link, Tip, follow_all
from ledger.errors import ChainBroken, EntryInvalid
from ledger.heads import Head
from ledger.journal import Journal
from ledger.replication import Rejected, Tail, read_tail, tail_request

__all__ = ["ENTRIES_MAX", "Brought", "fetch_tail", "last_common"]

ENTRIES_MAX: Final = 200_000
"""More than this behind a backup is restored in turns."""

Ask = Callable[[bytes], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Brought:
    """How many entries came back, how far the core is, and why they do not continue ours, if so."""

    restored: int
    seq: int
    trouble: str = ""


async def fetch_tail(cage: Cage, ask: Ask) -> Brought:
    """Asks until the core has no more; the standing of `cage` knows then that it was asked.

    Raises LinkError, RequestMalformed, Problem: it will be asked again.
    """
    tip: Tip = await cage.look(lambda journal: journal.tip)
    links, last = await _pages(tip, ask)
    if isinstance(last, Rejected):
        return await _other_branch(cage, tip, last, ask)
    restored, trouble = 0, ""
    if links and last.head is not None:
        head, bodies = last.head, [link.body for link in links]
        restored, trouble = await cage.look(lambda journal: _restore(journal, bodies, head))
    cage.standing.core_said(last.seq, last.term, trouble)
    return Brought(restored, last.seq, trouble)


async def _pages(tip: Tip, ask: Ask) -> tuple[list[Link], Tail | Rejected]:
    links: list[Link] = []
    while True:
        answer = read_tail(await ask(tail_request(tip.seq, tip.hash)))
        if isinstance(answer, Rejected) or not answer.bodies or len(links) >= ENTRIES_MAX:
            return links, answer
        try:
            links += follow_all(tip, answer.bodies)
        except (ChainBroken, EntryInvalid) as error:
            return [], Rejected("malformed", str(error))
        tip = links[-1].tip


def _restore(journal: Journal, bodies: list[bytes], head: Head) -> tuple[int, str]:
    try:
        return journal.restore_tail(bodies, head), ""
    except (ChainBroken, EntryInvalid) as error:
        return 0, f"The core's entries are not signed as they must be: {error}."


async def _other_branch(cage: Cage, tip: Tip, no: Rejected, ask: Ask) -> Brought:
    if no.code != "fork":
        cage.standing.core_said(0, 0, f"The core gives nothing: {no.message}")
        return Brought(0, 0, no.message)
    common = await last_common(cage, tip.seq, ask)
    trouble = (
        f"The core holds another branch behind entry {common}. Either this box takes it "
        f"(felt ledger set-aside --after {common}), or the box that wrote it goes on."
    )
    cage.standing.core_said(common, 0, trouble)
    return Brought(0, common, trouble)


async def last_common(cage: Cage, seq: int, ask: Ask) -> int:
    """The last of our entries before `seq` that the core holds too, where it holds another under `seq`.

    By halving: the core says of any entry of ours whether it holds the same.
    """
    same, other = 0, seq
    while other - same > 1:
        middle = (same + other) // 2
        link = await cage.look(lambda journal, n=middle: journal.stored_after(n - 1, 1)[0])  # type: ignore[misc]
        number, _, hash_ = link
        if number >= other:
            other = middle
            continue
        answer = read_tail(await ask(tail_request(number, hash_)))
        same, other = (same, middle) if isinstance(answer, Rejected) else (number, other)
    return same
