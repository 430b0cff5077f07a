"""All kinds of command: each family's shapes, one line here per family."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeAlias, get_args

from pydantic import Field, RootModel

from . import (
    adoptions,
    balances,
    bounties,
    cash_games,
    chips,
    deals,
    drawers,
    flights,
    house,
    jackpots,
    left_branch,
    markers,
    mystery,
    prizes,
    promotions,
    results,
    reversals,
    sales,
    sponsors,
    staff,
    tickets,
    transit,
)
from .every_command import TILLS, Common

__all__ = ["AnyCommand", "Command", "command_again", "pays_out", "roles_of", "takes_two", "typed"]

Command: TypeAlias = (
    adoptions.Shapes
    | drawers.Shapes
    | sales.Shapes
    | flights.Shapes
    | results.Shapes
    | prizes.Shapes
    | deals.Shapes
    | bounties.Shapes
    | mystery.Shapes
    | tickets.Shapes
    | sponsors.Shapes
    | balances.Shapes
    | reversals.Shapes
    | cash_games.Shapes
    | house.Shapes
    | transit.Shapes
    | chips.Shapes
    | jackpots.Shapes
    | markers.Shapes
    | staff.Shapes
    | promotions.Shapes
    | left_branch.Shapes
)  # fmt: skip


class AnyCommand(RootModel[Annotated[Command, Field(discriminator="kind")]]):
    """Any money command; its `kind` says which."""


_SHAPES: Final[dict[str, type[Common]]] = {
    get_args(shape.model_fields["kind"].annotation)[0]: shape for shape in get_args(Command)
}
_PAYING: Final = frozenset(kind for kind, shape in _SHAPES.items() if shape.pays_out)


def typed(kind: object, body: bytes) -> Command:
    """The command of this kind in a body. Raises pydantic's ValidationError."""
    shape = _SHAPES.get(kind) if isinstance(kind, str) else None
    if shape is None:
        return AnyCommand.model_validate_json(body).root
    command: Command = shape.__pydantic_validator__.validate_json(body)
    return command


def command_again(kind: str, data: Mapping[str, Any], hash_: str) -> dict[str, Any] | None:
    """The command that books an old entry again, given its kind, data and hash; None: only by hand.

    What came in without the leaf and was only received there is asked for as the device had wanted it.
    """
    kind = str(data.get("asked", kind))
    return left_branch.again(_SHAPES.get(kind), kind, data, hash_)


def roles_of(kind: str) -> frozenset[str]:
    """Who may ask for it."""
    shape = _SHAPES.get(kind)
    return shape.roles if shape else TILLS


def pays_out(kind: str) -> bool:
    """Whether money leaves the house by it."""
    return kind in _PAYING


def takes_two(kind: str) -> bool:
    """Whether it always needs a second person."""
    shape = _SHAPES.get(kind)
    return shape is not None and shape.takes_two
