"""The book: state derived from entries, and the way from a command to its entry.

`apply` is the only way state changes, and it looks at the entry alone; so a book replayed from number 1
is the book that was. `decide` and `draw_up` change nothing.
"""

from collections.abc import Callable, Sequence

from .chain import Link, Tip
from .commands import Asked, Reverse
from .effects import take_effect
from .entry import Entry
from .errors import Refusal
from .posting_rules import Draft, decide
from .state import State
from .thresholds import cash_cents

__all__ = ["Book"]

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

    def draw_up(self, asked: Asked, draft: Draft) -> Entry:
        """The entry of a decision, numbered behind the last. Raises EntryInvalid (a bug)."""
        read, tip = asked.read, self.tip
        return Entry(
            venue=tip.venue, term=tip.term, seq=tip.seq + 1, at_ms=max(asked.at_ms, tip.at_ms),
            kind=draft.kind or read.command.kind, key=asked.key, person=asked.person, device=asked.device,
            content=read.content, rules=draft.rules, postings=draft.postings,
            data={**read.data, **draft.data},
        )  # fmt: skip

    def go_on(self, entry: Entry) -> None:
        """The state after an entry that was drawn up. Its hash comes later, for those of a commit in one go:
        until `chained` says how far they reach, the last one's hash is empty.
        """
        self.apply_all([entry], Tip(entry.venue, entry.term, entry.seq, b"", entry.at_ms))

    def chained(self, tip: Tip) -> None:
        """Where those end that the book went on by."""
        self.state.tip = tip

    def apply(self, link: Link) -> None:
        """The state after this entry. `link` must follow the last; `chain` has made sure."""
        self.apply_all([link.entry], link.tip)

    def apply_all(self, entries: Sequence[Entry], tip: Tip) -> None:
        """As `apply`, of a run that ends at `tip`."""
        state = self.state
        balances = state.balances
        for entry in entries:
            cash_cents = 0
            for leg in entry.postings:
                account, amount = leg.account, leg.amount
                balances[account] = balances.get(account, 0) + amount
                if account.startswith("1010/"):
                    cash_cents += amount
            take_effect(state, entry, cash_cents)
        state.tip = tip

    def tell(self, entry: Entry) -> None:
        """What this entry changes besides balances, where those are added up elsewhere.

        Cash by gaming day proves nothing and is left out, unless it may not even be counted.
        """
        told = type(entry.data.get("player", "")) is str and "undoes" not in entry.data
        take_effect(self.state, entry, 0 if told else cash_cents(entry.postings))

    def balances(self) -> dict[str, int]:
        """Account → cents, debit positive; accounts at zero left out."""
        return {account: cents for account, cents in sorted(self.state.balances.items()) if cents}

    def liability_cents(self) -> int:
        """What the house owes now."""
        return self.state.liability_cents

    def cash_cents(self) -> int:
        """What the house holds in cash."""
        return self.state.cash_cents
