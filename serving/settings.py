"""Settings of the two servers, read once from the environment and the command line, passed down from there.

Names and meanings are the table "Settings" in `docs/reference/interfaces.md`.
Nothing else in Felt reads the environment. A value that makes no sense raises `SettingInvalid` by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from .printer_places import PRINTERS_MAX, PrinterPlace, read_printer

__all__ = [
    "TOKEN_SECONDS",
    "WEB",
    "CoreSettings",
    "LeafSettings",
    "SettingInvalid",
    "core_settings",
    "leaf_settings",
]

TOKEN_SECONDS: Final = 15 * 60
TOKEN_SECONDS_MAX: Final = 24 * 3600
_SOCKETS: Final = {"http": "ws", "https": "wss"}
LEAF_SYNC_OFFSET: Final = 6  # the sync port counts from the server's own, as in the demo
CORE_SYNC_OFFSET: Final = 7
WEB: Final = Path(__file__).resolve().parent.parent / "web" / "build"


class SettingInvalid(ValueError):
    """One setting cannot be used: `name` as in the environment, `why` in words."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name
        self.why = why


@dataclass(frozen=True)
class LeafSettings:
    """All a leaf is told. Two leaves in one process get two of these and share nothing."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8700  # 0: any free one
    nats_url: str | None = (
        None  # client URL of the leaf's own NATS server; None: documents and money stay local
    )
    nats_hub: tuple[str, ...] = ()  # leaf-node URLs of the hub, for the own node's configuration
    core_urls: tuple[str, ...] = ()  # the core's public addresses; the first is told to clients
    public_urls: tuple[str, ...] = ()  # this leaf's own addresses as clients type them
    web: Path = WEB
    token_seconds: int = TOKEN_SECONDS  # life of a token; longer only in the demo
    sync_port: int | None = None  # of the sync protocol alone, beside `port`; None: only `port` speaks it
    sync_url: str | None = None  # where clients find it who come through a proxy; None: at the HTTP port
    core_sync_urls: tuple[str, ...] = ()  # where they find the core's; none: at the core's HTTP address
    printers: tuple[PrinterPlace, ...] = ()  # the first prints where none is named
    backups: Path | None = None  # folder of the daily backups; None: the leaf makes none

    @property
    def core_url(self) -> str | None:
        """The core's address that clients are told."""
        return self.core_urls[0] if self.core_urls else None

    @property
    def origins(self) -> frozenset[str]:
        """The `Origin`s that may open the sync protocol: the venue's own addresses."""
        return _origins(self.host, self.port, (*self.public_urls, *self.core_urls))

    def sync_address(self, page: str) -> str:
        """Where a page of this address of ours finds sync."""
        return _sync_address(page, self.port, self.sync_port, self.sync_url)


@dataclass(frozen=True)
class CoreSettings:
    """All a core process is told."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 8701
    nats_url: str | None = None  # client URL of the hub
    database_url: str | None = field(default=None, repr=False)  # may hold a password
    public_urls: tuple[str, ...] = ()
    web: Path = WEB
    token_seconds: int = TOKEN_SECONDS
    sync_port: int | None = None
    sync_url: str | None = None

    @property
    def origins(self) -> frozenset[str]:
        """As at the leaf; the leaf's own addresses come with a venue's enrolment."""
        return _origins(self.host, self.port, self.public_urls)

    @property
    def own_sync_url(self) -> str | None:
        """Where clients of other processes find this one's sync; None where it has no address to tell."""
        if self.public_urls:
            return self.sync_address(self.public_urls[0])
        return (
            None if self.host in {"0.0.0.0", "::"} else self.sync_address(f"http://{self.host}:{self.port}")
        )

    def sync_address(self, page: str) -> str:
        """As at the leaf."""
        return _sync_address(page, self.port, self.sync_port, self.sync_url)


def leaf_settings(environment: Mapping[str, str], **given: object) -> LeafSettings:
    """Settings of a leaf: `given` (the command's options, None = not given) before `environment`."""
    read = _Reader(environment, given)
    return LeafSettings(
        data=read.folder("FELT_DATA", "data"),
        host=read.text("FELT_HOST", "host") or "127.0.0.1",
        port=read.port("FELT_PORT", "port", 8700),
        nats_url=read.url("FELT_NATS_URL", "nats_url", {"nats", "tls"}),
        nats_hub=read.urls("FELT_NATS_HUB", "nats_hub", {"nats-leaf", "nats", "tls"}),
        core_urls=read.urls("FELT_CORE_URL", "core_url", {"http", "https"}),
        public_urls=read.urls("FELT_PUBLIC_URLS", "public_urls", {"http", "https"}),
        web=Path(read.text("FELT_WEB", "web") or WEB),
        token_seconds=read.seconds("FELT_TOKEN_SECONDS", "token_seconds"),
        sync_port=read.port("FELT_SYNC_PORT", "sync_port", read.beside(8700, LEAF_SYNC_OFFSET)) or None,
        sync_url=read.url("FELT_SYNC_URL", "sync_url", {"ws", "wss"}),
        core_sync_urls=read.urls("FELT_CORE_SYNC_URL", "core_sync_url", {"ws", "wss"}),
        printers=read.printers("FELT_PRINTERS", "printers"),
        backups=read.folder("FELT_BACKUPS", "backups") if read.text("FELT_BACKUPS", "backups") else None,
    )


