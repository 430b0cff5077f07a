"""Devices of the venue: let in once by a key, known from then on by a secret of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

from starlette.requests import HTTPConnection

from leaf_server.box.database import Database
from leaf_server.identity.secrets import fresh_device, fresh_key, fresh_secret, key_hash, same, secret_hash
from serving.problems import Problem

__all__ = [
    "DEVICE_COOKIE",
    "DEVICES_MAX",
    "KEY_LIFE_MS",
    "Device",
    "Devices",
    "Kind",
    "NewDevice",
    "spend_key",
]

DEVICE_COOKIE: Final = "felt_device"
DEVICES_MAX: Final = 5_000
KEY_LIFE_MS: Final = 15 * 60_000
_KEYS_OPEN_MAX: Final = 500
_KEY_MEMORY_MS: Final = 24 * 3_600_000
Kind = Literal["floor", "cage", "display", "dealer"]


@dataclass(frozen=True, slots=True)
class Device:
    device: str
    kind: str  # Kind, or "phone"
    name: str
    player: str | None
    secret_hash: bytes


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device that is to be let in."""

    kind: Kind
    name: str


class Devices:
    """All devices, in memory and in the database. `now_ms` is leaf time."""

    def __init__(self, database: Database, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._now_ms = now_ms
        self._devices: dict[str, Device] = {}

    async def load(self) -> None:
        """Once, before anything else."""
        sql = "SELECT device, kind, name, player, secret_hash FROM device WHERE revoked = 0"
        found = await self._database.read(lambda db: list(db.execute(sql)))
        self._devices = {row[0]: Device(*row) for row in found}

    def known(self, device: str, secret: str) -> Device | None:
        """The device, where the secret is its own."""
        found = self._devices.get(device)
        return found if found is not None and same(found.secret_hash, secret_hash(secret)) else None

    def at(self, connection: HTTPConnection) -> Device | None:
        """The device a request comes from: `Authorization: Device <device>.<secret>`, else its cookie."""
        scheme, _, brought = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "device":
            brought = connection.cookies.get(DEVICE_COOKIE, "")
        device, dot, secret = brought.strip().partition(".")
        return self.known(device, secret) if dot else None

    async def make_key(self, new: NewDevice) -> tuple[str, int]:
        """A key that lets in one such device once, and until when. Problem 429 over too many open ones."""
        key, until_ms = fresh_key(), self._now_ms() + KEY_LIFE_MS
        await self._database.write(
            lambda db: add_key(db, key, "enrol", new.kind, new.name, self._now_ms(), until_ms)
        )
        return key, until_ms

    async def enrol(self, key: str, name: str) -> tuple[Device, str]:
        """Spends the key; answers the device and its secret. Problems 401 unknown_key, 409, 410, 429."""

        def work(db: Any) -> tuple[Device, str]:
            kind, planned = spend_key(db, key, "enrol", self._now_ms())
            return self.add(db, kind, name or planned, None)

        device, secret = await self._database.write(work)
        self.remember(device)
        return device, secret

    def add(self, db: Any, kind: str, name: str, player: str | None) -> tuple[Device, str]:
        """Inside a transaction; `remember` follows once it is durable."""
        if len(self._devices) >= DEVICES_MAX:
            self._forget_phones(db)
        if len(self._devices) >= DEVICES_MAX:
            raise Problem(429, "too_many", "This venue has too many devices.")
        secret = fresh_secret()
        device = Device(fresh_device(), kind, name, player, secret_hash(secret))
        db.execute(
            "INSERT INTO device (device, kind, name, player, secret_hash, made_ms) VALUES (?, ?, ?, ?, ?, ?)",
            (device.device, kind, name, player, device.secret_hash, self._now_ms()),
        )
        return device, secret

    def _forget_phones(self, db: Any) -> None:
        """Phones whose player has not been here for a month make room."""
        over = "SELECT device FROM sign_in WHERE ended_ms IS NULL AND until_ms > ?"
        sql = (
            f"UPDATE device SET revoked = 1 WHERE kind = 'phone' AND device NOT IN ({over}) RETURNING device"
        )
        for (device,) in db.execute(sql, (self._now_ms(),)):
            self._devices.pop(device, None)

    def phones(self, player: str) -> list[str]:
        """The devices that are this player's."""
        return [one.device for one in self._devices.values() if one.kind == "phone" and one.player == player]

    @staticmethod
    def drop_phones(db: Any, player: str) -> list[str]:
        """Inside a transaction: this player has no phone any more; `forget` each once that is durable."""
        sql = (
            "UPDATE device SET revoked = 1 WHERE kind = 'phone' AND player = ? AND revoked = 0 "
            "RETURNING device"
        )
        return [device for (device,) in db.execute(sql, (player,))]

    def remember(self, device: Device) -> None:
        self._devices[device.device] = device

    def forget(self, device: str) -> None:
        """Revoked; durable already."""
        self._devices.pop(device, None)


def add_key(db: Any, key: str, purpose: str, kind: str, name: str, now_ms: int, until_ms: int) -> bool:
    """Keeps a new one-time key; false: it was given in the last day. Problem 429 over too many open ones."""
    db.execute("DELETE FROM one_time_key WHERE expires_ms < ?", (now_ms - _KEY_MEMORY_MS,))
    live = "SELECT count(*) FROM one_time_key WHERE purpose = ? AND used_ms IS NULL AND expires_ms > ?"
    if db.execute(live, (purpose, now_ms)).fetchone()[0] >= _KEYS_OPEN_MAX:
        raise Problem(429, "too_many", "Too many keys are waiting to be used.")
    added = db.execute(
        "INSERT INTO one_time_key VALUES (?, ?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING RETURNING 1",
        (key_hash(key), purpose, kind, name, until_ms),
    )
    return added.fetchone() is not None


def spend_key(db: Any, key: str, purpose: str, now_ms: int) -> tuple[str, str]:
    """Uses a one-time key up; answers its kind and name. Problems as `Devices.enrol`."""
    found = db.execute(
        "SELECT kind, name, expires_ms, used_ms FROM one_time_key WHERE key_hash = ? AND purpose = ?",
        (key_hash(key), purpose),
    ).fetchone()
    if found is None:
        raise Problem(401, "unknown_key", "This key is not known here.")
    kind, name, expires_ms, used_ms = found
    if used_ms is not None:
        raise Problem(409, "key_used", "This key was used already.")
    if expires_ms <= now_ms:
        raise Problem(410, "key_expired", "This key is too old; make a new one.")
    db.execute("UPDATE one_time_key SET used_ms = ? WHERE key_hash = ?", (now_ms, key_hash(key)))
    return kind, name
