"""Which port is whose: all of one demo count from one number."""

from dataclasses import asdict, dataclass
from typing import Final

__all__ = ["COUNT", "FIRST_PORT", "Ports"]

FIRST_PORT: Final = 8700
COUNT: Final = 9


@dataclass(frozen=True)
class Ports:
    """Ports of a demo, as `docs/reference/interfaces.md` promises them."""

    leaf: int
    core: int
    hub: int
    hub_leaf_node: int
    leaf_nats: int
    postgres: int
    sync: int
    relay: int
    core_sync: int

    @classmethod
    def from_first(cls, first: int) -> "Ports":
        return cls(*range(first, first + COUNT))

    def named(self) -> dict[str, int]:
        return asdict(self)
