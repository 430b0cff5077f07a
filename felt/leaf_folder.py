"""What `felt` reads of a leaf's data folder without its server."""

import json
from pathlib import Path

from felt.failure import CommandFailed

__all__ = ["venue_of"]


def venue_of(data: Path) -> str:
    """The venue whose leaf lives here. Raises CommandFailed: no leaf was ever founded in this folder."""
    try:
        return str(json.loads((data / "keys" / "leaf.json").read_text())["venue"])
    except (OSError, ValueError, KeyError) as error:
        raise CommandFailed(f"{data} holds no leaf (felt enrol --help): {error}") from error
