"""`demo.json`: what a running demo tells programs (and testers) about itself; written whole, then renamed.

Its shape is promised in `docs/reference/interfaces.md`. It holds PINs and tokens: mode 0600.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from felt.demo.desk import Device

__all__ = ["NAME", "DemoFile", "read_demo_file"]

NAME: Final = "demo.json"
State = Literal["starting", "healthy", "evening over", "stopped"]


class DemoFile:
    """The file of one demo. Every change writes it anew."""

    def __init__(self, data: Path, content: Mapping[str, Any]) -> None:
        self._path = data / NAME
        self._content = {"version": 1, "pids": {"demo": os.getpid()}, **content}

    def tell(self, **news: object) -> None:
        """Adds or replaces fields."""
        self._content.update(news)
        self._write()

    def tell_pids(self, pids: Mapping[str, int]) -> None:
        """New pids of what the watchman watches."""
        self._content["pids"] = {"demo": os.getpid(), **pids}
        self._write()

    def _write(self) -> None:
        beside = self._path.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(self._content, file, indent=1)
        beside.replace(self._path)


def read_demo_file(data: Path) -> dict[str, Any] | None:
    """What the last demo in this folder told; None: there was none, or its file cannot be read."""
    try:
        content = json.loads((data / NAME).read_text())
    except (FileNotFoundError, ValueError):
        return None
    return content if isinstance(content, dict) and content.get("version") == 1 else None


def devices_of(content: Mapping[str, Any]) -> dict[str, Device]:
    """The enrolled devices it tells of."""
    return {
        role: Device(device["device"], device["device_secret"])
        for role, device in content.get("devices", {}).items()
    }


def runs(content: Mapping[str, Any]) -> bool:
    """Whether that demo is still there."""
    if content.get("state") == "stopped":
        return False
    try:
        command = Path(f"/proc/{int(content['pids']['demo'])}/cmdline").read_bytes()
    except (OSError, KeyError, ValueError):
        return False
    return b"felt" in command
