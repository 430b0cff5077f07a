"""An event with two flights at random, restarts and reversals, beside a notebook that knows no accounts.

Laws: the ledger posts exactly what the notebook has no objection to and refuses with one of its objections;
every balance is the notebook's, so the pool is what all flights brought less what they were paid; what is due
in flights and in the event is together the pool; the reversal of the last entry leaves all as it was; a
replay is the same book.
"""

import os
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.checkpoint import checkpoint_bytes, read_checkpoint
from ledger.errors import KeyReused
from ledger.journal import Posted
from ledger.posting_rules import amounts_now
from ledger.settlement import left_open
from tests.ledger.flight_notebook import FLOAT, GUARANTEE, MIN_CASH, FlightNotebook
from tests.ledger.till import PRICES, PROFILE, RULES, Till

flights = st.sampled_from(["a", "a", "b", "b", "c"])
NAMES = ["ann", "bob", "cid", "dan", "eve", "flo", "gus", "hal"]
players = st.sampled_from(NAMES)
entries = st.sampled_from([f"x{n}" for n in range(14)])
rarely = st.sampled_from([True, False, False, False])
NAMED = {"ids": ["a", "b"], "entries_per_player": 2, "field_bp": 5_000}


class Weekend(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="felt-flights-")
        self.till = Till(Path(self.folder.name))
        self.notebook = self.before = FlightNotebook()
        self.last = ""
        self.till.post("adopt_profile", profile={**PROFILE, "payout_limit_cents": 10**9})
        rules = {
            **RULES,
            "entries_per_player": 3,
            "guarantee_cents": GUARANTEE,
            "flights": NAMED,
            "payout": {**RULES["payout"], "min_cash_cents": MIN_CASH},
        }
        self.till.post("adopt_tournament", tournament="t", rules=rules)
        self.till.post("vault_in", amount=FLOAT)
        self.till.post("open_drawer", drawer="d", amount=FLOAT)

    @initialize(first=st.integers(2, 6))
    def somebody_comes(self, first: int) -> None:
        for n, player in enumerate(NAMES):
            paid: dict[str, Any] = {"method": "cash", "amount": PRICES["buy_in"]}
            self.ask("buy_in", player=player, entry=f"x{n}", flight="a" if n < first else "b", **paid)

    def teardown(self) -> None:
        self.till.journal.close()
        self.folder.cleanup()

    def ask(self, kind: str, **fields: Any) -> None:
        said = {"kind": kind, **fields}
        before = deepcopy(self.notebook)
        objections = self.notebook.objections(said)
        extra = {"drawer": "d"} if kind != "close_flight" else {}
        (outcome,) = self.till.journal.commit([self.till.asking(kind, tournament="t", **fields, **extra)])
        assert not isinstance(outcome, KeyReused)
        if isinstance(outcome, Posted):
            assert not objections, (outcome, objections)
            self.before, self.last = before, kind
        else:
            assert outcome.refusal.code in objections, (outcome, objections)

    @rule(
        kind=st.sampled_from(["buy_in", "buy_in", "re_entry"]), player=players, entry=entries, flight=flights
    )
    def enters(self, kind: str, player: str, entry: str, flight: str) -> None:
        self.ask(kind, player=player, entry=entry, flight=flight, method="cash", amount=PRICES[kind])

    @rule(player=players, entry=entries)
    def buys_more(self, player: str, entry: str) -> None:
        life = self.notebook.lives.get(entry)
        whose = life.player if life else player
        self.ask("rebuy", player=whose, entry=entry, method="cash", amount=PRICES["rebuy"])

    @rule(entry=entries, now=rarely)
    def leaves(self, entry: str, now: bool) -> None:
        if now:
            self.ask("unregister", entry=entry, reason="ill")

    @rule(flight=st.sampled_from(["a", "b"]), now=rarely)
    def flight_closes(self, flight: str, now: bool) -> None:
        if now:
            self.ask("close_flight", flight=flight)

    @precondition(lambda self: self.notebook.shut)
    @rule(data=st.data(), flight=st.sampled_from(["a", "b"]), off=st.sampled_from([0, 0, 0, 1]))
    def flight_pays(self, data: st.DataObject, flight: str, off: int) -> None:
        there = [[life.player, name] for name, life in self.notebook.lives.items() if life.flight == flight]
        last = len(there) // 2 + off
        most = max(1, last - 1)
        named = data.draw(st.permutations(there or [["ann", "x0"]]))[: data.draw(st.integers(1, most))]
        first = max(1, last - len(named) + 1)
        self.ask("confirm_flight", flight=flight, places=[[*one, first + n] for n, one in enumerate(named)])

    @rule(now=rarely)
    def registration_closes(self, now: bool) -> None:
        if now or self.notebook.shut == {"a", "b"}:
            self.ask("close_registration")

    @precondition(lambda self: self.notebook.state != "selling" and self.notebook.lives)
    @rule(data=st.data(), off=st.sampled_from([0, 0, 0, 1]))
    def result_is_told(self, data: st.DataObject, off: int) -> None:
        lives = [[life.player, name] for name, life in self.notebook.lives.items()]
        fresh = [one for one in lives if one[1] not in self.notebook.cashed] or lives
        order = list({one[0]: one for one in data.draw(st.permutations(fresh))}.values())
        named = order[: len(self.notebook.table()) + off]
        places = [[*one, place] for place, one in enumerate(named, start=1)]
        self.ask("confirm_result", places=places)

    @precondition(lambda self: self.notebook.told or self.notebook.prizes)
    @rule(data=st.data(), flight=st.sampled_from([None, "a", "b"]))
    def prize_is_paid(self, data: st.DataObject, flight: str | None) -> None:
        prizes = self.notebook.told.get(flight, {}) if flight else self.notebook.prizes
        open_ = [(place, who, due - paid) for (place, who), (due, paid) in prizes.items() if due > paid]
        place, player, due = data.draw(st.sampled_from(open_ or [(1, "ann", 1)]))
        amount = data.draw(st.sampled_from([due, due, max(1, due // 2), due + 1]))
        fields = {"flight": flight} if flight else {}
        self.ask("pay_prize", player=player, place=place, method="cash", amount=amount, **fields)

    @rule()
    def last_is_taken_back(self) -> None:
        if self.last not in ("", "unregister"):
            self.till.post("reverse", seq=self.till.journal.tip.seq, reason="x")
            self.notebook, self.last = deepcopy(self.before), ""

    @rule()
    def box_restarts(self) -> None:
        state = self.till.journal.book.state
        self.till.reopen()
        assert self.till.journal.book.state == state  # [LE12]
        assert read_checkpoint(checkpoint_bytes(state)) == state  # [LE110]

    @invariant()
    def balances_are_the_notebooks(self) -> None:
        assert self.till.journal.book.balances() == self.notebook.balances()

    @invariant()
    def all_flights_are_one_pool(self) -> None:  # [LE170] [LE174]
        event = self.till.journal.book.state.tournaments["t"]
        parts = [part.prize_cents for name in "ab" for one in event.entries_in(name) for part in one.parts]
        assert event.pool_cents == sum(parts) + self.notebook.overlay
        told = sum(prize.amount_cents for prize in event.flight_prizes())
        assert sum(amounts_now(event)) + told == max(event.pool_cents, GUARANTEE)
        assert list(amounts_now(event)) == sorted(amounts_now(event), reverse=True)

    @invariant()
    def what_is_open_is_listed(self) -> None:
        book = self.till.journal.book
        listed = {"2010": 0, "2020": 0, "2070": 0}
        for item in left_open(book.state.tournaments["t"]):
            listed[item.number] += item.cents
        assert listed == {number: -book.state.balance(f"{number}/t") for number in listed}


TestWeekend = Weekend.TestCase
LONG = bool(os.environ.get("FELT_LONG"))
TestWeekend.settings = settings(max_examples=600 if LONG else 20, stateful_step_count=60, deadline=None)