def core_settings(environment: Mapping[str, str], **given: object) -> CoreSettings:
    """Settings of a core process, as `leaf_settings`."""
    read = _Reader(environment, given)
    return CoreSettings(
        data=read.folder("FELT_DATA", "data"),
        host=read.text("FELT_HOST", "host") or "127.0.0.1",
        port=read.port("FELT_PORT", "port", 8701),
        nats_url=read.url("FELT_NATS_URL", "nats_url", {"nats", "tls"}),
        database_url=read.url("DATABASE_URL", "database_url", {"postgresql", "postgres"}),
        public_urls=read.urls("FELT_PUBLIC_URLS", "public_urls", {"http", "https"}),
        web=Path(read.text("FELT_WEB", "web") or WEB),
        token_seconds=read.seconds("FELT_TOKEN_SECONDS", "token_seconds"),
        sync_port=read.port("FELT_SYNC_PORT", "sync_port", read.beside(8701, CORE_SYNC_OFFSET)) or None,
        sync_url=read.url("FELT_SYNC_URL", "sync_url", {"ws", "wss"}),
    )


def _origins(host: str, port: int, public: tuple[str, ...]) -> frozenset[str]:
    hosts = (
        {host, "127.0.0.1", "localhost"} if host in {"127.0.0.1", "localhost", "0.0.0.0", "::"} else {host}
    )
    own = {f"http://{name}:{port}" for name in hosts}
    return frozenset(own | {url.rstrip("/") for url in public})


def _sync_address(page: str, port: int, sync_port: int | None, sync_url: str | None) -> str:
    """The sync port's, for who came straight to us; who came through a proxy finds sync as he found us."""
    parts = urlsplit(page)
    if sync_port is not None and parts.scheme == "http" and (parts.port or 80) == port:
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"ws://{host}:{sync_port}"
    return sync_url or f"{_SOCKETS[parts.scheme]}://{parts.netloc}"


class _Reader:
    def __init__(self, environment: Mapping[str, str], given: Mapping[str, object]) -> None:
        self._environment = environment
        self._given = given

    def text(self, name: str, option: str) -> str | None:
        given = self._given.get(option)
        if given is None:
            return self._environment.get(name) or None
        return ",".join(map(str, given)) if isinstance(given, (list, tuple)) else str(given)

    def folder(self, name: str, option: str) -> Path:
        text = self.text(name, option)
        if text is None:
            raise SettingInvalid(name, "is needed: the data folder")
        return Path(text).expanduser().resolve()

    def port(self, name: str, option: str, default: int) -> int:
        text = self.text(name, option)
        if text is None:
            return default
        if not text.isascii() or not text.isdecimal() or int(text[:9]) > 65_535:
            raise SettingInvalid(name, f"is no port: {text[:20]!r}")
        return int(text)

    def beside(self, default: int, offset: int) -> int:
        """A port that counts from the server's own; 0 (none) where that is any free one."""
        port = self.port("FELT_PORT", "port", default)
        return port + offset if 0 < port <= 65_535 - offset else 0

    def seconds(self, name: str, option: str) -> int:
        text = self.text(name, option)
        if text is None:
            return TOKEN_SECONDS
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= TOKEN_SECONDS_MAX:
            raise SettingInvalid(name, f"is no number of seconds from 1 to {TOKEN_SECONDS_MAX}")
        return int(text)

    def url(self, name: str, option: str, schemes: set[str]) -> str | None:
        text = self.text(name, option)
        return None if text is None else _url(name, text, schemes)

    def urls(self, name: str, option: str, schemes: set[str]) -> tuple[str, ...]:
        text = self.text(name, option) or ""
        return tuple(_url(name, part.strip(), schemes) for part in text.split(",") if part.strip())

    def printers(self, name: str, option: str) -> tuple[PrinterPlace, ...]:
        parts = [part for part in (self.text(name, option) or "").split(",") if part.strip()]
        try:
            found = tuple(map(read_printer, parts))
        except ValueError as error:
            raise SettingInvalid(name, str(error)) from None
        if len(found) > PRINTERS_MAX or len({one.name for one in found}) < len(found):
            raise SettingInvalid(name, f"is at most {PRINTERS_MAX} printers, each of its own name")
        return found


def _url(name: str, text: str, schemes: set[str]) -> str:
    try:
        parts = urlsplit(text)
        known = parts.scheme in schemes and (bool(parts.hostname) or parts.scheme.startswith("postgres"))
        if known and parts.port is not None and not 1 <= parts.port <= 65_535:
            known = False
    except ValueError:
        known = False
    if not known:
        raise SettingInvalid(name, f"is no address of {' or '.join(sorted(schemes))}")
    return text.rstrip("/")
