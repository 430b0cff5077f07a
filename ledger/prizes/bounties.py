"""A head shared among those who took it. DOMAIN 1.7: nothing appears, nothing goes, to the cent."""

from collections.abc import Sequence

from .apportion import apportion

__all__ = ["share_head"]

_BASIS_POINTS = 10_000


def share_head(head_cents: int, grows: Sequence[bool], cash_bp: int) -> tuple[tuple[int, int], ...]:
    """(cash, onto the own head) per winner, the earliest position first; odd cents go to those named first.

    What one has of both is an even share of the head, to the cent; so is the cash of all that is won.
    `grows`: whether this winner's own head can still grow; where not, all of the share is cash. A plain
    bounty is `cash_bp` 10,000. Raises ValueError for a negative head, nobody, or a share beyond the whole.
    """
    if not 0 <= cash_bp <= _BASIS_POINTS:
        raise ValueError("a share is 0 to 10,000 basis points")
    cash_cents = head_cents * cash_bp // _BASIS_POINTS
    equal = [1] * len(grows)
    shares = zip(apportion(head_cents, equal), apportion(cash_cents, equal), grows, strict=True)
    return tuple((cash, share - cash) if can_grow else (share, 0) for share, cash, can_grow in shares)
