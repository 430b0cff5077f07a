"""A command with all that a decision may look at besides the state of the book."""

from typing import Any

from msgspec import Struct

from .kinds import Command

__all__ = ["Asked", "Read", "Second", "is_key"]


class Read(Struct, frozen=True, gc=False):
    """A command as it came: typed, what of it goes into the entry, and its content hash (hex)."""

    command: Command
    data: dict[str, Any]
    content: str


class Second(Struct, frozen=True, gc=False):
    """Who approved; `role` None: the PIN was wrong, or there is no such person."""

    person: str
    role: str | None


class Asked(Struct, frozen=True, gc=False):
    """Who asks for what, in which role, when, and who approved."""

    read: Read
    key: str
    person: str
    role: str
    device: str
    at_ms: int  # Unix milliseconds
    second: Second | None = None


def is_key(text: str) -> bool:
    """Whether this may be an idempotency key: 1 to 64 of `A-Z a-z 0-9 . _ : -`."""
    return 1 <= len(text) <= 64 and text.isascii() and all(c.isalnum() or c in "._:-" for c in text)
