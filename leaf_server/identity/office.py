"""What a manager does to the staff list and to devices; what changes takes its sign-ins with it, at once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from leaf_server.box.database import Database
from leaf_server.identity.devices import Devices
from leaf_server.identity.people import People, Person
from leaf_server.identity.pins import FAILURES_MAX, Pins
from leaf_server.identity.sign_ins import SignIns
from serving.problems import Problem

__all__ = ["PEOPLE_MAX", "DeviceRow", "Office", "PersonChange", "PersonRow"]

PEOPLE_MAX: Final = 1_000
"""Staff, those who left too."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One of the staff as a manager sees them. `sign_ins`: open now."""

    person: str
    name: str
    role: str
    active: bool
    locked: bool
    sign_ins: int


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What is to be otherwise; None stays as it is. `pin`: 4 to 12 digits, never kept in clear."""

    name: str | None = None
    role: str | None = None
    pin: str | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """One device that was let in. `people`: signed in on it now; `made_ms` is leaf time."""

    device: str
    kind: str
    name: str
    player: str | None
    made_ms: int
    people: list[str]


class Office:
    """`now_ms` is leaf time."""

    def __init__(
        self, database: Database, people: People, pins: Pins, devices: Devices, sign_ins: SignIns,
        now_ms: Callable[[], int],
    ) -> None:  # fmt: skip
        self._database = database
        self._people = people
        self._pins = pins
        self._devices = devices
        self._sign_ins = sign_ins
        self._now_ms = now_ms

    async def people(self) -> list[PersonRow]:
        """All staff, those who left last."""
        sql = (
            "SELECT person, name, role, active, failures >= ?, (SELECT count(*) FROM sign_in s "
            "WHERE s.person = p.person AND s.ended_ms IS NULL AND s.until_ms > ?) "
            "FROM person p ORDER BY active DESC, name, person"
        )
        found = await self._database.read(lambda db: list(db.execute(sql, (FAILURES_MAX, self._now_ms()))))
        return [PersonRow(one, name, role, bool(a), bool(k), n) for one, name, role, a, k, n in found]

    async def add(self, new: Person, pin: str) -> None:
        """Problems 409 person_exists, 429 too_many."""
        pin_hash = await self._pins.hash(pin)

        def work(db: Any) -> None:
            if db.execute("SELECT count(*) FROM person").fetchone()[0] >= PEOPLE_MAX:
                raise Problem(429, "too_many", "This venue has too many people.")
            if db.execute("SELECT 1 FROM person WHERE person = ?", (new.person,)).fetchone() is not None:
                raise Problem(409, "person_exists", "There is somebody of this id already.")
            db.execute(
                "INSERT INTO person (person, name, role, pin_hash) VALUES (?, ?, ?, ?)",
                (new.person, new.name, new.role, pin_hash),
            )

        await self._database.write(work)
        self._people.remember(new)

    async def change(self, person: str, change: PersonChange, *, by_role: str) -> None:
        """Another PIN, another role and leaving end all sign-ins of that person.

        Problems 403 forbidden (only an admin changes an admin), 404 no_person, 409 last_manager.
        """
        pin_hash = await self._pins.hash(change.pin) if change.pin is not None else None

        def work(db: Any) -> tuple[Person | None, list[str]]:
            sql = "SELECT name, role, active FROM person WHERE person = ?"
            found = db.execute(sql, (person,)).fetchone()
            if found is None:
                raise Problem(404, "no_person", "There is nobody of this id.")
            name, role, was_active = found
            if role == "admin" and by_role != "admin":
                raise Problem(403, "forbidden", "Only an admin changes an admin.", {"role": by_role})
            new = Person(person, change.name or name, change.role or role)
            active = bool(was_active) if change.active is None else change.active
            db.execute(
                "UPDATE person SET name = ?, role = ?, active = ? WHERE person = ?",
                (new.name, new.role, int(active), person),
            )
            if pin_hash is not None:
                clean = "UPDATE person SET pin_hash = ?, failures = 0, last_failed_ms = 0 WHERE person = ?"
                db.execute(clean, (pin_hash, person))
            managers = "SELECT 1 FROM person WHERE active = 1 AND role IN ('admin', 'manager')"
            if db.execute(managers).fetchone() is None:
                raise Problem(409, "last_manager", "A venue needs somebody who can manage it.")
            over = pin_hash is not None or new.role != role or not active
            return new if active else None, self._sign_ins.end_in(db, "person", person) if over else []

        new, ended = await self._database.write(work)
        self._people.remember(new) if new is not None else self._people.forget(person)
        self._sign_ins.ended(ended)

    async def sign_out(self, person: str) -> None:
        """Ends all sign-ins of that person. Problem 404 no_person."""

        def work(db: Any) -> list[str]:
            if db.execute("SELECT 1 FROM person WHERE person = ?", (person,)).fetchone() is None:
                raise Problem(404, "no_person", "There is nobody of this id.")
            return self._sign_ins.end_in(db, "person", person)

        self._sign_ins.ended(await self._database.write(work))

    async def devices(self) -> list[DeviceRow]:
        """All devices that may come in, by kind and name."""
        sql = (
            "SELECT device, kind, name, player, made_ms, (SELECT group_concat(DISTINCT s.person) "
            "FROM sign_in s WHERE s.device = d.device AND s.ended_ms IS NULL AND s.until_ms > ?) "
            "FROM device d WHERE revoked = 0 ORDER BY kind, name, device"
        )
        found = await self._database.read(lambda db: list(db.execute(sql, (self._now_ms(),))))
        return [
            DeviceRow(device, kind, name, player, made_ms, people.split(",") if people else [])
            for device, kind, name, player, made_ms, people in found
        ]

    async def revoke(self, device: str) -> str:
        """Nothing of this device is let in any more; answers its kind. Problem 404 unknown_device."""

        def work(db: Any) -> tuple[str, list[str]]:
            sql = "UPDATE device SET revoked = 1 WHERE device = ? AND revoked = 0 RETURNING kind"
            found = db.execute(sql, (device,)).fetchall()
            if not found:
                raise Problem(404, "unknown_device", "There is no device of this id.")
            return found[0][0], self._sign_ins.end_in(db, "device", device)

        kind, ended = await self._database.write(work)
        self._devices.forget(device)
        # A screen that came by the secret of its device alone has the device as its session.
        self._sign_ins.ended([*ended, device])
        return kind
