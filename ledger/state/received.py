"""Money that came in without the leaf and that a rule refused: it waits in 2090 for a person to settle it."""

from msgspec import Struct

__all__ = ["Received"]


class Received(Struct, gc=False):
    """`source` is where it lies (`1010/d` or `1015`), `left_cents` what of it is not settled."""

    seq: int
    account: str
    source: str
    player: str
    cents: int
    left_cents: int
