"""How a league's formula calculates: like a pocket calculator of twelve digits that never shows an error.

Every result is a finite number, rounded to twelve significant digits (half away from zero) and held within
±10^15. So 0.1 + 0.2 is 0.3, log10(1000) is 3, and two languages whose last binary digit differs agree.
What has no value is 0: a division by zero, a root or logarithm of what has none, a power that is not real.
Twin: `web/src/lib/twins/leagues/formula-arithmetic.ts`.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context
from typing import Final

__all__ = [
    "ARGUMENTS_MAX",
    "BIGGEST",
    "COMPARISONS",
    "FUNCTIONS",
    "OPERATORS",
    "Function",
    "kept",
    "line",
    "step",
]

BIGGEST: Final = 1e15
ARGUMENTS_MAX: Final = 20
_TWELVE: Final = Context(prec=12, rounding=ROUND_HALF_UP)


def kept(value: float) -> float:
    """The value as the formula goes on with it."""
    if value != value:  # no number was given
        return 0.0
    held = min(max(value, -BIGGEST), BIGGEST)
    return float(_TWELVE.create_decimal_from_float(held)) + 0.0  # no negative zero


def _divided(one: float, other: float) -> float:
    return one / other if other else 0.0


def _power(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except ValueError:  # zero to less than zero, or no real number
        return 0.0
    except OverflowError:
        return -BIGGEST if base < 0 and exponent % 2 == 1 else BIGGEST


def _log10(value: float) -> float:
    return math.log10(value) if value > 0 else 0.0


def _ln(value: float) -> float:
    return math.log(value) if value > 0 else 0.0


def _sqrt(value: float) -> float:
    return math.sqrt(value) if value > 0 else 0.0


def _round(value: float) -> float:
    return math.copysign(math.floor(abs(value) + 0.5), value)


@dataclass(frozen=True)
class Function:
    """What a formula may call, with how many values."""

    least: int
    most: int
    apply: Callable[..., float]


OPERATORS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": lambda one, other: one + other,
    "-": lambda one, other: one - other,
    "*": lambda one, other: one * other,
    "/": _divided,
    "^": _power,
}
COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "<=": lambda one, other: one <= other,
    ">=": lambda one, other: one >= other,
    "!=": lambda one, other: one != other,
    "<": lambda one, other: one < other,
    ">": lambda one, other: one > other,
    "=": lambda one, other: one == other,
}
FUNCTIONS: Final[Mapping[str, Function]] = {
    "sqrt": Function(1, 1, _sqrt),
    "log10": Function(1, 1, _log10),
    "ln": Function(1, 1, _ln),
    "floor": Function(1, 1, math.floor),
    "round": Function(1, 1, _round),
    "min": Function(1, ARGUMENTS_MAX, lambda *values: min(values)),
    "max": Function(1, ARGUMENTS_MAX, lambda *values: max(values)),
}


def step(value: float, at: Sequence[float], gives: Sequence[float]) -> float:
    """The row of a table that begins at or before the value; before the first row 0."""
    row = bisect_right(at, value)
    return gives[row - 1] if row else 0.0


def line(value: float, at: Sequence[float], gives: Sequence[float]) -> float:
    """As `step`, but between two rows in proportion, and after the last row 0: a table of places."""
    row = bisect_right(at, value)
    if not row or value > at[-1]:
        return 0.0
    if value == at[row - 1]:
        return gives[row - 1]
    share = (value - at[row - 1]) / (at[row] - at[row - 1])
    return gives[row - 1] + share * (gives[row] - gives[row - 1])
