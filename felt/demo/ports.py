"""Which port is whose: all of one demo count from one number."""

from dataclasses import asdict, dataclass
from typing import Final

__all__ = ["COUNT", "FIRST_PORT", "Ports"]

FIRST_PORT: Final = 8700
COUNT: Final = 11


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
    core2: int
    core2_sync: int

    @classmethod
    def from_first(cls, first: int) -> "Ports":
        return cls(*range(first, first + COUNT))

    def named(self, cores: int = 1) -> dict[str, int]:
        """Those that are used with so many core processes."""
        return {name: port for name, port in asdict(self).items() if cores > 1 or "core2" not in name}
