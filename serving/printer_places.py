"""Where printers stand, as a setting says it: `cage=tcp://10.0.0.9:9100, bar=file:/dev/usb/lp0`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

__all__ = ["PRINTERS_MAX", "PrinterPlace", "read_printer"]

PRINTERS_MAX: Final = 16
COLUMNS: Final = 42  # 80 mm of paper
COLUMNS_RANGE: Final = range(24, 81)
_PORT: Final = 9100


@dataclass(frozen=True, slots=True)
class PrinterPlace:
    """A printer on the network (`host`, `port`) or behind a device or file (`path`)."""

    name: str
    host: str = ""
    port: int = 0
    path: Path | None = None
    columns: int = COLUMNS


def read_printer(text: str) -> PrinterPlace:
    """One printer. Raises ValueError with what is wrong about it."""
    name, _, url = text.strip().partition("=")
    name = name.strip()
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum() or len(name) > 36:
        raise ValueError(f"is no printer's name: {name[:40]!r}")
    parts = urlsplit(url.strip())
    columns = _columns(parts.query)
    if parts.scheme == "tcp" and parts.hostname:
        return PrinterPlace(name, host=parts.hostname, port=parts.port or _PORT, columns=columns)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return PrinterPlace(name, path=Path(parts.path), columns=columns)
    raise ValueError(f"{name} is neither tcp://host:port nor file:/path")


def _columns(query: str) -> int:
    said = dict(parse_qsl(query, strict_parsing=bool(query)))
    text = said.pop("columns", str(COLUMNS))
    if said or not text.isascii() or not text.isdecimal() or int(text[:4]) not in COLUMNS_RANGE:
        raise ValueError(f"columns is from {COLUMNS_RANGE[0]} to {COLUMNS_RANGE[-1]}, nothing else is known")
    return int(text)
