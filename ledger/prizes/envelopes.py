"""Mystery bounties: a fixed list of envelopes; each one that is drawn is gone. DOMAIN 1.7."""

from collections.abc import Iterable, Mapping

__all__ = ["envelopes_cents", "envelopes_of", "without"]


def envelopes_of(pieces: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Cents in an envelope → how many of them; a worth named twice is added up, largest first."""
    found: dict[int, int] = {}
    for cents, count in sorted(pieces, reverse=True):
        found[cents] = found.get(cents, 0) + count
    return found


def envelopes_cents(envelopes: Mapping[int, int]) -> int:
    """What lies in all of them."""
    return sum(cents * count for cents, count in envelopes.items())


def without(envelopes: Mapping[int, int], cents: int) -> dict[int, int]:
    """The list after one of this worth was drawn. Raises ValueError if there is none."""
    if not envelopes.get(cents):
        raise ValueError("there is no such envelope")
    left = {**envelopes, cents: envelopes[cents] - 1}
    return {worth: count for worth, count in left.items() if count}
