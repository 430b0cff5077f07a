"""Two events and people's money at random, restarts and reversals, beside a notebook of purses and heads.

Laws: the ledger posts exactly what the notebook has no objection to and refuses with one of its objections;
every balance is its purse; what an event leaves open is listed, per account to the cent; the reversal of the
last entry leaves everything as it was before it; a replay is the same book.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.accounts import OWED, number_of
from ledger.checkpoint import checkpoint_bytes, read_checkpoint
from ledger.errors import KeyReused
from ledger.journal import Posted
from ledger.settlement import left_open
from tests.ledger.event_notebook import SEAT, STEP, EventNotebook
from tests.ledger.till import PROFILE, RULES, Till

events = st.sampled_from(["t", "s", "m"])
players = st.sampled_from(["ann", "bob", "cid"])
entries = st.sampled_from(["x1", "x2", "x3", "x4"])
some = st.sampled_from([1, 500, 2_500, 10_000, 30_000])
means = st.sampled_from(["cash", "cash", "card", "bank", "balance", "comp", "received", "ticket"])
outs = st.sampled_from(["cash", "bank", "balance"])
least = st.sampled_from([0, 18, 18, 21])
ages = st.sampled_from([{}, {}, {"age_seen": 17}, {"age_seen": 18}, {"age_seen": 21}])
PRICES = {"buy_in": 10_000, "re_entry": 10_000, "rebuy": 5_000}
FINAL = {"adopt_profile", "unregister", "correct_result", "reverse"}
OPEN_HAND = {**PROFILE, "payout_limit_cents": 10**9, "comp_limit_cents": 10**9}


def rules(**changes: Any) -> dict[str, Any]:
    prices = {**RULES["prices"], "rebuy": {"prize_cents": 4_000, "bounty_cents": 1_000}}
    return {**RULES, "prices": prices, "bounty": "progressive", **changes}


class Evening(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="felt-events-")
        self.till = Till(Path(self.folder.name))
        self.notebook = self.before = EventNotebook()
        self.last = ""
        self.till.post("adopt_profile", profile=OPEN_HAND)
        self.till.post("adopt_tournament", tournament="t", rules=rules())
        self.till.post("adopt_tournament", tournament="m", rules=rules(bounty="mystery"))
        self.till.post("open_drawer", drawer="d", amount=0)

    @initialize(again=st.sampled_from([None, "ticket", "cash"]), years=least)
    def somebody_comes(self, again: str | None, years: int) -> None:
        satellite = {"target": "t", "seat_cents": SEAT, "step_cents": STEP, "again": again}
        self.till.post("adopt_tournament", tournament="s", rules=rules(satellite=satellite))
        self.notebook.again = again
        for event in ("t", "s", "m"):
            for entry, player in (("x1", "ann"), ("x2", "bob"), ("x3", "cid")):
                fields = {"tournament": event, "player": player, "entry": entry, "amount": 10_000}
                seen = {"age_seen": 18} if entry == "x1" else {}
                self.ask("buy_in", method="cash", **fields, **seen)
        self.adopt(years)

    def teardown(self) -> None:
        """Whatever can be reversed is, the oldest first: nothing goes below zero by it."""
        for seq in range(2, self.till.journal.tip.seq + 1):
            self.till.ask("reverse", seq=seq, reason="x")
            self.what_is_open_is_listed()
            self.nothing_is_below_zero()
        self.till.journal.close()
        self.folder.cleanup()

    def ask(self, kind: str, *, intent: bool = False, **fields: Any) -> None:
        said = {"kind": kind, **fields}
        objections = self.notebook.objections(said)
        method = fields.get("method")
        extra: dict[str, Any] = {"drawer": "d"} if method in (None, "cash") else {}
        if method in ("card", "bank"):
            extra["reference"] = "T1"
        if intent:
            extra["intent"] = {"recorded_ms": 5}
        asked = self.till.asking(kind, **{**fields, **extra})
        (outcome,) = self.till.journal.commit([asked])
        assert not isinstance(outcome, KeyReused)
        if not isinstance(outcome, Posted):
            assert outcome.refusal.code in objections, (outcome, objections)
            return
        entry = outcome.link.entry
        assert (entry.kind == "suspense") == bool(objections), (entry, objections)
        page = {**said, "kind": "suspense"} if objections else said
        self.before, self.last = self.notebook, entry.kind
        self.notebook = self.notebook.noted(page, entry.seq, asked.key)

    def life(self, data: st.DataObject, event: str) -> str:
        """An entry, mostly one that is still in."""
        lives = self.notebook.events[event].lives
        return data.draw(st.sampled_from([*(name for name in lives if not lives[name].out), "x4"]))

    def is_over(self) -> bool:
        return any(event.state == "confirmed" for event in self.notebook.events.values())

    def payee(self, data: st.DataObject, due: dict[str, int]) -> tuple[str, int]:
        """Somebody, mostly one whom something is due, and how much."""
        player = data.draw(st.sampled_from([*(who for who, cents in due.items() if cents > 0), "cid"]))
        return player, self.part(data, due.get(player, 0))

    def part(self, data: st.DataObject, due: int) -> int:
        """Of what is due: all, half, or something else."""
        return data.draw(st.sampled_from([max(due, 1), max(due // 2, 1), 2_500, 30_000]))

    def ticket(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from([*self.notebook.tickets, "none"]))

    def received(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from([*self.notebook.waiting, 1]))

    def paying(self, data: st.DataObject, method: str) -> dict[str, Any]:
        if method == "ticket":
            return {"method": method, "ticket": self.ticket(data)}
        return {"method": method, **({"received": self.received(data)} if method == "received" else {})}

    @rule(player=players, method=st.sampled_from(["cash", "card", "bank"]), amount=some)
    def pays_in(self, player: str, method: str, amount: int) -> None:
        self.ask("deposit", player=player, method=method, amount=amount)

    @rule(player=players, method=st.sampled_from(["cash", "bank"]), amount=some)
    def draws_out(self, player: str, method: str, amount: int) -> None:
        self.ask("withdraw", player=player, method=method, amount=amount)

    @precondition(lambda self: self.notebook.waiting)
    @rule(data=st.data(), to=st.sampled_from(["balance", "back", "income"]), player=players, amount=some)
    def is_settled(self, data: st.DataObject, to: str, player: str, amount: int) -> None:
        fields = {"received": self.received(data), "to": to, "player": player, "amount": amount}
        self.ask("settle", reason="x", **fields)

    @rule(
        data=st.data(), kind=st.sampled_from(sorted(PRICES)), event=events, player=players, entry=entries,
        method=means, intent=st.booleans(), seen=ages,
    )  # fmt: skip
    def enters(
        self, data: st.DataObject, kind: str, event: str, player: str, entry: str, method: str, intent: bool,
        seen: dict[str, int],
    ) -> None:  # fmt: skip
        if method == "ticket" and kind == "rebuy":
            return
        fields = {"tournament": event, "player": player, "entry": entry, "amount": PRICES[kind]}
        paid = self.paying(data, method)
        self.ask(kind, intent=intent and method == "cash", **fields, **paid, **seen)

    @rule(years=least)
    def house_asks_for_an_age(self, years: int) -> None:
        self.adopt(years)

    def adopt(self, years: int) -> None:
        self.till.post("adopt_profile", profile={**OPEN_HAND, "age_min": years})  # [LE167]
        self.notebook.least, self.last = years, "adopt_profile"

    @rule(event=events, entry=entries)
    def leaves(self, event: str, entry: str) -> None:
        self.ask("unregister", tournament=event, entry=entry, reason="ill")

    @rule(data=st.data(), event=events, method=st.sampled_from(["cash", "balance", None]))
    def is_knocked_out(self, data: st.DataObject, event: str, method: str | None) -> None:
        entry = self.life(data, event)
        by = sorted({self.life(data, event) for _ in range(data.draw(st.integers(1, 3)))})
        if entry not in by or len(by) == 1:
            paid = {"method": method} if method and len(by) == 1 else {}
            self.ask("knock_out", tournament=event, entry=entry, by=by, **paid)

    @precondition(lambda self: any(any(event.won.values()) for event in self.notebook.events.values()))
    @rule(data=st.data(), event=events, method=outs)
    def bounty_is_paid(self, data: st.DataObject, event: str, method: str) -> None:
        player, amount = self.payee(data, self.notebook.events[event].won)
        self.ask("pay_bounty", tournament=event, player=player, method=method, amount=amount)

    @precondition(is_over)
    @rule(event=events)
    def heads_end(self, event: str) -> None:
        self.ask("end_bounties", tournament=event, reason="x")

    @rule(event=events, now=st.sampled_from([True, False, False]))
    def registration_closes(self, event: str, now: bool) -> None:
        if now:
            self.ask("close_registration", tournament=event)

    @precondition(lambda self: any(event.state != "selling" for event in self.notebook.events.values()))
    @rule(event=events, part=st.sampled_from(["staff", "costs"]), amount=st.sampled_from([500, 2_500]))
    def is_withheld(self, event: str, part: str, amount: int) -> None:
        self.ask("withhold", tournament=event, part=part, amount=amount, reason="x")

    @precondition(lambda self: any(event.state == "closed" for event in self.notebook.events.values()))
    @rule(data=st.data(), name=st.sampled_from(["t", "t", "m", "m", "s"]), aside=st.sampled_from([0, 0, 500]))
    def deal_is_agreed(self, data: st.DataObject, name: str, aside: int) -> None:
        event = self.notebook.events[name]
        lives = {life.player: [life.player, entry] for entry, life in event.lives.items() if not life.out}
        others = data.draw(st.sampled_from([[], [], [], [["dan", "x4"]]]))
        named = data.draw(st.permutations([*lives.values(), *others]))[
            : data.draw(st.sampled_from([2, 2, 3]))
        ]
        if len(named) < 2:
            return
        left = event.pool - aside + data.draw(st.sampled_from([0] * 9 + [1]))
        first = max(0, left // 3)
        sums = [max(0, left - first * (len(named) - 1)), *[first] * (len(named) - 1)]
        shares = [[*one, cents] for one, cents in zip(named, sums, strict=True)]
        consents = [player for player, _ in named[: data.draw(st.sampled_from([3] * 9 + [1]))]]
        fields = {"tournament": name, "shares": shares, "aside_cents": aside, "consents": consents}
        self.ask("agree_deal", way="custom", **fields)

    @precondition(lambda self: self.notebook.events["m"].state != "selling")
    @rule(data=st.data(), event=st.sampled_from(["m", "m", "m", "t"]))
    def envelopes_are_sealed(self, data: st.DataObject, event: str) -> None:
        there = sum(life.head for life in self.notebook.events["m"].lives.values())
        there += data.draw(st.sampled_from([0] * 9 + [100]))
        listed = [[there - 1_000, 1], [500, 2]] if there > 2_000 else [[max(there, 1), 1]]
        self.ask("seal_envelopes", tournament=event, envelopes=listed)

    @precondition(lambda self: self.notebook.events["m"].sealed)
    @rule(data=st.data(), method=st.sampled_from(["cash", "balance", None]))
    def envelope_is_drawn(self, data: st.DataObject, method: str | None) -> None:
        entry = self.life(data, "m")
        by = sorted({self.life(data, "m") for _ in range(data.draw(st.integers(1, 3)))})
        amount = data.draw(st.sampled_from([*self.notebook.events["m"].envelopes, 777]))
        if entry not in by or len(by) == 1:
            paid = {"method": method} if method and len(by) == 1 else {}
            self.ask("draw_envelope", tournament="m", entry=entry, by=by, amount=amount, **paid)

    @rule(
        data=st.data(), event=st.sampled_from(["s", "s", "s", "t"]), now=st.sampled_from([True, False, False])
    )
    def seat_is_won_in_play(self, data: st.DataObject, event: str, now: bool) -> None:
        entry = self.life(data, event)
        life = self.notebook.events[event].lives.get(entry)
        if now:
            self.ask("award_seat", tournament=event, player=life.player if life else "ann", entry=entry)

    @precondition(lambda self: any(self.notebook.events[name].state != "selling" for name in "tm"))
    @rule(
        data=st.data(), name=st.sampled_from(["t", "m"]),
        kind=st.sampled_from(["confirm_result", "correct_result"]),
    )  # fmt: skip
    def result_is_told(self, data: st.DataObject, name: str, kind: str) -> None:
        event = self.notebook.events[name]
        lives = [[life.player, entry] for entry, life in event.lives.items()] or [["ann", "x1"]]
        named = data.draw(st.permutations(lives))[: data.draw(st.sampled_from([1, 2, 2, 2, 2, 3]))]
        if event.deal and data.draw(st.booleans()):
            named = [one for one in lives if one[0] in event.deal]
        places = [[*one, place] for place, one in enumerate(named, start=1)]
        pool = event.pool or event.played_for
        first = data.draw(st.sampled_from([pool // 2, pool // 3, pool]))
        deal = [[named[0][0], first], [named[-1][0], pool - first + data.draw(st.sampled_from([0, 0, 1]))]]
        agreed = (
            {"deal": deal} if len(named) == 2 and named[0] != named[1] and data.draw(st.booleans()) else {}
        )
        why = {"reason": "x"} if kind == "correct_result" else {}
        self.ask(kind, tournament=name, places=places, **agreed, **why)

    @precondition(lambda self: any(event.prizes for event in self.notebook.events.values()))
    @rule(data=st.data(), event=events, method=outs, tax=st.booleans())
    def prize_is_paid(self, data: st.DataObject, event: str, method: str, tax: bool) -> None:
        prizes = self.notebook.events[event].prizes
        player, amount = self.payee(data, {who: due - paid for who, (_, due, paid) in prizes.items()})
        taxed = {"tax_cents": amount // 4} if tax else {}
        place = prizes.get(player, [1, 0, 0])[0]
        fields = {"tournament": event, "player": player, "place": place, "amount": amount}
        self.ask("pay_prize", method=method, **fields, **taxed)

    @precondition(is_over)
    @rule(data=st.data(), event=events, method=st.sampled_from(["cash", "card"]))
    def prize_comes_back(self, data: st.DataObject, event: str, method: str) -> None:
        prizes = self.notebook.events[event].prizes
        player, amount = self.payee(data, {who: paid - due for who, (_, due, paid) in prizes.items()})
        self.ask("return_prize", tournament=event, player=player, method=method, amount=amount)

    @precondition(lambda self: self.notebook.events["s"].state != "selling")
    @rule(data=st.data())
    def seats_are_won(self, data: st.DataObject) -> None:
        event = self.notebook.events["s"]
        lives = [[life.player, name] for name, life in event.lives.items()] or [["ann", "x1"]]
        seated = [[event.lives[entry].player, entry] for entry in event.seated]
        free = [
            one for one in lives if not (one in seated if self.notebook.again else one[0] in dict(seated))
        ]
        order = list({one[0]: one for one in data.draw(st.permutations(free))}.values())
        seats = event.pool // SEAT + data.draw(st.sampled_from([0, 0, 0, 1]))
        won, others = order[:seats], order[seats:]
        follows = others[: data.draw(st.sampled_from([0, 1, 1, 1, 2, 2]))]
        self.ask("confirm_seats", tournament="s", seats=won, rest=follows)

    @rule(data=st.data(), player=players, event=events, method=means, amount=st.sampled_from([9_000, 10_000]))
    def ticket_is_sold(self, data: st.DataObject, player: str, event: str, method: str, amount: int) -> None:
        if method != "ticket":
            paid = self.paying(data, method)
            self.ask("issue_ticket", player=player, target=event, amount=amount, **paid)

    @rule(data=st.data(), player=players, method=outs)
    def ticket_is_cashed(self, data: st.DataObject, player: str, method: str) -> None:
        self.ask("cash_ticket", ticket=self.ticket(data), player=player, method=method)

    @rule()
    def last_is_taken_back(self) -> None:
        if not self.last:
            return
        outcome = self.till.ask("reverse", seq=self.till.journal.tip.seq, reason="x")
        if self.last in FINAL:
            assert not isinstance(outcome, Posted)
            assert outcome.refusal.code == "not_reversible"
            return
        assert isinstance(outcome, Posted), outcome
        self.notebook, self.last = self.before, "reverse"

    @rule()
    def box_restarts(self) -> None:
        state = self.till.journal.book.state
        self.till.reopen()
        assert self.till.journal.book.state == state  # [LE12]
        assert read_checkpoint(checkpoint_bytes(state)) == state  # [LE110]

    @invariant()
    def balances_are_the_notebooks(self) -> None:
        found = self.till.journal.book.balances()
        assert found == self.notebook.balances()
        assert sum(found.values()) == 0  # [LE3]

    @invariant()
    def nothing_is_below_zero(self) -> None:
        state = self.till.journal.book.state
        for event in state.tournaments.values():
            assert min((entry.head_cents for entry in event.entries.values()), default=0) >= 0
            assert min(event.bounties_due.values(), default=0) >= 0
            assert min((prize.paid_cents for prize in event.prizes.values()), default=0) >= 0
            assert event.pool_cents >= 0
        assert min((money.left_cents for money in state.received.values()), default=0) >= 0
        for account, cents in state.balances.items():
            assert not (number_of(account) in OWED and cents > 0), account

    @invariant()
    def what_is_open_is_listed(self) -> None:
        book = self.till.journal.book
        for name, event in book.state.tournaments.items():
            listed = {"2010": 0, "2020": 0, "2070": 0}
            for item in left_open(event):
                listed[item.number] += item.cents
            assert listed == {number: -book.state.balance(f"{number}/{name}") for number in listed}
            assert (event.shown_state == "settled") == (
                event.state == "confirmed" and not list(left_open(event))
            )


TestEvening = Evening.TestCase
LONG = bool(os.environ.get("FELT_LONG"))
TestEvening.settings = settings(max_examples=600 if LONG else 20, stateful_step_count=60, deadline=None)
