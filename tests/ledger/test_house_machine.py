"""A long night of the cash room at random, restarts and repeats, beside a notebook of purses.

Laws: the ledger posts exactly what the notebook has no objection to, refuses with one of its objections,
every balance is its purse, postings sum to zero, cash and what is owed are never below zero, the chips that
exist are in cage, trays and hands, a replay is the same book.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger.accounts import CASH, OWED, number_of
from ledger.checkpoint import checkpoint_bytes, read_checkpoint
from ledger.commands import Asked, Second
from ledger.entry import read_entry
from ledger.errors import KeyReused
from ledger.journal import Outcome, Posted
from ledger.statements import Statement
from tests.ledger.house_notebook import JACKPOT, PROFILE, HouseNotebook
from tests.ledger.till import Till

drawers = st.sampled_from(["d", "e"])
players = st.sampled_from(["ann", "bob"])
some = st.sampled_from([500, 5_000, 9_000, 25_000, 41_000])
people = st.sampled_from([("mia", "manager"), ("cat", "cashier")])
seconds = st.sampled_from(["", "zoe", "zoe"])
reasons = st.sampled_from([{}, {"reason": "change"}])
counts = st.sampled_from(["count_drawer", "close_drawer", "sign_over_drawer"])
differences = st.sampled_from([-2_100, -300, 0, 0, 2_000])
ways = st.sampled_from([{"to": "d"}, {"to": "e"}, {"drawer": "d"}, {"drawer": "e", "to": "d"}])
choices = st.sampled_from([{}, {"set_off": "repay"}, {"set_off": "leave"}])
means = st.sampled_from(["cash", "cash", "card", "bank", "balance", "chips"])
seen = st.sampled_from([{}, {"age_seen": 18}])
Who = tuple[str, str]


class Night(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="felt-house-")
        self.till = Till(Path(self.folder.name))
        self.notebook = HouseNotebook()
        self.done: list[tuple[Asked, Outcome]] = []
        self.till.post("adopt_profile", profile=PROFILE)
        self.till.post("adopt_jackpot", jackpot="j", rules=JACKPOT)
        chips: dict[str, Any] = {
            "chips": {"100": 500},
            "reason": "new set",
            "approved": Second("zoe", "cashier"),
        }
        self.till.post("add_chips", **chips)
        self.ask(("mia", "manager"), "zoe", "vault_in", amount=90_000)
        self.ask(("mia", "manager"), "zoe", "open_drawer", drawer="d", amount=30_000)
        self.ask(("cat", "cashier"), "zoe", "open_drawer", drawer="e", amount=20_000)
        self.ask(
            ("mia", "manager"), "zoe", "cash_buy_in", player="bob", amount=30_000, drawer="d", method="cash",
            age_seen=18,
        )  # fmt: skip
        self.ask(("mia", "manager"), "zoe", "adopt_credit_line", player="ann", amount=60_000, reason="known")
        self.ask(("mia", "manager"), "zoe", "issue_marker", player="ann", amount=9_000, reference="M 0")
        house: dict[str, Any] = {"jackpot": "j", "source": "house", "amount": 9_000, "reason": "seed"}
        self.ask(("mia", "manager"), "zoe", "seed_jackpot", **house)

    def teardown(self) -> None:
        for asked, outcome in self.done[-50:]:
            assert self.till.journal.commit([asked]) == [outcome]  # [LE9]
        self.shifts_add_up()
        self.till.journal.close()
        self.folder.cleanup()

    def shifts_add_up(self) -> None:
        """What was left, and what came and went, is what a count is judged by."""
        statement, left = Statement(), dict.fromkeys(("d", "e"), 0)
        for _, body, _ in self.till.journal.stored_after(0, 10_000):
            statement.take(read_entry(body))
        for shift in statement.shifts:
            if shift.expected_cents is not None and shift.counted_cents is not None:
                assert shift.expected_cents == left[shift.drawer] + shift.in_cents - shift.out_cents  # [LE26]
                left[shift.drawer] = shift.counted_cents

    def ask(self, who: Who, second: str, kind: str, **fields: Any) -> None:
        approved: dict[str, Any] = {"approved": Second(second, "cashier")} if second else {}
        named: dict[str, Any] = {"second": {"person": second, "pin": "1"}} if second else {}
        asked = self.till.asking(kind, person=who[0], role=who[1], **fields, **named, **approved)
        (outcome,) = self.till.journal.commit([asked])
        assert not isinstance(outcome, KeyReused)
        seq = self.till.journal.tip.seq + (0 if isinstance(outcome, Posted) else 1)
        objections = self.notebook.judge(seq, *who, second, {"kind": kind, **fields})
        if isinstance(outcome, Posted):
            assert objections == set()
        else:
            assert outcome.refusal.code in objections
        self.done.append((asked, outcome))

    def by(self, kind: str, method: str, drawer: str, allowed: tuple[str, ...]) -> dict[str, Any]:
        """What names a means of payment that this kind takes."""
        if method not in allowed:
            method = allowed[0]
        needs = {"cash": {"drawer": drawer}, "card": {"reference": "slip 1"}, "bank": {"reference": "T 1"}}
        return {"method": method, **needs.get(method, {})}

    @rule(who=people, second=seconds, drawer=drawers, amount=some, kind=st.sampled_from(
        ["open_drawer", "fill_drawer", "drop_to_vault", "drop_to_vault"]))  # fmt: skip
    def cash_moves_in_the_house(self, who: Who, second: str, drawer: str, amount: int, kind: str) -> None:
        self.ask(who, second, kind, drawer=drawer, amount=amount)

    @rule(who=people, second=seconds, amount=some, drawer=drawers)
    def a_drawer_lends(self, who: Who, second: str, amount: int, drawer: str) -> None:
        self.ask(who, second, "lend_cash", drawer=drawer, to="e" if drawer == "d" else "d", amount=amount)

    @rule(who=people, second=seconds, drawer=drawers, over=differences, reason=reasons, kind=counts)
    def a_drawer_is_counted(
        self, who: Who, second: str, drawer: str, over: int, reason: Any, kind: str
    ) -> None:
        there = max(self.notebook.purses.get(f"drawer {drawer}", 0) + over, 0)
        reason = {} if kind == "count_drawer" else reason
        self.ask(who, second, kind, drawer=drawer, counted={"100": there // 100, "1": there % 100}, **reason)

    @rule(who=people, second=seconds, amount=some, courier=st.sampled_from(["kim", "cat", "zoe"]), way=ways)
    def cash_is_sent(self, who: Who, second: str, amount: int, courier: str, way: dict[str, str]) -> None:
        self.ask(who, second, "send_cash", courier=courier, amount=amount, **way)

    @rule(who=people, second=seconds, data=st.data(), over=st.sampled_from([-2_500, -100, 0]), reason=reasons)
    def cash_arrives(self, who: Who, second: str, data: st.DataObject, over: int, reason: Any) -> None:
        seq = data.draw(st.sampled_from([*self.notebook.couriers, 4]))
        sent = self.notebook.couriers.get(seq, ("", "", 0))[2]
        self.ask(who, second, "receive_cash", of=seq, counted={"1": max(sent + over, 0)}, **reason)

    @rule(who=people, second=seconds, amount=some, to=st.sampled_from(["owner", "bank"]))
    def the_vault_is_emptied(self, who: Who, second: str, amount: int, to: str) -> None:
        self.ask(who, second, "vault_out", amount=amount, to=to, reference="bag 1")

    @rule(who=people, second=seconds, amount=some, source=st.sampled_from(["owner", "bank"]))
    def the_vault_is_filled(self, who: Who, second: str, amount: int, source: str) -> None:
        self.ask(who, second, "vault_in", amount=amount, source=source)

    @rule(who=people, amount=some, side=st.sampled_from(["received", "paid"]))
    def the_bank_settles(self, who: Who, amount: int, side: str) -> None:
        fee = {"fee_cents": 25} if side == "received" else {}
        self.ask(who, "", "settle_clearing", amount=amount, side=side, reference="B 1", **fee)

    @rule(who=people, second=seconds, amount=some, kind=st.sampled_from(["bank_in", "bank_out"]))
    def the_owner_and_the_bank(self, who: Who, second: str, amount: int, kind: str) -> None:
        self.ask(who, second, kind, amount=amount, reference="T 9")

    @rule(who=people, second=seconds, player=players, drawer=drawers, method=means, amount=some, seen=seen)
    def chips_are_bought(
        self, who: Who, second: str, player: str, drawer: str, method: str, amount: int, seen: Any
    ) -> None:
        by = self.by("cash_buy_in", method, drawer, ("cash", "card", "bank", "balance"))
        self.ask(who, second, "cash_buy_in", player=player, amount=amount, **by, **seen)

    @rule(
        who=people, second=seconds, player=players, drawer=drawers, method=means, amount=some, set_off=choices
    )
    def chips_are_cashed(
        self, who: Who, second: str, player: str, drawer: str, method: str, amount: int, set_off: Any
    ) -> None:
        by = self.by("cash_out", method, drawer, ("cash", "card", "bank", "balance"))
        self.ask(who, second, "cash_out", player=player, amount=amount, **by, **set_off)

    @rule(who=people, second=seconds, drawer=drawers, method=means, amount=some,
          kind=st.sampled_from(["collect_time", "take_tip", "other_income"]))  # fmt: skip
    def players_pay(self, who: Who, second: str, drawer: str, method: str, amount: int, kind: str) -> None:
        allowed = ("cash", "card") if kind == "other_income" else ("chips", "cash", "card")
        more = {"collect_time": {"table": "c1"}, "other_income": {"reason": "room"}}.get(kind, {})
        self.ask(who, second, kind, amount=amount, **self.by(kind, method, drawer, allowed), **more)

    @rule(who=people, second=seconds, drawer=drawers, method=means, amount=some,
          kind=st.sampled_from(["pay_staff", "pay_expense"]))  # fmt: skip
    def the_house_pays(self, who: Who, second: str, drawer: str, method: str, amount: int, kind: str) -> None:
        more = {"dealer": "dee"} if kind == "pay_staff" else {"reason": "cards"}
        self.ask(who, second, kind, amount=amount, **self.by(kind, method, drawer, ("cash", "bank")), **more)

    @rule(
        who=people, second=seconds, player=players, drawer=drawers, method=means, amount=some, set_off=choices
    )
    def a_comp_is_redeemed(
        self, who: Who, second: str, player: str, drawer: str, method: str, amount: int, set_off: Any
    ) -> None:
        by = self.by("redeem_comp", method, drawer, ("chips", "balance", "cash"))
        self.ask(who, second, "redeem_comp", player=player, amount=amount, reason="x", **by, **set_off)

    @rule(who=people, second=seconds, box=st.sampled_from(["r1", "r2", "r3"]), pieces=st.integers(0, 60),
          jackpot=st.sampled_from([{}, {"jackpot": "j"}]),
          cash=st.sampled_from([{}, {"cash": {"500": 9}}]))  # fmt: skip
    def a_box_is_counted(self, who: Who, second: str, box: str, pieces: int, jackpot: Any, cash: Any) -> None:
        counted = {"100": pieces, "50": pieces % 2}
        self.ask(who, second, "count_drop", table="c1", box=box, counted=counted, **jackpot, **cash)

    @rule(who=people, second=seconds, amount=some, source=st.sampled_from(["reserve", "house"]))
    def a_fund_is_seeded(self, who: Who, second: str, amount: int, source: str) -> None:
        self.ask(who, second, "seed_jackpot", jackpot="j", source=source, amount=amount, reason="x")

    @rule(who=people, second=seconds, drawer=drawers, method=means, amount=some, loser=players, other=players)
    def a_jackpot_is_hit(
        self, who: Who, second: str, drawer: str, method: str, amount: int, loser: str, other: str
    ) -> None:
        by = self.by("pay_jackpot", method, drawer, ("cash", "balance", "chips"))
        winners = [["loser", loser], ["table", other]]
        fields = {"jackpot": "j", "winners": winners, "amount": amount, "reason": "quads"}
        self.ask(who, second, "pay_jackpot", **fields, **by)

    @rule(who=people, second=seconds, player=players, amount=st.sampled_from([0, 5_000, 60_000]))
    def a_line_is_adopted(self, who: Who, second: str, player: str, amount: int) -> None:
        self.ask(who, second, "adopt_credit_line", player=player, amount=amount, reason="known")

    @rule(who=people, second=seconds, player=players, amount=some)
    def a_marker_is_issued(self, who: Who, second: str, player: str, amount: int) -> None:
        self.ask(who, second, "issue_marker", player=player, amount=amount, reference="M 1")

    @rule(who=people, second=seconds, player=players, drawer=drawers, method=means, amount=some)
    def a_marker_is_repaid(
        self, who: Who, second: str, player: str, drawer: str, method: str, amount: int
    ) -> None:
        by = self.by("repay_marker", method, drawer, ("cash", "card", "bank", "balance", "chips"))
        self.ask(who, second, "repay_marker", player=player, amount=amount, **by)

    @rule(who=people, second=seconds, player=players, data=st.data())
    def a_marker_is_given_up(self, who: Who, second: str, player: str, data: st.DataObject) -> None:
        marker = data.draw(st.sampled_from([*self.notebook.markers.get(player, {}), 4]))
        self.ask(who, second, "write_off_marker", player=player, marker=marker, reason="gone")

    @rule(who=people, second=seconds, table=st.sampled_from(["c1", "c2"]), pieces=st.integers(1, 120),
          kind=st.sampled_from(["fill_tray", "credit_tray"]))  # fmt: skip
    def chips_are_carried(self, who: Who, second: str, table: str, pieces: int, kind: str) -> None:
        self.ask(who, second, kind, table=table, chips={"100": pieces})

    @rule(who=people, second=seconds, cage=st.integers(0, 500), tables=st.sets(st.sampled_from(["c1", "c2"])))
    def chips_are_counted(self, who: Who, second: str, cage: int, tables: set[str]) -> None:
        trays = {table: {"100": 10} for table in sorted(tables)}
        self.ask(who, second, "count_chips", cage={"100": cage}, trays=trays)

    @rule(who=people, second=seconds, data=st.data())
    def something_is_taken_back(self, who: Who, second: str, data: st.DataObject) -> None:
        seq = data.draw(st.sampled_from([*self.notebook.done, 2]))
        self.ask(who, second, "reverse", seq=seq, reason="wrong")

    @rule()
    def box_restarts(self) -> None:
        state, tip = self.till.journal.book.state, self.till.journal.tip
        assert read_checkpoint(checkpoint_bytes(state)) == state  # [LE110]
        self.till.reopen()
        assert (self.till.journal.book.state, self.till.journal.tip) == (state, tip)  # [LE12]

    @invariant()
    def balances_are_the_purses(self) -> None:
        found = self.till.journal.book.balances()
        assert found == self.notebook.balances()
        assert sum(found.values()) == 0  # [LE3]
        for account, cents in found.items():
            assert cents >= 0 or number_of(account) not in CASH  # [LE14]
            assert cents <= 0 or number_of(account) not in OWED  # [LE53]

    @invariant()
    def credit_and_chips_are_the_notebooks(self) -> None:
        state, notebook = self.till.journal.book.state, self.notebook
        for player in ("ann", "bob"):
            assert state.credit(player).markers == notebook.markers.get(player, {})  # [LE84]
            assert state.credit(player).due_cents == state.balance(f"1100/{player}")
        assert state.chips.trays == {table: cents for table, cents in notebook.trays.items() if cents}
        assert state.chips.missing_cents == notebook.missing  # [LE79]
        shifts = {name: (one.person, one.shift) for name, one in state.drawers.items() if one.is_open}
        assert shifts == {name: (one.person, one.number) for name, one in notebook.shifts.items()}  # [LE75]


TestNight = Night.TestCase
TestNight.settings = settings(
    max_examples=500 if os.environ.get("FELT_LONG") else 20, stateful_step_count=50, deadline=None
)
