"""What is said of a player's age where the house profile asks: that somebody saw it, never a birth date."""

from typing import Annotated

from pydantic import Field

from ..adopted import Id
from .means import ByMeans

__all__ = ["AsksAge"]


class AsksAge(ByMeans):
    """Base of what is sold only to who is old enough.

    `age_seen`: a document showed who asks that the player is at least so many years old.
    """

    player: Id
    age_seen: Annotated[int, Field(ge=1, le=99)] | None = None
