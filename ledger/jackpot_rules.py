"""What a house promises about a jackpot or promotion fund: how drops are split, who gets what of an award."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from .adopted import Id, Line, Shape
from .money import BASIS_POINTS

__all__ = ["JackpotRules", "JackpotShare"]

SHARES_MAX = 20


class JackpotShare(Shape):
    """`losing_hand`, `winning_hand`, `table` …: divided equally among those who hold it."""

    name: Id
    basis_points: Annotated[int, Field(ge=1, le=BASIS_POINTS)]


class JackpotRules(Shape):
    """Shares of an award sum to 100 %; the odd cents go to the first share, and in it to the first named."""

    name: Line
    reserve_basis_points: Annotated[int, Field(ge=0, le=BASIS_POINTS)] = 0  # of each drop, kept apart
    award_max_basis_points: Annotated[int, Field(ge=1, le=BASIS_POINTS)] = BASIS_POINTS  # of the fund
    shares: Annotated[list[JackpotShare], Field(min_length=1, max_length=SHARES_MAX)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if len({share.name for share in self.shares}) < len(self.shares):
            raise ValueError("a share stands twice")
        if sum(share.basis_points for share in self.shares) != BASIS_POINTS:
            raise ValueError("the shares do not sum to 10000 basis points")
        return self

    def reserve_cents(self, dropped_cents: int) -> int:
        """Of a drop, what goes to the reserve; rounded down."""
        return dropped_cents * self.reserve_basis_points // BASIS_POINTS

    def award_max_cents(self, fund_cents: int) -> int:
        """The most that one award may take of the fund; rounded down."""
        return fund_cents * self.award_max_basis_points // BASIS_POINTS
