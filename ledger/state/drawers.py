"""Drawers and their shifts, and cash on its way between them and the vault."""

from dataclasses import dataclass

__all__ = ["Drawer", "Transit"]


@dataclass(slots=True)
class Drawer:
    """A till. `shift` counts its openings; `person` opened it last, or took it over."""

    is_open: bool = False
    shift: int = 0
    person: str = ""
    opened_seq: int = 0  # the entry that began the shift
    counts: int = 0  # counts of this shift that ended nothing


@dataclass(frozen=True, slots=True)
class Transit:
    """Cash that a courier carries; `to` is a drawer, empty: the vault."""

    to: str
    courier: str
    cents: int
