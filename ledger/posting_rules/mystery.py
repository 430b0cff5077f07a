"""Envelopes: filled once from all bounty parts, then drawn one by one, each for who went out.

What lies in them stays in 2020 until it is drawn; what is drawn is paid (2020 to the means) or due (2070).
"""

from typing import Final

from ..commands import Asked, DrawEnvelope, SealEnvelopes
from ..entry import Entry
from ..errors import Refusal
from ..prizes.bounties import share_head
from ..prizes.envelopes import envelopes_cents, envelopes_of
from ..state import State, Tournament
from .bounties import marker_due, may_book, paid_since, who_is_wrong, won_legs
from .draft import Draft, Rule, StandsOnIt, dependent, known_tournament, rules_named

__all__ = ["REVERSIBLE", "RULES"]

_ALL_CASH: Final = 10_000


def _seal_envelopes(state: State, _asked: Asked, command: SealEnvelopes) -> Draft | Refusal:
    """After the close, which settles what there is; once."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if tournament.rules.bounty != "mystery":
        return Refusal("no_mystery", "This event has no envelopes; its bounties are on heads.")
    if tournament.state == "selling":
        return Refusal("registration_open", "Close the registration first: it settles the bounties.")
    if tournament.sealed_seq:
        why = "The envelopes are sealed already."
        return Refusal("already_sealed", why, {"seq": tournament.sealed_seq})
    if any(entry.has_played() for entry in tournament.entries.values()):
        return Refusal("is_out", "A head was taken already; envelopes hold all of the bounties.")
    sealed, there = envelopes_cents(envelopes_of(command.envelopes)), tournament.heads_cents()
    if sealed != there:
        details = {"sealed_cents": sealed, "should_be_cents": there}
        return Refusal(
            "envelopes_wrong", "The envelopes are not all the bounties that were paid in.", details
        )
    return Draft((), {"sealed_cents": sealed}, rules_named(state, tournament))


def _draw_envelope(state: State, _asked: Asked, command: DrawEnvelope) -> Draft | Refusal:
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    cents = command.amount.amount
    refused = (
        may_book(state, tournament, command)
        or who_is_wrong(tournament, command)
        or _no_envelope(tournament, cents)
    )
    if refused:
        return refused
    winners = [tournament.entries[name] for name in command.by]
    if command.method == "cash" and state.credit(winners[0].player).due_cents:
        return marker_due(winners[0].player)
    halves = share_head(cents, [False] * len(winners), _ALL_CASH)
    shares = [(won.entry, won.player, cash, 0) for won, (cash, _) in zip(winners, halves, strict=True)]
    data = {
        "shares": [list(share) for share in shares],
        "envelopes_left": sum(tournament.envelopes.values()) - 1,
        **({"player": winners[0].player} if len(winners) == 1 else {}),
    }
    return Draft(won_legs(command, shares), data, rules_named(state, tournament))


def _no_envelope(tournament: Tournament, cents: int) -> Refusal | None:
    if tournament.rules.bounty != "mystery":
        return Refusal("no_mystery", "This event has no envelopes; its bounties are on heads.")
    if tournament.envelopes.get(cents):
        return None
    details = {"worth_cents": cents, "left": sum(tournament.envelopes.values())}
    return Refusal("no_envelope", "No envelope of this worth is left.", details)


def _seal_stands(state: State, original: Entry) -> Refusal | None:
    tournament = state.tournaments[original.data["tournament"]]
    sealed = envelopes_of((cents, count) for cents, count in original.data["envelopes"])
    if tournament.envelopes != sealed or tournament.first_heads:
        return dependent("An envelope was drawn since.", *tournament.first_heads)
    return None


def _draw_stands(state: State, original: Entry) -> Refusal | None:
    """What was due is not paid, and nobody else got what was left."""
    tournament = state.tournaments[original.data["tournament"]]
    own = original.data["by"] == [original.data["entry"]]
    given = [seq for seq in tournament.first_heads if not (own and seq == original.seq)]
    if given:
        return dependent("First place took what was left on this; reverse that first.", *given)
    return None if original.data.get("method") else paid_since(tournament, original)


RULES: Final[dict[str, Rule]] = {"seal_envelopes": _seal_envelopes, "draw_envelope": _draw_envelope}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"seal_envelopes": _seal_stands, "draw_envelope": _draw_stands}
