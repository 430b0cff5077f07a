"""The waitlist board: every list with its tables, open seats, who waits and who is called."""

from ...documents.floor import Waitlist
from ...documents.typed import many
from ...facts import FactReader, Json
from ..names import player_names, table_numbers
from ..waitlist import going_tables, open_cash_seats, waiting

__all__ = ["waitlist_view"]


def waitlist_view(floor: FactReader, config: FactReader, roster: FactReader) -> dict[str, Json]:
    """All lists by name, one without names or tables on it too. JSON: `views.py`."""
    name, number = player_names(roster), table_numbers(config)

    def row(ident: str, waitlist: Waitlist) -> Json:
        line = waiting(floor, ident)
        calls = [(place, place.call) for place in line if place.call is not None]
        return {
            "list": ident,
            "name": waitlist.name,
            "start_number": waitlist.start_number,
            "tables": len(going_tables(floor, ident)),
            "open_seats": len(open_cash_seats(floor, config, ident)),
            "waiting": [
                {"name": name(place.player), "state": place.state} for place in line if place.call is None
            ],
            "calls": [
                {
                    "name": name(place.player),
                    "table": number(call.table),
                    "seat": call.seat,
                    "until_ms": call.until_ms,
                }
                for place, call in calls
            ],
        }

    lists = many(floor, "list/", Waitlist)
    order = sorted(lists, key=lambda ident: (lists[ident].name.casefold(), ident))
    return {"view": "waitlist", "lists": [row(ident, lists[ident]) for ident in order]}
