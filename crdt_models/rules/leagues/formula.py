"""A league's formula: one line of arithmetic over what a result says, read into a function and nothing else.

    formula     = sum [("<" | "<=" | ">" | ">=" | "=" | "!=") sum]             yes is 1, no is 0
    sum         = product {("+" | "-") product}
    product     = signed {("*" | "/") signed}
    signed      = "-" signed | power
    power       = value ["^" signed]                                           2^3^2 is 2^9, -2^2 is -4
    value       = number | name | call | "(" formula ")"
    call        = ("sqrt" | "log10" | "ln" | "floor" | "round") "(" formula ")"
                | ("min" | "max") "(" formula {"," formula} ")"
                | "if" "(" formula "," formula "," formula ")"                 0 is no, all else is yes
                | ("step" | "line") "(" formula ";" row {"," row} ")"          a table; rows rise
    row         = ["-"] number ":" ["-"] number
    number      = up to 15 digits, with one point between two of them or none

Spaces and line ends stand anywhere between words. A text has ≤ 2,000 characters, ≤ 400 parts and ≤ 30 levels
of nesting, so reading and calculating are bounded; there are no loops, no assignments, no text. Whatever the
values, the outcome is a number: `formula_arithmetic.py`. Twin: `web/src/lib/twins/leagues/formula.ts`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NoReturn

from ...errors import FormulaCode, FormulaInvalid
from .formula_arithmetic import COMPARISONS, FUNCTIONS, OPERATORS, kept, line, step

__all__ = ["DEPTH_MAX", "NAMES", "PARTS_MAX", "TEXT_MAX", "Formula", "read_formula"]

TEXT_MAX: Final = 2_000
PARTS_MAX: Final = 400
DEPTH_MAX: Final = 30
NAMES: Final[Mapping[str, str]] = {
    "n": "entries or players, as the season says",
    "k": "place; of people who tie, as the season says",
    "b": "buy-in without fees, in the venue's currency",
    "pool": "prize pool, in the venue's currency",
    "entries": "entries, re-entries too",
    "players": "different people",
    "paid": "places that were paid",
    "rebuys": "rebuys of the whole event",
    "hits": "players this player knocked out",
    "place": "place; of people who tie, the best",
}
_TOKEN: Final = re.compile(
    r"(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign><=|>=|!=|[-+*/^<>=(),;:])"
)
_DIGITS_MAX: Final = 15
_SPACE: Final = " \t\r\n"
_WORDS: Final = {*FUNCTIONS, "if", "step", "line"}

Values = Mapping[str, float]
_Part = Callable[[Values], float]


@dataclass(frozen=True)
class Formula:
    """A formula that was read: `names` it uses, and its outcome for values of them (absent ones are 0)."""

    text: str
    names: frozenset[str]
    _part: _Part

    def __call__(self, values: Values) -> float:
        """Total: finite whatever the values."""
        return self._part(values)


def read_formula(text: str) -> Formula:
    """Raises FormulaInvalid with the column (from 1) of the first character that can't be understood."""
    reader = _Reader(text)
    part = reader.formula()
    if reader.word:
        reader.fail("unexpected", f"“{reader.word}” can't stand here.")
    return Formula(text, frozenset(reader.names), part)


