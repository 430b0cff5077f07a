"""What is wrong with a field, in words for who filled it in: the one table for money commands and all bodies.

Each fault has a stable code and a sentence that goes on after the field's name ("Reference: fill it in."). A
number in it is in the field's own unit; where that is minor units, which no form shows, none is said.
"""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

__all__ = ["WRONG", "faults_of", "field_of"]

WRONG: Final = "Something in the form is missing or not as it must be."
_FIELDS_MAX: Final = 20  # wrong fields named in one answer
_NAME_MAX: Final = 80
_LINES: Final = {
    "missing": "fill it in",
    "no_number": "give a whole number, without decimals and letters",
    "no_text": "give it as text",
    "no_yes_or_no": "say yes or no",
    "too_small": "{limit} is the least",
    "too_large": "{limit} is the most",
    "too_long": "at most {limit} characters; shorten it",
    "too_short": "at least {limit} characters",
    "too_many": "at most {limit}; leave some out",
    "too_few": "at least {limit}; add some",
    "signs": "leave out unusual signs; letters and digits always do",
    "none_of_these": "choose one of those that are offered",
    "rule": "not as it must be; look at it again",
}
_CODES: Final = {
    "missing": "missing", "literal_error": "none_of_these", "enum": "none_of_these",
    "union_tag_invalid": "none_of_these", "union_tag_not_found": "missing", "bool_type": "no_yes_or_no",
    "int_type": "no_number", "int_from_float": "no_number", "int_parsing": "no_number",
    "int_parsing_size": "too_large", "float_type": "no_number", "string_type": "no_text",
    "greater_than": "too_small", "greater_than_equal": "too_small",
    "less_than": "too_large", "less_than_equal": "too_large",
    "string_too_long": "too_long", "string_too_short": "too_short", "string_pattern_mismatch": "signs",
    "too_long": "too_many", "too_short": "too_few",
}  # fmt: skip
_LIMITS: Final = ("ge", "gt", "le", "lt", "max_length", "min_length")


def faults_of(error: ValidationError, hidden: int = 0) -> Mapping[str, Any]:
    """`{fields: {name: sentence}, faults: {name: code}}` of the first 20; names without `hidden` parts."""
    found = error.errors(include_url=False)[:_FIELDS_MAX]
    named = [(field_of(one, hidden), one) for one in found]
    return {
        "fields": {name: _line(name, one) for name, one in named},
        "faults": {name: _code(one) for name, one in named},
    }


def field_of(one: ErrorDetails, hidden: int = 0) -> str:
    """`("buy_in", "amount", "currency")` → `amount.currency`, where the first part is the kind."""
    return ".".join(map(str, one["loc"][hidden:] or ("kind",)))[:_NAME_MAX]


def _code(one: ErrorDetails) -> str:
    code = _CODES.get(one["type"], "rule")
    empty = code in ("too_short", "too_few") and one.get("ctx", {}).get("min_length") == 1
    return "missing" if empty or one["input"] is None else code


def _line(name: str, one: ErrorDetails) -> str:
    code = _code(one)
    if name.endswith(("amount", "_cents")) and code in ("too_small", "too_large"):
        return "this is not enough" if code == "too_small" else "this is too much"
    if one["type"] == "value_error":
        return one["msg"].removeprefix("Value error, ")
    ctx = one.get("ctx", {})
    limit = next((ctx[name] for name in _LIMITS if name in ctx), None)
    if isinstance(limit, int):  # "more than 0" is "1 is the least"
        limit += {"greater_than": 1, "less_than": -1}.get(one["type"], 0)
    return _LINES[code].format(limit=limit)
