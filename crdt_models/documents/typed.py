"""Facts as models: what is no valid fact reads as absent, so rules built on this never raise."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from ..facts import FactReader, Json
from .fact import Fact

__all__ = ["many", "one"]

F = TypeVar("F", bound=Fact)


def one(facts: FactReader, name: str, model: type[F]) -> F | None:
    """The fact that counts, or None where there is none."""
    return facts.read(name, model, _parsed)


def many(facts: FactReader, prefix: str, model: type[F]) -> Mapping[str, F]:
    """All facts `prefix` + id, by id, ids sorted."""
    return facts.read_group(prefix, model, _parsed)


def _parsed(value: Json, model: type[F]) -> F | None:
    try:
        return model.model_validate(value)
    except ValidationError:  # a kind's older or foreign value: no rule may count on it
        return None
