"""The refund of an entry before the event starts: each part back the way it was paid."""

from collections.abc import Mapping
from typing import Final

from ..adopted import Price, Profile
from ..commands import Asked, Unregister
from ..entry import Posting
from ..errors import Refusal
from ..state import Part, State, TournamentEntry
from .draft import Draft, Rule, drawer_open, known_tournament, legs, may_take_cash, needs_second, rules_named
from .sales import is_selling, part_legs

__all__ = ["RULES"]

_BACK_TO: Final = {"card": "1015", "bank": "1015", "ticket": "2060", "comp": "5010"}


def _unregister(state: State, asked: Asked, command: Unregister) -> Draft | Refusal:
    """The whole price back, all parts, while registration is open."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    entry = tournament.entries.get(command.entry)
    if entry is None:
        return Refusal("unknown_player_entry", "No such paid entry.", {"entry": command.entry})
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    accounts = [_back_to(part, entry.player, command) for part in entry.parts]
    cash = any(account.startswith("1010/") for account in accounts)
    refused = (
        (cash and (may_take_cash(state) or drawer_open(state, command.drawer or "")))
        or is_selling(tournament, entry.flight)
        or _has_played(entry)
        or _has_a_seat(tournament.awarded, entry.entry)
        or _refund_limit(asked, entry.total_cents, state.profile)
    )
    if refused:
        return refused
    data = {
        "player": entry.player,
        "refund_cents": entry.total_cents,
        "of": [part.seq for part in entry.parts],
    }
    return Draft(_refund(command.tournament, entry, accounts), data, rules_named(state, tournament))


def _has_played(entry: TournamentEntry) -> Refusal | None:
    if entry.out_seq or entry.has_played():
        return Refusal("is_out", "This entry has played: a head was taken.", {"by_seq": entry.out_seq})
    return None


def _has_a_seat(awarded: Mapping[str, tuple[str, int]], entry: str) -> Refusal | None:
    if entry not in awarded:
        return None
    return Refusal("is_out", "This entry won a seat in play.", {"ticket": awarded[entry][0]})


def _back_to(part: Part, player: str, command: Unregister) -> str:
    """A ticket and a comp are given back as such; other money may go to the balance instead."""
    if part.method == "balance" or (command.back_to and part.method not in ("ticket", "comp")):
        return f"2030/{player}"
    return _BACK_TO.get(part.method, f"1010/{command.drawer}")


def _refund(tournament: str, entry: TournamentEntry, accounts: list[str]) -> tuple[Posting, ...]:
    """One leg per account, in the order of the chart of a sale."""
    back: dict[str, int] = {}
    for account, part in zip(accounts, entry.parts, strict=True):
        back[account] = back.get(account, 0) - part.total_cents
    price = Price(
        prize_cents=sum(part.prize_cents for part in entry.parts),
        fee_cents=sum(part.fee_cents for part in entry.parts),
        bounty_cents=sum(part.bounty_cents for part in entry.parts),
        staff_cents=sum(part.staff_cents for part in entry.parts),
    )
    return (*legs(*back.items()), *part_legs(tournament, *[-cents for cents in price.parts.values()]))


def _refund_limit(asked: Asked, cents: int, profile: Profile) -> Refusal | None:
    if asked.role != "cashier":
        return None
    limit = profile.refund_limit_cents
    return needs_second(asked, cents, profile.reverse_limit_cents if limit is None else limit)


RULES: Final[dict[str, Rule]] = {"unregister": _unregister}
