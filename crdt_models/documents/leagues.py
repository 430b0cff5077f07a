"""`leagues`: seasons and what counts. Shapes only; a later release computes the tables from results."""

from typing import Annotated

from pydantic import Field

from . import settling
from .fact import Count, Fact, FactKind, Id, Line, Setup

__all__ = ["FACTS", "Season"]


class Season(Fact):
    """`season/<id>`."""

    name: Line
    tournaments: Annotated[list[Id], Field(max_length=80)] = []
    best: Count = 0


FACTS = {"setup": FactKind(Setup, conflict=False), "season/": FactKind(Season), **settling.FACTS}
