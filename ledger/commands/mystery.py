"""Mystery bounties: the envelopes are filled once from all bounty parts, then each is drawn and gone."""

from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from ..money import AMOUNT_MAX
from .bounties import WonByOthers
from .every_command import MANAGERS, Common, Something

__all__ = ["DrawEnvelope", "SealEnvelopes", "Shapes"]

WORTHS_MAX: Final = 100
ENVELOPES_MAX: Final = 10_000
_Worth = Annotated[int, Field(ge=1, le=AMOUNT_MAX)]
_Count = Annotated[int, Field(ge=1, le=ENVELOPES_MAX)]


class SealEnvelopes(Common):
    """`envelopes`: [cents, how many] of each worth; together all bounty parts that were paid in."""

    roles: ClassVar = MANAGERS
    kind: Literal["seal_envelopes"]
    tournament: Id
    envelopes: Annotated[list[tuple[_Worth, _Count]], Field(min_length=1, max_length=WORTHS_MAX)]

    def faults(self) -> dict[str, str]:
        worths = [cents for cents, _ in self.envelopes]
        return (
            {"envelopes": "the same worth stands there twice; write it once"}
            if len(set(worths)) < len(worths)
            else {}
        )


class DrawEnvelope(WonByOthers):
    """An envelope worth `amount` was drawn for `entry`."""

    kind: Literal["draw_envelope"]
    amount: Something


Shapes: TypeAlias = SealEnvelopes | DrawEnvelope
