"""`GET /api/v1/seasons/{venue}/{season}`: a season over several rooms, for the staff of those in it."""

from typing import Any, Final

from crdt_models.documents.catalogue import STAFF
from crdt_models.rules.leagues.points import Ranked
from serving.operations import Call, Operation
from serving.problems import Problem

from ..joint_seasons import JointSeason, JointSeasons

__all__ = ["ROWS_MAX", "season_operations"]

ROWS_MAX: Final = 2_000
"""Best rows told."""


def season_operations(joint: JointSeasons) -> list[Operation]:
    """One look. Who is in none of its rooms learns not even that there is such a season."""

    async def season(call: Call) -> dict[str, Any]:
        found = await joint.table(call.path("venue"), call.path("season"))
        state = None if found is None else found.rooms.get(call.sign_in.venue)
        if found is None or state is None:
            raise Problem(404, "no_season", "There is no such season.")
        return _told(found)

    return [
        Operation(
            "GET", "/api/v1/seasons/{venue}/{season}", "A season over several rooms", season, STAFF,
            elsewhere=True, problems={404: "no_season"},
        )
    ]  # fmt: skip


def _told(season: JointSeason) -> dict[str, Any]:
    trouble = season.trouble
    return {
        "season": season.ident,
        "venue": season.home.id,
        "name": season.season.name,
        "text": season.text,
        "trouble": trouble and {"code": trouble.code, "column": trouble.column, "message": str(trouble)},
        "rooms": [
            {"venue": venue, "name": name, "state": state} for venue, (name, state) in season.rooms.items()
        ],
        "events": [
            {"tournament": one.event, "name": one.name, "entries": one.entries, "players": one.players}
            for one in season.results
        ],
        "waiting": season.waiting,
        "rows": [_row(row, season.names[row.player]) for row in season.rows[:ROWS_MAX]],
    }


def _row(row: Ranked, name: str) -> dict[str, Any]:
    return {
        "player": row.player, "name": name, "rank": row.rank, "rank_to": row.rank_to,
        "points_millionths": row.millionths, "results": len(row.scores),
    }  # fmt: skip
