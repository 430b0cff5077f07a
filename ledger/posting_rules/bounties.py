"""Bounties: a head taken, shared, paid at once or due; the heads nobody took at the end.

A head lies in 2020 until it is taken; what of it is won in cash is then paid (2020 to the means) or due
(2070); what of it goes onto the winners' heads stays in 2020.
"""

from typing import Final

from ..commands import Asked, EndBounties, KnockOut, PayBounty, WonByOthers
from ..entry import Entry, Posting
from ..errors import Refusal
from ..prizes.apportion import apportion
from ..prizes.bounties import share_head
from ..state import State, Tournament
from .draft import (
    Draft,
    Rule,
    StandsOnIt,
    dependent,
    drawer_open,
    known_tournament,
    legs,
    nothing_stands,
    rules_named,
)
from .means import account_of_means, may_use

__all__ = ["REVERSIBLE", "RULES", "marker_due", "may_book", "paid_since", "who_is_wrong", "won_legs"]

_ALL_CASH: Final = 10_000
Share = tuple[str, str, int, int]
"""Entry, player, cents in cash, cents onto the own head."""


def _knock_out(state: State, _asked: Asked, command: KnockOut) -> Draft | Refusal:
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    refused = (
        may_book(state, tournament, command)
        or who_is_wrong(tournament, command)
        or _no_head(tournament, command.entry)
    )
    if refused:
        return refused
    head = tournament.entries[command.entry].head_cents
    shares = _shares(tournament, command, head)
    if command.method == "cash" and state.credit(shares[0][1]).due_cents:
        return marker_due(shares[0][1])
    postings = won_legs(command, shares)
    data = {"head_cents": head, "shares": [list(share) for share in shares]}
    if len(shares) == 1:
        data["player"] = shares[0][1]
    return Draft(postings, data, rules_named(state, tournament))


def marker_due(player: str) -> Refusal:
    """Nothing is paid at once to who owes the house."""
    why = "The winner owes a marker: book the bounty as due, and set off when it is paid."
    return Refusal("marker_due", why, {"player": player})


def may_book(state: State, tournament: Tournament, command: WonByOthers) -> Refusal | None:
    """Whether it may be paid the way the command says, now."""
    if state.profile is None:
        return Refusal("not_adopted", "No house profile was adopted yet.")
    if command.method is None:
        return None
    return (
        may_use(state, command.method)
        or _may_pay(state, tournament)
        or (drawer_open(state, command.drawer or "") if command.method == "cash" else None)
    )


def _may_pay(state: State, tournament: Tournament) -> Refusal | None:
    if state.profile is None or state.profile.pay_during_play or tournament.state == "confirmed":
        return None
    return Refusal("not_confirmed", "Here nothing is paid before the event has ended; book it as due.")


def who_is_wrong(tournament: Tournament, command: WonByOthers) -> Refusal | None:
    """Somebody who is no paid entry, is out already, or takes their own without having won the event."""
    for name in (command.entry, *command.by):
        if name not in tournament.entries:
            return Refusal("unknown_player_entry", "There is no such paid entry.", {"entry": name})
    out = tournament.entries[command.entry]
    if out.out_seq:
        return Refusal("is_out", "This entry is out already.", {"by_seq": out.out_seq})
    own = any(tournament.entries[name].player == out.player for name in command.by)
    won = command.entry in tournament.first_entries()
    if own != won or (won and command.by != [command.entry]):
        return Refusal("own_head", "Only the winner of the event takes the winner's head, after the result.")
    return None


def _no_head(tournament: Tournament, entry: str) -> Refusal | None:
    if tournament.rules.bounty == "mystery":
        return Refusal("is_mystery", "This event's bounties are in envelopes; draw one.")
    if tournament.entries[entry].head_cents == 0:
        return Refusal("no_bounty", "There is no bounty on this head.")
    return None


def _shares(tournament: Tournament, command: KnockOut, head: int) -> list[Share]:
    """A head that can't be played for any more takes nothing: its owner is out, or the event is over."""
    rules, over = tournament.rules, tournament.state == "confirmed"
    winners = [tournament.entries[name] for name in command.by]
    cash_bp = rules.bounty_cash_bp if rules.bounty == "progressive" else _ALL_CASH
    shared = share_head(head, [not over and not winner.out_seq for winner in winners], cash_bp)
    return [
        (winner.entry, winner.player, cash, onto)
        for winner, (cash, onto) in zip(winners, shared, strict=True)
    ]


