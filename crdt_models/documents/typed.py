"""Facts as models: what is no valid fact reads as absent, so rules built on this never raise."""

from typing import TypeVar

from pydantic import ValidationError

from ..facts import FactReader, Json
from .fact import Fact

__all__ = ["many", "one"]

F = TypeVar("F", bound=Fact)


def one(facts: FactReader, name: str, model: type[F]) -> F | None:
    """The fact that counts, or None where there is none."""
    return _parsed(facts.get(name), model)


def many(facts: FactReader, prefix: str, model: type[F]) -> dict[str, F]:
    """All facts `prefix` + id, by id, ids sorted."""
    parsed = ((ident, _parsed(value, model)) for ident, value in sorted(facts.group(prefix).items()))
    return {ident: fact for ident, fact in parsed if fact is not None}


def _parsed(value: Json, model: type[F]) -> F | None:
    if value is None:
        return None
    try:
        return model.model_validate(value)
    except ValidationError:  # a kind's older or foreign value: no rule may count on it
        return None
