"""Taking an entry back by another one."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from .every_command import Common, Reason

__all__ = ["Reverse", "Shapes"]


class Reverse(Common):
    """`drawer`: where the cash goes instead of the original's drawer."""

    kind: Literal["reverse"]
    seq: Annotated[int, Field(ge=1, le=2**53 - 1)]
    reason: Reason


Shapes: TypeAlias = Reverse
