"""Drawers and their shifts."""

from dataclasses import dataclass

__all__ = ["Drawer"]


@dataclass(slots=True)
class Drawer:
    """A till. `shift` counts its openings; `person` opened it last."""

    is_open: bool = False
    shift: int = 0
    person: str = ""
