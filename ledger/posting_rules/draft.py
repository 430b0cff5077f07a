"""What a rule makes of a command: a draft of the entry; and the checks that many rules share."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from msgspec import Struct, field

from ..commands import Asked
from ..entry import Entry, Posting
from ..errors import Refusal
from ..limits import is_above
from ..state import State, Tournament

__all__ = [
    "Draft",
    "Rule",
    "StandsOnIt",
    "cash_games_allowed",
    "dependent",
    "drawer_open",
    "known_tournament",
    "legs",
    "may_take_cash",
    "needs_second",
    "nothing_stands",
    "rules_named",
]


class Draft(Struct, frozen=True, gc=False):
    """An entry but for its number and place; `data` is added to what the command said."""

    postings: tuple[Posting, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    rules: Mapping[str, int] = field(default_factory=dict)
    kind: str = ""  # empty: the command's own


Rule: TypeAlias = Callable[[State, Asked, Any], Draft | Refusal]
"""Decides one kind: state, who asks and how, and the command (of the kind it is registered for)."""

StandsOnIt: TypeAlias = Callable[[State, Entry], Refusal | None]
"""Why an entry of its kind can't be reversed now."""


def legs(*moves: tuple[str, int]) -> tuple[Posting, ...]:
    """Postings of these (account, amount), those of zero left out."""
    return tuple([Posting(account, amount) for account, amount in moves if amount])


def known_tournament(state: State, tournament: str) -> Tournament | Refusal:
    """The event, once its rules are adopted."""
    found = state.tournaments.get(tournament)
    if found is None:
        return Refusal(
            "unknown_tournament", "No rules were adopted for this event.", {"tournament": tournament}
        )
    return found


def drawer_open(state: State, drawer: str) -> Refusal | None:
    """Refuses unless a shift runs on this drawer."""
    if state.drawer(drawer).is_open:
        return None
    return Refusal("drawer_closed", "This drawer is closed; open it first.", {"drawer": drawer})


def may_take_cash(state: State) -> Refusal | None:
    """The profile decides whether cash may move at all."""
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    if not state.profile.cash:
        return Refusal("no_cash", "The house profile allows no cash.")
    return None


def cash_games_allowed(state: State) -> Refusal | None:
    """A profile may switch off all that has to do with cash chips."""
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    if not state.profile.cash_games:
        return Refusal("no_cash_games", "The house profile allows no cash games.")
    return None


def needs_second(asked: Asked, amount_cents: int, limit_cents: int) -> Refusal | None:
    """Refuses above the limit where nobody else approved (`decide` has judged who did)."""
    if not is_above(amount_cents, limit_cents) or asked.second is not None:
        return None
    details = {"amount_cents": amount_cents, "limit_cents": limit_cents}
    return Refusal("needs_second", "Above the limit: a second person must approve with their PIN.", details)


def rules_named(state: State, tournament: Tournament | None = None) -> Mapping[str, int]:
    """The adopted versions a decision rests on, by the numbers of their entries."""
    named = {"profile": state.profile_seq} if state.profile_seq else {}
    if tournament is not None:
        named["tournament"] = tournament.rules_seq
    return named


def dependent(why: str, *seqs: int) -> Refusal:
    """Later entries (`seqs`) stand on what was to be reversed."""
    return Refusal("not_reversible", why, {"stands_on_it": list(seqs)})


def nothing_stands(_state: State, _original: Entry) -> Refusal | None:
    """Later entries never rest on this kind."""
    return None
