"""Staff of the venue: who there is, with which role, and whether a PIN is theirs. Names stay in here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from leaf_server.box.database import Database
from leaf_server.identity.pins import FAILURES_MAX, PinCheck, Pins, wait_ms

__all__ = ["CHECKS_MAX", "PIN", "ROLES_OF_DEVICES", "People", "Person"]

PIN: Final = r"[0-9]{4,12}"
CHECKS_MAX: Final = 32
"""PINs looked at or waiting to be; above, who asks is told to come again."""
_BENCH: Final = frozenset({"admin", "manager", "floor", "cashier"})
ROLES_OF_DEVICES: Final[Mapping[str, frozenset[str]]] = {
    "floor": _BENCH, "cage": _BENCH, "dealer": frozenset({"dealer"}), "display": frozenset(),
    "phone": frozenset(),
}  # fmt: skip
"""Which staff may sign in on a device of which kind."""


@dataclass(frozen=True, slots=True)
class Person:
    person: str
    name: str
    role: str


class People:
    """The staff list, in memory and in the database. `now_ms` is leaf time."""

    def __init__(self, database: Database, pins: Pins, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._pins = pins
        self._now_ms = now_ms
        self._people: dict[str, Person] = {}
        self._checks = 0  # going on now

    async def load(self) -> None:
        """Once, before anything else."""
        sql = "SELECT person, name, role FROM person WHERE active = 1 ORDER BY name, person"
        found = await self._database.read(lambda db: list(db.execute(sql)))
        self._people = {person: Person(person, name, role) for person, name, role in found}

    def get(self, person: str) -> Person | None:
        return self._people.get(person)

    def remember(self, person: Person) -> None:
        """New, or changed; durable already."""
        people = {**self._people, person.person: person}
        self._people = dict(sorted(people.items(), key=lambda row: (row[1].name, row[0])))

    def forget(self, person: str) -> None:
        """Somebody left; durable already."""
        self._people.pop(person, None)

    def on(self, device_kind: str) -> list[Person]:
        """Who may sign in on a device of this kind."""
        roles = ROLES_OF_DEVICES[device_kind]
        return [one for one in self._people.values() if one.role in roles]

    async def check(self, person: str, pin: str) -> PinCheck:
        """Counts, waits and locks as `pins` says; a right PIN clears the count."""
        if self._checks >= CHECKS_MAX:
            return PinCheck("busy")
        self._checks += 1
        try:
            return await self._check(person, pin)
        finally:
            self._checks -= 1

    async def unlock(self, person: str) -> bool:
        """By a manager: the count starts anew. False: nobody of that name."""
        if person not in self._people:
            return False
        await self._database.write(lambda db: self._clear(db, person))
        return True

    async def _check(self, person: str, pin: str) -> PinCheck:
        begun = await self._database.write(lambda db: self._begin(db, person))
        if isinstance(begun, PinCheck):
            return begun
        pin_hash, failures = begun
        if not await self._pins.right(pin_hash, pin):
            left = FAILURES_MAX - failures
            return PinCheck("wrong", tries_left=left, wait_ms=wait_ms(failures))
        await self._database.write(lambda db: self._clear(db, person))
        known = self._people.get(person)  # who left while we looked is nobody
        return PinCheck("right", known.role, known.name) if known is not None else PinCheck("wrong")

    def _begin(self, db: Any, person: str) -> tuple[str | None, int] | PinCheck:
        """Counts a try before it is made. Answers the hash and how many failures there are if it is wrong."""
        sql = "SELECT pin_hash, failures, last_failed_ms FROM person WHERE person = ? AND active = 1"
        found = db.execute(sql, (person,)).fetchone()
        if found is None:
            return None, 1
        pin_hash, failures, last_ms = found
        if failures >= FAILURES_MAX:
            return PinCheck("locked")
        left_ms = last_ms + wait_ms(failures) - self._now_ms()
        if left_ms > 0:
            return PinCheck("wait", wait_ms=left_ms, tries_left=FAILURES_MAX - failures)
        count = "UPDATE person SET failures = failures + 1, last_failed_ms = ? WHERE person = ?"
        db.execute(count, (self._now_ms(), person))
        return str(pin_hash), int(failures) + 1

    @staticmethod
    def _clear(db: Any, person: str) -> None:
        db.execute("UPDATE person SET failures = 0, last_failed_ms = 0 WHERE person = ?", (person,))
