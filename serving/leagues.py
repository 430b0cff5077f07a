"""`/api/v1/leagues…`: seasons, their tables, a formula somebody tries, a player's own ranks."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from pydantic import Field

from crdt_models.documents.catalogue import MANAGERS, STAFF
from crdt_models.documents.leagues import FormulaText
from crdt_models.documents.typed import many
from crdt_models.rules.leagues.points import Ranked
from crdt_models.rules.leagues.published_formulas import PUBLISHED
from crdt_models.rules.names import player_names

from .league_tables import LeagueTables, SeasonTable
from .operations import ANYONE, Call, Operation
from .problems import Body, Problem
from .rooms import Rooms
from .tokens import SignIn

__all__ = ["ROWS_MAX", "League", "league_operations", "table_told"]

ROWS_MAX: Final = 2_000
"""Rows of a table that are told, the best; `ranked` says how many there are."""
League = tuple[Rooms, LeagueTables]


class Trial(Body):
    """A formula to try, not kept."""

    text: Annotated[str, Field(min_length=1, max_length=2_000)]


def league_operations(league_of: Callable[[SignIn], Awaitable[League]]) -> list[Operation]:
    """`league_of`: rooms and tables of the sign-in's venue."""

    async def seasons(call: Call) -> dict[str, Any]:
        rooms, tables = await league_of(call.sign_in)
        found = await tables.seasons()
        own = many(await rooms.facts("leagues"), "formula/", FormulaText)
        return {
            "seasons": [
                {"season": ident, "name": season.name, "formula": season.formula}
                for ident, season in sorted(found.items(), reverse=True)  # the newest first
            ],
            "formulas": [
                *({"formula": ident, "name": one.name, "text": one.text, "source": None}
                  for ident, one in own.items()),
                *({"formula": ident, "name": one.name, "text": one.text, "source": one.source}
                  for ident, one in PUBLISHED.items() if ident not in own),
            ],
        }  # fmt: skip

    async def table(call: Call) -> dict[str, Any]:
        rooms, tables = await league_of(call.sign_in)
        return await table_told(rooms, await _table(tables, call))

    async def trial(call: Call) -> dict[str, Any]:
        rooms, tables = await league_of(call.sign_in)
        found = await _table(tables, call, call.of(Trial).text)
        if found.trouble is not None:
            details = {"code": found.trouble.code, "column": found.trouble.column}
            raise Problem(422, "formula_invalid", str(found.trouble), details)
        return await table_told(rooms, found)

    async def mine(call: Call) -> dict[str, Any]:
        _, tables = await league_of(call.sign_in)
        found = [await tables.table(ident) for ident in sorted(await tables.seasons(), reverse=True)]
        return {"seasons": [_mine(one, call.sign_in.person) for one in found if one is not None]}

    problems = {404: "no_season"}
    return [
        Operation(
            "GET", "/api/v1/leagues", "Seasons, and formulas to choose from", seasons, STAFF, elsewhere=True
        ),
        Operation(
            "GET", "/api/v1/leagues/mine", "A player's own rank in each season", mine, ANYONE, elsewhere=True
        ),
        Operation(
            "GET", "/api/v1/leagues/{season}", "A season's table, made of the results of now", table, STAFF,
            elsewhere=True, problems=problems,
        ),
        Operation(
            "POST", "/api/v1/leagues/{season}/trial", "The table as it would be by another formula", trial,
            MANAGERS, Trial, elsewhere=True, problems={**problems, 422: "formula_invalid"},
        ),
    ]  # fmt: skip


async def table_told(rooms: Rooms, table: SeasonTable) -> dict[str, Any]:
    """As JSON, with display names; who has none any more is told as such."""
    name = player_names(await rooms.facts("roster"))
    trouble = table.trouble
    return {
        "season": table.ident,
        "name": table.season.name,
        "formula": table.season.formula,
        "text": table.formula.text if table.formula else None,
        "trouble": trouble and {"code": trouble.code, "column": trouble.column, "message": str(trouble)},
        "events": [
            {"tournament": one.event, "name": one.name, "starts_ms": one.starts_ms, "entries": one.entries,
             "players": one.players, "pool_cents": one.pool_cents, "buy_in_cents": one.buy_in_cents,
             "paid": one.paid, "rebuys": one.rebuys}
            for one in table.results
        ],
        "waiting": list(table.waiting),
        "ranked": sum(row.rank is not None for row in table.rows),
        "rows": [_row(row, name(row.player)) for row in table.rows[:ROWS_MAX]],
    }  # fmt: skip


async def _table(tables: LeagueTables, call: Call, text: str | None = None) -> SeasonTable:
    found = await tables.table(call.path("season"), text)
    if found is None:
        raise Problem(404, "no_season", "There is no such season.")
    return found


def _row(row: Ranked, name: str) -> dict[str, Any]:
    return {
        "player": row.player,
        "name": name,
        **_ranks(row),
        "wins": row.wins,
        "hits": row.hits,
        "scores": [
            {"tournament": score.event, "place": score.place, "place_to": score.place_to,
             "points_millionths": score.millionths, "counts": score.counts}
            for score in row.scores
        ],
    }  # fmt: skip


def _mine(table: SeasonTable, player: str) -> dict[str, Any]:
    own = next((row for row in table.rows if row.player == player), None)
    ranked = sum(row.rank is not None for row in table.rows)
    said = {"season": table.ident, "name": table.season.name, "ranked": ranked}
    return {**said, **(_ranks(own) if own else {"rank": None, "rank_to": None, "points_millionths": None})}


def _ranks(row: Ranked) -> dict[str, Any]:
    return {"rank": row.rank, "rank_to": row.rank_to, "points_millionths": row.millionths}
