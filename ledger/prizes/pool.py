"""The prize pool: what was paid in, lifted to the guarantee. DOMAIN 1.6."""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Pool", "pool_of"]


class Pool(NamedTuple):
    """Integer cents; `pool_cents == paid_cents + overlay_cents` always."""

    paid_cents: int
    overlay_cents: int

    @property
    def pool_cents(self) -> int:
        return self.paid_cents + self.overlay_cents


def pool_of(prize_parts_cents: Iterable[int], guarantee_cents: int = 0) -> Pool:
    """Pool of the prize parts of all entries, rebuys and add-ons; the house fills up to the guarantee."""
    paid_cents = sum(prize_parts_cents)
    return Pool(paid_cents, max(0, guarantee_cents - paid_cents))
