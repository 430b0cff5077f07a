"""The book: state derived from entries, and the way from a command to its entry.

`apply` is the only way state changes, and it looks at the entry alone; so a book replayed from number 1
is the book that was. `decide` and `draw_up` change nothing.
"""

from collections.abc import Callable
from typing import Final

from .accounts import LIABILITIES, number_of
from .adopted import Profile, TournamentRules
from .chain import OPEN_TERM, Link, Tip, extend
from .commands import Asked, Reverse
from .entry import Entry
from .errors import Refusal
from .limits import gaming_day
from .posting_rules import Draft, decide
from .state import Drawer, Part, Prize, State, Tournament, TournamentEntry
from .terms import term_of

__all__ = ["Book"]

_DAYS_KEPT: Final = 2
Find = Callable[[int], Entry | None]


class Book:
    """`find` reads an entry by number from wherever the entries are kept."""

    def __init__(self, venue: str, find: Find) -> None:
        self.state = State(Tip.start(venue))
        self._find = find

    @property
    def tip(self) -> Tip:
        """The last entry's place."""
        return self.state.tip

    def decide(self, asked: Asked) -> Draft | Refusal:
        """What the rules say, now."""
        command = asked.read.command
        original = self._find(command.seq) if isinstance(command, Reverse) else None
        return decide(self.state, asked, original)

    def draw_up(self, asked: Asked, draft: Draft) -> Link:
        """The entry of a decision, numbered and chained behind the last. Raises ChainBroken (a bug)."""
        read, tip = asked.read, self.tip
        entry = Entry(
            tip.venue, tip.term, tip.seq + 1, max(asked.at_ms, tip.at_ms), draft.kind or read.command.kind,
            asked.key, asked.person, asked.device, read.content, draft.rules, draft.postings,
            {**read.data, **draft.data},
        )  # fmt: skip
        return extend(tip, entry)

    def apply(self, link: Link) -> None:
        """The state after this entry. `link` must follow the last; `chain` has made sure."""
        entry, state = link.entry, self.state
        for account, amount in entry.postings:
            state.balances[account] = state.balance(account) + amount
        effect = _EFFECTS.get(entry.kind)
        if effect is not None:
            effect(state, entry)
        state.tip = link.tip

    def balances(self) -> dict[str, int]:
        """Account → cents, debit positive; accounts at zero left out."""
        return {account: cents for account, cents in sorted(self.state.balances.items()) if cents}

    def liability_cents(self) -> int:
        """What the house owes now."""
        return -sum(
            cents for account, cents in self.state.balances.items() if number_of(account) in LIABILITIES
        )

    def cash_cents(self) -> int:
        """What the house holds in cash."""
        return sum(
            cents for account, cents in self.state.balances.items() if number_of(account) in ("1000", "1010")
        )


def _open_term(state: State, entry: Entry) -> None:
    term = term_of(entry)
    state.terms.append(term)
    state.currency = term.currency


def _adopt_profile(state: State, entry: Entry) -> None:
    state.profile = Profile.model_validate_json(entry.data["profile"])
    state.profile_seq = entry.seq


def _adopt_tournament(state: State, entry: Entry) -> None:
    rules = TournamentRules.model_validate_json(entry.data["rules"])
    found = state.tournaments.get(entry.data["tournament"])
    if found is None:
        state.tournaments[entry.data["tournament"]] = Tournament(rules, entry.seq)
    else:
        found.rules, found.rules_seq = rules, entry.seq


def _open_drawer(state: State, entry: Entry) -> None:
    drawer = state.drawers.setdefault(entry.data["drawer"], Drawer())
    drawer.is_open, drawer.shift, drawer.person = True, entry.data["shift"], entry.person


def _close_drawer(state: State, entry: Entry) -> None:
    state.drawers[entry.data["drawer"]].is_open = False


def _sale(state: State, entry: Entry) -> None:
    said, price = entry.data, entry.data["price"]
    tournament = state.tournaments[said["tournament"]]
    part = Part(
        entry.seq, entry.kind, price["prize_cents"], price["fee_cents"], price["bounty_cents"],  # type: ignore[arg-type]
        price["staff_cents"], gaming_day(entry.at_ms),
    )  # fmt: skip
    found = tournament.entries.get(said["entry"])
    if found is None:
        tournament.add(TournamentEntry(said["entry"], said["player"], [part]))
    else:
        found.parts.append(part)
    _count(state, tournament, said["player"], part, 1)


def _unregister(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    gone = tournament.remove(entry.data["entry"])
    for part in gone.parts:
        _count(state, tournament, gone.player, part, -1)


def _close_registration(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    tournament.state, tournament.closed_seq = "closed", entry.seq
    tournament.pool_cents = entry.data["pool_cents"]


def _confirm_result(state: State, entry: Entry) -> None:
    tournament = state.tournaments[entry.data["tournament"]]
    tournament.state, tournament.confirmed_seq = "confirmed", entry.seq
    for player, life, place, cents in entry.data["due"]:
        tournament.prizes[place, player] = Prize(player, life, place, cents, entry.seq)


def _pay_prize(state: State, entry: Entry) -> None:
    said = entry.data
    tournament = state.tournaments[said["tournament"]]
    tournament.prizes[said["place"], said["player"]].paid_cents += said["amount"]["amount"]


def _reverse(state: State, entry: Entry) -> None:
    undone = entry.data["undoes"]
    state.reversed[undone["seq"]] = entry.seq
    tournament = state.tournaments.get(undone.get("tournament", ""))
    if tournament is None:
        return
    kind = undone["kind"]
    if kind == "pay_prize":
        paid = sum(posting.amount for posting in entry.postings if posting.amount > 0)
        tournament.prizes[undone["place"], undone["player"]].paid_cents -= paid
    elif kind == "confirm_result":
        tournament.state, tournament.confirmed_seq = "closed", 0
        tournament.prizes.clear()
    elif kind == "close_registration":
        tournament.state, tournament.closed_seq = "selling", 0
        tournament.pool_cents -= sum(posting.amount for posting in entry.postings if posting.amount > 0)
    elif kind != "suspense":
        _take_back(state, tournament, undone["entry"], undone["seq"])


def _take_back(state: State, tournament: Tournament, name: str, seq: int) -> None:
    """One part of an entry is gone; without its first part the entry is."""
    found = tournament.entries[name]
    part = next(part for part in found.parts if part.seq == seq)
    found.parts.remove(part)
    if not found.parts:
        tournament.remove(name)
    _count(state, tournament, found.player, part, -1)


def _count(state: State, tournament: Tournament, player: str, part: Part, sign: int) -> None:
    tournament.pool_cents += sign * part.prize_cents
    tournament.bounties_cents += sign * part.bounty_cents
    if part.day not in state.stakes and sign > 0:
        state.stakes[part.day] = {}
        for day in sorted(state.stakes)[:-_DAYS_KEPT]:
            del state.stakes[day]
    if part.day in state.stakes:
        on_day = state.stakes[part.day]
        on_day[player] = on_day.get(player, 0) + sign * part.total_cents


_EFFECTS: Final = {
    OPEN_TERM: _open_term,
    "adopt_profile": _adopt_profile,
    "adopt_tournament": _adopt_tournament,
    "open_drawer": _open_drawer,
    "close_drawer": _close_drawer,
    "buy_in": _sale,
    "re_entry": _sale,
    "rebuy": _sale,
    "add_on": _sale,
    "unregister": _unregister,
    "close_registration": _close_registration,
    "confirm_result": _confirm_result,
    "pay_prize": _pay_prize,
    "reverse": _reverse,
}
