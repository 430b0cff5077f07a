"""The WHERE of a question to the history, as SQLite and PostgreSQL both understand it.

Both stores keep changes in one table with the columns of `crdt_models.update_log.Change` and `document`; they
differ in how a value is marked and in the name of the function that finds a text in a text.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from crdt_models.update_log import HistoryQuery

__all__ = ["POSTGRES", "SQLITE", "Clause", "Dialect", "among", "narrowed"]


class Dialect(NamedTuple):
    mark: str
    find: str  # function: 1 or more where its second argument stands in the first


class Clause(NamedTuple):
    """A condition and its values, in the order of their marks."""

    text: str
    values: Sequence[object]


SQLITE: Final = Dialect("?", "instr")
POSTGRES: Final = Dialect("%s", "strpos")


def among(query: HistoryQuery, dialect: Dialect) -> Clause:
    """The documents asked for."""
    return _any([_begins("document", document, dialect) for document in query.documents])


def narrowed(query: HistoryQuery, dialect: Dialect) -> Clause:
    """All that is asked for but the documents."""
    mark = dialect.mark
    clauses: list[Clause] = []
    if query.name:
        clauses.append(_begins("name", query.name, dialect))
    if query.about:
        clauses.append(_about(query.about, dialect))
    if query.device:
        clauses.append(_begins("replica", query.device + "-", dialect, prefix=True))
    for column, value in (("person", query.person), ("via", query.via)):
        if value:
            clauses.append(Clause(f"{column} = {mark}", [value]))
    if query.since_ms:
        clauses.append(Clause(f"at_ms >= {mark}", [query.since_ms]))
    if query.until_ms is not None:
        clauses.append(Clause(f"at_ms < {mark}", [query.until_ms]))
    if query.act is not None:
        clauses.append(Clause(f"act = {mark}", [query.act]))
    if query.stamps:
        marks = ", ".join([mark] * len(query.stamps))
        clauses.append(Clause(f"stamp IN ({marks})", list(query.stamps)))
    return Clause(
        " AND ".join(["1 = 1", *(f"({clause.text})" for clause in clauses)]),
        [value for clause in clauses for value in clause.values],
    )


def _begins(column: str, asked: str, dialect: Dialect, prefix: bool | None = None) -> Clause:
    """The column is `asked`, or begins with it where that ends in a slash (or `prefix` says so)."""
    if asked.endswith("/") if prefix is None else prefix:
        return Clause(f"substr({column}, 1, {len(asked)}) = {dialect.mark}", [asked])
    return Clause(f"{column} = {dialect.mark}", [asked])


def _about(ident: str, dialect: Dialect) -> Clause:
    mark, said = dialect.mark, f'"{ident}"'
    ends = Clause(f"substr(name, length(name) - {len(ident)}) = {mark}", [f"/{ident}"])
    holds = [Clause(f"{dialect.find}({column}, {mark}) > 0", [said]) for column in ("before", "after")]
    return _any([ends, *holds])


def _any(clauses: Sequence[Clause]) -> Clause:
    return Clause(
        " OR ".join(clause.text for clause in clauses) or "1 = 0",
        [value for clause in clauses for value in clause.values],
    )
