"""A deal: what is left of the prizes, shared by agreement while the event still plays."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .every_command import MANAGERS, Cents, Common
from .results import PLACES_MAX

__all__ = ["AgreeDeal", "Shapes"]


class AgreeDeal(Common):
    """`shares`: [player, entry, cents] of everybody who is still in; `aside_cents` go to who wins.

    `consents` are the players who said yes, each by themselves: one missing is no deal. `way` is how the sums
    were found, for who looks later; the sums alone decide.
    """

    roles: ClassVar = MANAGERS
    kind: Literal["agree_deal"]
    tournament: Id
    way: Literal["icm", "estimate", "chips", "even", "custom"]
    shares: Annotated[list[tuple[Id, Id, Cents]], Field(min_length=2, max_length=PLACES_MAX)]
    aside_cents: Cents = 0
    consents: Annotated[list[Id], Field(max_length=PLACES_MAX)]


Shapes: TypeAlias = AgreeDeal