def won_legs(command: WonByOthers, shares: list[Share]) -> tuple[Posting, ...]:
    """What is won leaves 2020, to the means or to what is due."""
    total = sum(cash for _, _, cash, _ in shares)
    taken = (f"2020/{command.tournament}", total)
    if command.method == "cash":
        return legs(taken, (f"1010/{command.drawer}", -total))
    if command.method == "balance":
        return legs(taken, (f"2030/{shares[0][1]}", -total))
    return legs(taken, *((f"2070/{command.tournament}", -cash) for _, _, cash, _ in shares))


def _pay_bounty(state: State, _asked: Asked, command: PayBounty) -> Draft | Refusal:
    """Never beyond what is due."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    account = account_of_means(state, command)
    if isinstance(account, Refusal):
        return account
    refused = _may_pay(state, tournament)
    if refused:
        return refused
    due, cents = tournament.bounty_due_cents(command.player), command.amount.amount
    if due == 0:
        return Refusal("nothing_due", "No bounty is due to this player.")
    if cents > due:
        details = {"due_cents": due, "amount_cents": cents}
        return Refusal("over_due", "That is more than what is due.", details)
    postings = legs((f"2070/{command.tournament}", cents), (account, -cents))
    return Draft(postings, {"due_after_cents": due - cents}, rules_named(state, tournament))


def _end_bounties(state: State, _asked: Asked, command: EndBounties) -> Draft | Refusal:
    """First place takes what stands; who shares first place shares it, odd cents to who is named first."""
    tournament = known_tournament(state, command.tournament)
    if isinstance(tournament, Refusal):
        return tournament
    if tournament.state != "confirmed":
        return Refusal("not_confirmed", "The result of this event is not confirmed yet.")
    heads = [(entry.entry, entry.head_cents) for entry in tournament.entries.values() if entry.head_cents]
    envelopes = [[cents, count] for cents, count in tournament.envelopes.items()]
    if not heads and not envelopes:
        return Refusal("no_bounty", "Every head was taken.")
    first = [tournament.entries[name] for name in tournament.first_entries()]
    left = sum(head for _, head in heads) + tournament.envelopes_cents()
    cents = apportion(left, [1] * len(first))
    shares = [[entry.entry, entry.player, won, 0] for entry, won in zip(first, cents, strict=True)]
    postings = legs(
        (f"2020/{command.tournament}", sum(cents)), *((f"2070/{command.tournament}", -won) for won in cents)
    )
    data: dict[str, object] = {"heads": [list(head) for head in heads], "shares": shares}
    if envelopes:
        data["envelopes"] = envelopes
    return Draft(postings, data, rules_named(state, tournament))


def _knock_out_stands(state: State, original: Entry) -> Refusal | None:
    """Nobody bought back in, no winner's head went on, and nothing that was due is paid."""
    tournament = state.tournaments[original.data["tournament"]]
    out = tournament.entries[original.data["entry"]]
    if out.out_seq != original.seq:
        return dependent("This player bought in again since.")
    for name, _, _, onto in original.data["shares"]:
        winner = tournament.entries.get(name)
        if onto and (winner is None or winner.out_seq or winner.head_cents < onto):
            return dependent("The winner's own head was taken since.", winner.out_seq if winner else 0)
    return None if original.data.get("method") else paid_since(tournament, original)


def _end_stands(state: State, original: Entry) -> Refusal | None:
    return paid_since(state.tournaments[original.data["tournament"]], original)


def paid_since(tournament: Tournament, original: Entry) -> Refusal | None:
    """Refuses where less is due now to somebody than this entry made due."""
    won: dict[str, int] = {}  # a player may share with two entries
    for _, player, cash, _ in original.data["shares"]:
        won[player] = won.get(player, 0) + cash
    if any(tournament.bounty_due_cents(player) < cents for player, cents in won.items()):
        return dependent("This bounty is paid; reverse the payment first.")
    return None


RULES: Final[dict[str, Rule]] = {
    "knock_out": _knock_out,
    "pay_bounty": _pay_bounty,
    "end_bounties": _end_bounties,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {
    "knock_out": _knock_out_stands,
    "pay_bounty": nothing_stands,
    "end_bounties": _end_stands,
}
