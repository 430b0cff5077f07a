"""`displays`: which screens there are, what each shows, announcements."""

from typing import Annotated, Literal

from pydantic import Field

from . import settling
from .fact import Fact, FactKind, Id, LeafMs, Line, Setup

__all__ = ["FACTS", "Announcement", "Assignment", "Display", "Sound", "Theme"]

View = Literal["clock", "seating", "waitlist", "payouts", "rankings", "blank"]


class Display(Fact):
    """`device/<device>`: a screen by its device id."""

    name: Line


class Assignment(Fact):
    """`show/<device>`: what it shows; several views rotate, each for `seconds`."""

    views: Annotated[list[View], Field(min_length=1, max_length=6)]
    tournament: Id | None = None
    seconds: Annotated[int, Field(ge=3, le=600)] = 12


class Announcement(Fact):
    """`announce/<id>`: plain text until `until_ms`; `devices` empty = all screens."""

    text: Line
    until_ms: LeafMs
    devices: Annotated[list[Id], Field(max_length=40)] = []


class Sound(Fact):
    """`sound/<device>`: whether a screen sounds, and how loud (per cent); at `test_ms` once more."""

    on: bool
    volume: Annotated[int, Field(ge=0, le=100)] = 50
    test_ms: LeafMs | None = None


class Theme(Fact):
    """`theme`."""

    accent: Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
    logo: str = ""


FACTS = {
    "setup": FactKind(Setup, conflict=False),
    "device/": FactKind(Display),
    "show/": FactKind(Assignment),
    "announce/": FactKind(Announcement),
    "sound/": FactKind(Sound, conflict=False),
    "theme": FactKind(Theme),
    **settling.FACTS,
}
