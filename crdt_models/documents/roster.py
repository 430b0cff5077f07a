"""`roster`: player id → display name; the only document with names."""

from typing import Annotated

from pydantic import Field

from . import settling
from .fact import Fact, FactKind, Line, Setup

__all__ = ["FACTS", "Player"]


class Player(Fact):
    """`player/<player>`: the name as the player chose it, and the club number."""

    name: Annotated[Line, Field(max_length=60)]
    club_number: Annotated[int, Field(ge=1, le=999_999)] | None = None


FACTS = {"setup": FactKind(Setup, conflict=False), "player/": FactKind(Player), **settling.FACTS}
