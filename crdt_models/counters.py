"""What the rooms of a venue count, for `/metrics`."""

from dataclasses import dataclass

__all__ = ["Counters"]


@dataclass(slots=True)
class Counters:
    """Shared by all rooms of a venue."""

    accepted: int = 0
    refused: int = 0
    fenced: int = 0
    commits: int = 0
