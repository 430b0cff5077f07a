"""A second person's yes given on their own tablet: for one command's content, for a minute, in memory alone.

A till asks with the very command it will send; the yes is good for that content and nothing else. A leaf that
was started anew knows of none: the till asks again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final, Literal

from ledger.commands import Read
from serving.problems import Problem

__all__ = ["ASKED_MAX", "ASKED_MS", "ASKED_PER_DEVICE_MAX", "Asking", "Approvals"]

ASKED_MS: Final = 60_000
"""A question stands for a minute, and so does the yes to it."""
ASKED_MAX: Final = 64
ASKED_PER_DEVICE_MAX: Final = 4
_NOT_CONTENT: Final = frozenset({"second", "names"})


@dataclass(slots=True)
class Asking:
    """One command that waits for a second person. `by` and `role`: who answered, empty until then."""

    ident: str
    device: str
    person: str
    command: dict[str, Any]  # as the till sent it
    digest: str
    amount_cents: int
    asked_ms: int
    until_ms: int
    state: Literal["asked", "approved", "refused"] = "asked"
    by: str = ""
    role: str = ""
    used_by: str = ""  # the key of the command it was used for


class Approvals:
    """`now_ms` is Unix milliseconds. What is over is forgotten."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._askings: dict[str, Asking] = {}

    def ask(self, device: str, person: str, read: Read, amount_cents: int) -> Asking:
        """A till asks. Raises Problem 429 `too_many`."""
        self._forget()
        own = sum(one.device == device for one in self._askings.values())
        if own >= ASKED_PER_DEVICE_MAX or len(self._askings) >= ASKED_MAX:
            why = "Too many commands wait for a second person."
            raise Problem(429, "too_many", why, headers={"retry-after": "5"})
        now = self._now_ms()
        said = {"kind": read.command.kind, **{k: v for k, v in read.data.items() if k not in _NOT_CONTENT}}
        asking = Asking(
            token_urlsafe(16), device, person, said, digest_of(read), amount_cents, now, now + ASKED_MS
        )
        self._askings[asking.ident] = asking
        return asking

    def of_device(self, device: str, ident: str) -> Asking:
        """What became of this device's question. Raises Problem 404 `no_approval`."""
        found = self._find(ident)
        if found.device != device:
            raise _unknown()
        return found

    def open_for(self, person: str) -> list[Asking]:
        """What this person may answer, oldest first."""
        self._forget()
        return [one for one in self._askings.values() if one.state == "asked" and one.person != person]

    def to_answer(self, person: str, ident: str) -> Asking:
        """Raises Problem: 404 `no_approval`, 403 `own_command`, 409 `answered`."""
        found = self._find(ident)
        if found.person == person:
            raise Problem(403, "own_command", "Nobody approves what they asked for themselves.")
        if found.state != "asked":
            raise Problem(409, "answered", "This was answered already.", {"by": found.by})
        return found

    def answer(self, asking: Asking, yes: bool, person: str, role: str) -> None:
        """By a person whose PIN was right; a yes is good for a minute from now on."""
        asking.state = "approved" if yes else "refused"
        asking.by, asking.role = person, role
        asking.until_ms = self._now_ms() + ASKED_MS

    def role_of(self, device: str, key: str, read: Read, person: str, ident: str) -> str | None:
        """The role of who approved this very command of this device, once; None: nobody did in time."""
        self._forget()
        found = self._askings.get(ident)
        if found is None or found.state != "approved" or found.used_by not in ("", key):
            return None
        if (found.device, found.by, found.digest) != (device, person, digest_of(read)):
            return None
        found.used_by = key
        return found.role

    def _find(self, ident: str) -> Asking:
        self._forget()
        found = self._askings.get(ident)
        if found is None:
            raise _unknown()
        return found

    def _forget(self) -> None:
        now = self._now_ms()
        for ident, one in list(self._askings.items()):
            if one.until_ms <= now:
                del self._askings[ident]


def digest_of(read: Read) -> str:
    """SHA-256 (hex) of what a command says, but for who approves it and which refused one it follows."""
    said = {name: value for name, value in read.data.items() if name not in _NOT_CONTENT}
    text = json.dumps({"kind": read.command.kind, **said}, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _unknown() -> Problem:
    return Problem(404, "no_approval", "Nobody asked for this, or it was too long ago.")
