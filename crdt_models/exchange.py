"""What reaches a room by another way than its author's connection: rows of the other server, and hand-ins.

At the core rows of the leaf are taken as they are, and a later epoch takes the place of ours. At the leaf
rows of the core pass the gate, since the core is not believed; those of another epoch come by stamp.
"""

from collections.abc import Awaitable, Callable

from .gate import Check, Verdict
from .hand_in import edits_of
from .inbox import HandIn, Rows
from .server_replica import ServerReplica
from .succession import Succession, follow
from .turn import Turn

__all__ = ["take_hand_in", "take_rows"]


async def take_rows(
    rows: Rows,
    turn: Turn,
    replica: ServerReplica,
    *,
    relay: Callable[[bytes], Awaitable[Verdict]],
    check: Check,
) -> Succession | None:
    """Answers the new epoch, if the row begins one. Raises Foul; `rows.waiter.hole` says what is missing.

    `relay` is the gate for what the core says.
    """
    row = rows.row
    if replica.at == "core":
        if row.epoch == replica.epoch:
            rows.waiter.hole = not turn.take(row)
        elif row.epoch > replica.epoch:
            succession = follow(row, replica.kind, replica.known, writer=replica.writer)
            rows.waiter.hole = succession is None
            return succession
        return None
    if not replica.kind.core:
        rows.waiter.hole = True
        return None
    told = {change.stamp: change.claimed for change in row.history}
    if row.epoch == replica.epoch:
        verdict = await relay(row.update)
        rows.waiter.hole = verdict.resync
        turn.admit(verdict, via="core", claimed=lambda stamp, _edit: told.get(stamp, True))
    else:
        rows.waiter.hole = not turn.hand_in(
            edits_of(row.update), row.vector if rows.whole else {}, replica.writer,
            check=check, via="core", claimed=lambda stamp, _edit: told.get(stamp, True),
        )  # fmt: skip
    return None


def take_hand_in(handed: HandIn, turn: Turn, replica: ServerReplica, check: Check) -> None:
    """What a device handed in after a restore: judged by model, not by author."""
    turn.hand_in(
        handed.edits, handed.vector, replica.writer,
        check=check, via="handed_in", claimed=lambda _stamp, _edit: True,
    )  # fmt: skip
