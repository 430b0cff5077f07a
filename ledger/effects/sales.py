"""Entries come and go with what was sold for them; the pool and each person's stakes follow."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import replace

from ..adopted import PRICE_KINDS
from ..entry import Entry
from ..state import Part, State, Tournament, TournamentEntry
from .effect import Effect, Undo
from .means import spend

__all__ = ["EFFECTS", "UNDO"]

_DAYS_KEPT: Final = 2


def _sale(state: State, entry: Entry) -> None:
    said = entry.data
    price, player, name = said["price"], said["player"], said["entry"]
    tournament = state.tournaments[said["tournament"]]
    part = Part(
        entry.seq, entry.kind, price["prize_cents"], price["fee_cents"], price["bounty_cents"],  # type: ignore[arg-type]
        price["staff_cents"], state.gaming_day(entry.at_ms), said["method"], said.get("ticket", ""),
    )  # fmt: skip
    if not tournament.entries:
        tournament.day = part.day
    found = tournament.entries.get(name)
    if found is None:
        tournament.add(
            TournamentEntry(name, player, [part], part.bounty_cents, flight=said.get("flight", ""))
        )
    else:
        found.parts.append(replace(part, revives=found.out_seq))
        found.head_cents += part.bounty_cents
        found.out_seq = 0
    spend(state, said, part.total_cents, entry.seq)
    _count(state, tournament, player, part, 1)


def _unregister(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    gone = tournament.remove(entry.data["entry"])
    for part in gone.parts:
        if part.ticket:
            spend(state, {"ticket": part.ticket}, 0, 0)
        _count(state, tournament, gone.player, part, -1)


def _take_back(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    """One part of an entry is gone; without its first part the entry is."""
    tournament = state.tournaments[undone["tournament"]]
    found = tournament.entries[undone["entry"]]
    part = next(part for part in found.parts if part.seq == undone["seq"])
    found.parts.remove(part)
    found.head_cents -= part.bounty_cents
    found.out_seq = part.revives
    if not found.parts:
        tournament.remove(undone["entry"])
    spend(state, undone, -part.total_cents, 0)
    _count(state, tournament, found.player, part, -1)


def _count(state: State, tournament: Tournament, player: str, part: Part, sign: int) -> None:
    total_cents = sign * part.total_cents
    tournament.pool_cents += sign * part.prize_cents
    tournament.taken_cents += total_cents
    tournament.costs_cents += sign * (part.fee_cents + part.staff_cents)
    tournament.bounties_cents += sign * part.bounty_cents
    on_day = state.stakes.get(part.day)
    if on_day is None and sign > 0:
        on_day = state.stakes[part.day] = {}
        for day in sorted(state.stakes)[:-_DAYS_KEPT]:
            del state.stakes[day]
    if on_day is not None:
        on_day[player] = on_day.get(player, 0) + total_cents


EFFECTS: Final[dict[str, Effect]] = {
    "buy_in": _sale,
    "re_entry": _sale,
    "rebuy": _sale,
    "add_on": _sale,
    "dealer_add_on": _sale,
    "unregister": _unregister,
}
UNDO: Final[dict[str, Undo]] = dict.fromkeys(PRICE_KINDS, _take_back)
