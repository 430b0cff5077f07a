"""Sign-ins: opened by a PIN or a claim, kept alive by refresh tokens that work once, ended for good.

A refresh token that comes twice was stolen from somebody: its whole family ends.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from anyio import Event

from leaf_server.box.database import Database
from leaf_server.identity.secrets import fresh_secret, fresh_session, secret_hash
from serving.problems import Problem
from serving.tokens import Issuer, SignIn

__all__ = ["Opened", "SignIns"]

_HOUR_MS: Final = 3_600_000
_LIFE_MS: Final[Mapping[str, int]] = {"player": 30 * 24 * _HOUR_MS, "display": 366 * 24 * _HOUR_MS}
_STAFF_LIFE_MS: Final = 16 * _HOUR_MS
_REFRESHES_MAX: Final = 64  # tokens remembered of one family; older ones count as reused


@dataclass(frozen=True, slots=True)
class Opened:
    """A sign-in just opened or refreshed. `token` and `refresh` are secrets."""

    sign_in: SignIn
    token: str
    refresh: str


class SignIns:
    """All sign-ins of this leaf. `now_ms` is leaf time, `start_ms` its Unix zero."""

    def __init__(
        self, database: Database, issuer: Issuer, *, venue: str, start_ms: int, token_seconds: int,
        now_ms: Callable[[], int],
    ) -> None:  # fmt: skip
        self._database = database
        self._issuer = issuer
        self._venue = venue
        self._start_ms = start_ms
        self._token_seconds = token_seconds
        self._now_ms = now_ms
        self._ended: dict[str, int] = {}  # session → leaf time of its end, while a token of it may be out
        self._turned = Event()  # set and replaced when sign-ins end

    async def load(self) -> None:
        """Once, before anything else."""
        sql = "SELECT session, ended_ms FROM sign_in WHERE ended_ms > ?"
        since = self._now_ms() - self._memory_ms
        self._ended = dict(await self._database.read(lambda db: list(db.execute(sql, (since,)))))

    def now_s(self) -> int:
        """Unix seconds by leaf time; what tokens are made and judged by."""
        return (self._start_ms + self._now_ms()) // 1000

    def revoked(self, session: str) -> bool:
        return session in self._ended

    async def turned(self) -> None:
        """Returns when sign-ins were ended before their time."""
        await self._turned.wait()

    async def open(self, person: str, role: str, device: str) -> Opened:
        return await self._database.write(lambda db: self.add(db, person, role, device))

    def add(self, db: Any, person: str, role: str, device: str) -> Opened:
        """Inside a transaction. Problem 401 `signed_out`: person or device went meanwhile."""
        session, now = fresh_session(), self._now_ms()
        self._refuse_gone(db, person, role, device)
        until = now + _LIFE_MS.get(role, _STAFF_LIFE_MS)
        db.execute("DELETE FROM sign_in WHERE until_ms < ?", (now - self._memory_ms,))
        db.execute(
            "INSERT INTO sign_in VALUES (?, ?, ?, ?, ?, ?, NULL)", (session, person, role, device, now, until)
        )
        return self._opened(db, session, person, role, device)

    async def refresh(self, refresh: str) -> Opened:
        """A new token and a new refresh token. Problems 401 signed_out, refresh_reused."""
        opened, reused = await self._database.write(lambda db: self._refresh(db, refresh))
        if reused is not None:
            self.ended([reused])
            raise Problem(401, "refresh_reused", "This sign-in was used in two places and is over.")
        if opened is None:
            raise Problem(401, "signed_out", "This sign-in is over.")
        return opened

    async def end(self, session: str) -> None:
        """Signed out: no token and no refresh token of this sign-in works any more."""
        await self._database.write(lambda db: self._end(db, session))
        self.ended([session])

    def end_in(self, db: Any, whose: Literal["person", "device"], ident: str) -> list[str]:
        """Inside a transaction: all sign-ins of a person or device. `ended` follows once it is durable."""
        sql = f"UPDATE sign_in SET ended_ms = ? WHERE {whose} = ? AND ended_ms IS NULL RETURNING session"
        return [session for (session,) in db.execute(sql, (self._now_ms(), ident))]

    def ended(self, sessions: Sequence[str]) -> None:
        """From now on nothing of these sign-ins is let in, and what is open of them closes."""
        now = self._now_ms()
        self._ended = {one: ms for one, ms in self._ended.items() if ms > now - self._memory_ms}
        self._ended.update(dict.fromkeys(sessions, now))
        self._turned.set()
        self._turned = Event()

    @property
    def _memory_ms(self) -> int:
        return self._token_seconds * 1000 + _HOUR_MS

    def _refresh(self, db: Any, refresh: str) -> tuple[Opened | None, str | None]:
        """The new sign-in, or the session that ends because its token came twice, or neither."""
        found = db.execute(
            "SELECT r.session, r.used_ms, s.person, s.role, s.device, s.until_ms, s.ended_ms "
            "FROM refresh r JOIN sign_in s USING (session) WHERE r.token_hash = ?",
            (secret_hash(refresh),),
        ).fetchone()
        if found is None:
            return None, None
        session, used_ms, person, role, device, until_ms, ended_ms = found
        if ended_ms is not None or until_ms <= self._now_ms():
            return None, None
        if used_ms is not None:
            self._end(db, session)
            return None, session
        db.execute(
            "UPDATE refresh SET used_ms = ? WHERE token_hash = ?", (self._now_ms(), secret_hash(refresh))
        )
        return self._opened(db, session, person, role, device), None

    def _opened(self, db: Any, session: str, person: str, role: str, device: str) -> Opened:
        refresh = fresh_secret()
        db.execute("INSERT INTO refresh VALUES (?, ?, NULL)", (secret_hash(refresh), session))
        db.execute(
            "DELETE FROM refresh WHERE session = ?1 AND used_ms IS NOT NULL AND token_hash NOT IN "
            "(SELECT token_hash FROM refresh WHERE session = ?1 "
            "ORDER BY used_ms IS NULL DESC, used_ms DESC LIMIT ?2)",
            (session, _REFRESHES_MAX),
        )
        expires_s = self.now_s() + self._token_seconds
        sign_in = SignIn(self._venue, person, role, device, "leaf", expires_s, session)
        return Opened(sign_in, self._issuer.issue(sign_in), refresh)

    def _end(self, db: Any, session: str) -> None:
        db.execute(
            "UPDATE sign_in SET ended_ms = ? WHERE session = ? AND ended_ms IS NULL",
            (self._now_ms(), session),
        )

    @staticmethod
    def _refuse_gone(db: Any, person: str, role: str, device: str) -> None:
        known = "SELECT 1 FROM device WHERE device = ? AND revoked = 0"
        staff = "SELECT 1 FROM person WHERE person = ? AND role = ? AND active = 1"
        here = db.execute(known, (device,)).fetchone() is not None
        if here and role not in _LIFE_MS:
            here = db.execute(staff, (person, role)).fetchone() is not None
        if not here:
            raise Problem(401, "signed_out", "This person or device may not sign in any more.")
