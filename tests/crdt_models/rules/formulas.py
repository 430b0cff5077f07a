"""Formulas of the grammar, for laws: any, such as need no logarithm or power, and such as lose no digits."""

from typing import Final

from hypothesis import strategies as st

from crdt_models.rules.leagues.formula import NAMES

__all__ = ["EXACT", "FORMULAS", "POSITIVE", "SIGNS"]

SIGNS: Final = ["<=", ">=", "!=", "<", ">", "=", "+", "-", "*", "/", "^", "(", ")", ",", ";", ":"]
_NUMBERS: Final = st.one_of(st.integers(0, 10**6).map(str), st.decimals(0, 1000, places=2).map(str))
_SIGNED: Final = st.tuples(st.sampled_from(["", "-"]), _NUMBERS).map("".join)
_ROWS: Final = st.lists(
    st.tuples(st.integers(-50, 2000), _SIGNED), min_size=1, max_size=6, unique_by=lambda row: row[0]
).map(lambda rows: ", ".join(f"{at}: {gives}" for at, gives in sorted(rows)))
_LEAVES: Final = _NUMBERS | st.sampled_from(sorted(NAMES))


def _of(
    template: str, part: st.SearchStrategy[str], **more: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    """The template with each {a} {b} {c} a part of its own."""
    holes = st.fixed_dictionaries({**dict.fromkeys("abc", part), **more})
    return holes.map(lambda found: template.format(**found))


def _exact(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    templates = [
        "({a} + {b})", "{a} - {b}", "({a}) * ({b})", "({a}) / ({b})", "-({a})", "sqrt({a})", "floor({a})",
        "round({a})", "min({a}, {b}, {c})", "max({a}, {b})", "if({a}, {b}, {c})", "if({a} <= {b}, {c}, {a})",
        "(({a}) = ({b}))", "(({a}) != ({b}))",
    ]  # fmt: skip
    tables = [_of(f"{look}({{a}}; {{rows}})", part, rows=_ROWS) for look in ("step", "line")]
    return st.one_of(*(_of(template, part) for template in templates), *tables)


EXACT: Final = st.recursive(_LEAVES, _exact, max_leaves=12)
"""Without what two machines may calculate with another last binary digit."""
FORMULAS: Final = st.recursive(
    EXACT,
    lambda part: st.one_of(*(_of(each, part) for each in ("({a}) ^ ({b})", "log10({a})", "ln({a})"))),
    max_leaves=4,
)
POSITIVE: Final = st.recursive(
    st.integers(1, 5_000).map(str) | st.sampled_from(sorted(NAMES)),
    lambda part: st.one_of(
        *(_of(each, part) for each in (
            "({a} + {b})", "({a}) * ({b})", "({a}) / ({b})", "sqrt({a})", "log10(2 + {a})", "ln(2 + {a})",
            "(1 + {a}) ^ 0.3", "max({a}, {b})",
        ))
    ),
    max_leaves=10,
)  # fmt: skip
"""Every part is above zero, and nothing is taken away: no step makes a small difference a large one."""