class _Reader:
    """Recursive descent, one word ahead; `word` is "" at the end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0  # of what follows the word
        self._depth = 0
        self._parts = 0
        self.names: set[str] = set()
        self.word, self._kind, self.column = "", "", 1
        self._next()

    def formula(self) -> _Part:
        self._deeper()
        one = self._chain(self._product, "+-")
        found: _Part = one
        if self.word in COMPARISONS:
            compare, other = COMPARISONS[self._take()], self._chain(self._product, "+-")
            found = lambda values: float(compare(one(values), other(values)))  # noqa: E731
            if self.word in COMPARISONS:
                self.fail("unexpected", "Compare two values at a time; use if( ) for more.")
        self._depth -= 1
        return found

    def fail(self, code: FormulaCode, message: str, column: int = 0) -> NoReturn:
        raise FormulaInvalid(code, column or self.column, message)

    def _chain(self, read: Callable[[], _Part], signs: str) -> _Part:
        """`a + b - c`: flat, so that a long sum is not deep."""
        first, rest = read(), list[tuple[Callable[[float, float], float], _Part]]()
        while self.word and self.word in signs:
            rest.append((OPERATORS[self._take()], read()))
        return _folded(first, rest) if rest else first

    def _product(self) -> _Part:
        return self._chain(self._signed, "*/")

    def _signed(self) -> _Part:
        if self.word != "-":
            return self._power()
        self._deeper()
        self._take()
        value = self._signed()
        self._depth -= 1
        return lambda values: 0.0 - value(values)

    def _power(self) -> _Part:
        base = self._value()
        if self.word != "^":
            return base
        self._deeper()
        raised = OPERATORS[self._take()]
        exponent = self._signed()
        self._depth -= 1
        return lambda values: kept(raised(base(values), exponent(values)))

    def _value(self) -> _Part:
        self._count()
        if self._kind == "number":
            number = self._number()
            return lambda _: number
        if self.word == "(":
            self._take()
            inner = self.formula()
            self._close()
            return inner
        if self._kind != "name":
            what = f"“{self.word}” can't stand here." if self.word else "Something is missing at the end."
            self.fail("unexpected" if self.word else "unfinished", what)
        return self._named()

    def _named(self) -> _Part:
        column, name = self.column, self._take()
        if self.word == "(" and name in _WORDS:
            self._take()
            return self._call(name, column)
        if name in _WORDS:
            self.fail("unexpected" if self.word else "unfinished", f"{name} needs values in ( ).")
        if name not in NAMES:
            self.fail(
                "unknown_name",
                f"There is no “{name}”. Known: {', '.join([*NAMES, *sorted(_WORDS)])}.",
                column,
            )
        self.names.add(name)
        return lambda values: kept(values.get(name, 0.0))

    def _call(self, name: str, column: int) -> _Part:
        if name in ("step", "line"):
            return self._table(line if name == "line" else step)
        values = [self.formula()]
        while self.word == ",":
            self._take()
            values.append(self.formula())
        self._close()
        least, most = (3, 3) if name == "if" else (FUNCTIONS[name].least, FUNCTIONS[name].most)
        if not least <= len(values) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            self.fail("arguments", f"{name} takes {wanted} values, not {len(values)}.", column)
        if name == "if":
            asked, yes, no = values
            return lambda given: yes(given) if asked(given) else no(given)
        apply = FUNCTIONS[name].apply
        return lambda given: kept(apply(*(value(given) for value in values)))

    def _table(self, look: Callable[..., float]) -> _Part:
        value = self.formula()
        self._want(";", "A table begins with “;” after what is looked up.")
        at: list[float] = []
        gives: list[float] = []
        while not at or self.word == ",":
            if at:
                self._take()
            self._count()
            column, key = self.column, self._signed_number()
            if at and key <= at[-1]:
                self.fail("rows", "The rows of a table rise from one to the next.", column)
            self._want(":", "A row is “from: value”.")
            at.append(key)
            gives.append(self._signed_number())
        self._close()
        return lambda values: kept(look(value(values), at, gives))

    def _signed_number(self) -> float:
        sign = -1.0 if self.word == "-" else 1.0
        if self.word == "-":
            self._take()
        if self._kind != "number":
            self.fail("number" if self.word else "unfinished", "A number belongs here.")
        return sign * self._number() + 0.0

    def _number(self) -> float:
        if sum(digit.isdigit() for digit in self.word) > _DIGITS_MAX:
            self.fail("number", f"A number has at most {_DIGITS_MAX} digits.")
        return kept(float(self._take()))

    def _close(self) -> None:
        self._want(")", "A “)” is missing here.")

    def _want(self, sign: str, message: str) -> None:
        if self.word != sign:
            self.fail("unexpected" if self.word else "unfinished", message)
        self._take()

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            self.fail("too_deep", f"Nested deeper than {DEPTH_MAX} levels.")

    def _count(self) -> None:
        self._parts += 1
        if self._parts > PARTS_MAX:
            self.fail("too_much", f"More than {PARTS_MAX} numbers, names, calls and rows.")

    def _take(self) -> str:
        word = self.word
        self._next()
        return word

    def _next(self) -> None:
        text, at = self._text, self._at
        while at < len(text) and text[at] in _SPACE:
            at += 1
        self.column = at + 1
        found = _TOKEN.match(text, at)
        end = found.end() if found else at + 1
        if at < len(text) and end > TEXT_MAX:
            self.fail("too_long", f"Longer than {TEXT_MAX:,} characters.", TEXT_MAX + 1)
        if found is None:
            if at < len(text):
                self.fail("unexpected", "This character has no meaning in a formula.")
            self.word, self._kind, self._at = "", "", at
            return
        self.word, self._kind, self._at = found.group(), found.lastgroup or "", found.end()


def _folded(first: _Part, rest: list[tuple[Callable[[float, float], float], _Part]]) -> _Part:
    def outcome(values: Values) -> float:
        total = first(values)
        for apply, part in rest:
            total = kept(apply(total, part(values)))
        return total

    return outcome
