"""Order of arrival: the leaf numbers entries of `floor`'s waitlists as it first sees them (DESIGN 3.3)."""

from collections.abc import Iterable

from .edits import Json
from .facts import Index
from .stamps import Stamp, order

__all__ = ["arrivals"]


def arrivals(facts: Index, names: Iterable[str], now: int) -> list[tuple[str, Json]]:
    """The `arrived/<entry>` facts that the changed `names` call for, in stamp order of the entries."""
    new = [name for name in set(names) if name.startswith("waitlist/") and not facts.live(_arrived(name))]
    if not new:
        return []
    numbers = (value.get("number") for value in facts.group("arrived/").values() if isinstance(value, dict))
    last = max((number for number in numbers if isinstance(number, int)), default=0)
    ordered = sorted(
        (name for name in new if facts.get(name) is not None), key=lambda name: _first(facts, name)
    )
    return [(_arrived(name), {"number": last + n, "at_ms": now}) for n, name in enumerate(ordered, 1)]


def _arrived(name: str) -> str:
    return "arrived/" + name.partition("/")[2]


def _first(facts: Index, name: str) -> Stamp:
    return order(facts.live(name)[0])
