"""What reaches a room by another way than its author's connection: rows of the other server, and hand-ins.

At the core rows of the leaf are taken as they are, and a later epoch takes the place of ours. At the leaf
rows of the core pass the gate, since the core is not believed; those of another epoch come by stamp. What
the leaf alone writes it takes back from the core's whole documents only, in a new term.
"""

from collections.abc import Awaitable, Callable, Iterable

from . import epochs
from .gate import Check
from .hand_in import GONE, edits_of
from .inbox import HandIn, Rows
from .known import Verdict
from .server_replica import ServerReplica
from .stamps import Stamp, order
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
    check_leaf: Check,
) -> Succession | None:
    """Answers the new epoch, if the row begins one. Raises Foul; `rows.waiter.hole` says what is missing.

    `relay` is the gate for what the core says.
    """
    row = rows.row
    if replica.at == "core":
        if row.epoch == replica.epoch or (row.epoch > replica.epoch and not row.update):
            rows.waiter.hole = not turn.take(row)
        elif row.epoch > replica.epoch:
            succession = follow(row, replica.kind, replica.known, writer=replica.writer)
            rows.waiter.hole = succession is None
            return succession
        return None
    if not replica.kind.core and not (rows.whole and row.epoch != replica.epoch):
        rows.waiter.hole = True
        return None
    told = {change.stamp: change.claimed for change in row.history}
    if row.epoch == replica.epoch:
        former = replica.known.former
        if former and (late := edits_of(row.update, former)):  # the core had not met these ids before
            turn.hand_in(
                late, {}, replica.writer, check=check, check_leaf=check_leaf, via="core",
                claimed=lambda stamp, _edit: told.get(stamp, True),
            )  # fmt: skip
        verdict = await relay(row.update)
        rows.waiter.hole = verdict.resync
        turn.admit(verdict, via="core", claimed=lambda stamp, _edit: told.get(stamp, True))
    else:
        edits = edits_of(row.update)
        rows.waiter.hole = not turn.hand_in(
            edits, row.vector if rows.whole else {}, replica.writer, gone=_gone(rows, edits, replica),
            check=check, check_leaf=check_leaf, via="core",
            claimed=lambda stamp, _edit: told.get(stamp, True),
        )  # fmt: skip
        if rows.whole:
            turn.remember_refused(row.refused)
    return None


def _gone(rows: Rows, edits: Iterable[tuple[Stamp, str]], replica: ServerReplica) -> list[str]:
    """Of an earlier term the core has the whole document: what the leaf decided and is not in it is gone."""
    if not rows.whole or epochs.term_of(rows.row.epoch) >= epochs.term_of(replica.epoch):
        return []
    present, vector = {str(stamp) for stamp, _ in edits}, rows.row.vector
    return [
        text
        for text in replica.known.edits.keys() - present
        if order(text).counter <= vector.get(order(text).replica, 0)
    ]


def take_hand_in(
    handed: HandIn, turn: Turn, replica: ServerReplica, *, check: Check, check_leaf: Check
) -> None:
    """What a device handed in after a restore: judged by model, not by author."""
    gone = [str(stamp) for stamp, text in handed.edits if text == GONE]
    turn.hand_in(
        handed.edits, handed.vector, replica.writer, gone=gone,
        check=check, check_leaf=check_leaf, via="handed_in", claimed=lambda _stamp, _edit: True,
    )  # fmt: skip
