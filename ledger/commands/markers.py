"""Markers: chips on credit, within a line that a manager adopted for the player."""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from ..adopted import Id
from .every_command import MANAGERS, Amount, Common, Reason, Something
from .means import ByMeans, Reference

__all__ = ["AdoptCreditLine", "IssueMarker", "RepayMarker", "Shapes", "WriteOffMarker"]


class AdoptCreditLine(Common):
    """`amount`: what the player may owe at most from now on; nothing ends the credit."""

    roles: ClassVar = MANAGERS
    takes_two: ClassVar = True
    kind: Literal["adopt_credit_line"]
    player: Id
    amount: Amount
    reason: Reason


class IssueMarker(Common):
    """Chips against the player's signature; `reference` is the number of the signed slip."""

    limited_by: ClassVar = "marker_limit_cents"
    kind: Literal["issue_marker"]
    player: Id
    table: Id | None = None
    amount: Something
    reference: Reference


class RepayMarker(ByMeans):
    """Oldest marker first."""

    receives: ClassVar = True
    kind: Literal["repay_marker"]
    player: Id
    method: Literal["cash", "card", "bank", "balance", "chips"] = "cash"
    amount: Something


class WriteOffMarker(Common):
    """What is still due of the marker of entry `marker` will never come."""

    roles: ClassVar = MANAGERS
    takes_two: ClassVar = True
    kind: Literal["write_off_marker"]
    player: Id
    marker: Annotated[int, Field(ge=1, le=2**53 - 1)]
    reason: Reason


Shapes: TypeAlias = AdoptCreditLine | IssueMarker | RepayMarker | WriteOffMarker
