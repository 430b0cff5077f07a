"""A long evening of random commands, restarts and repeats, beside a notebook that knows nothing of ledgers.

Laws: postings sum to zero, numbers have no gap, every command has one outcome for ever, a replay gives the
same bytes and the same book, and every balance is what the notebook says.
"""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ledger.chain import Tip, walk
from ledger.checkpoint import checkpoint_bytes, read_checkpoint
from ledger.commands import Asked
from ledger.errors import KeyReused
from ledger.journal import Outcome, Posted
from tests.ledger.oracle import Notebook
from tests.ledger.till import PROFILE, RULES, VENUE, Till, sale

drawers = st.sampled_from(["d", "e", "f"])
players = st.sampled_from(["ann", "bob", "cid"])
entries = st.sampled_from(["x1", "x2", "x3", "x4"])
cents = st.sampled_from([0, 500, 5_000, 20_000, 70_000])
some = cents.filter(bool)


class Evening(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="felt-ledger-")
        self.till = Till(Path(self.folder.name))
        self.notebook = Notebook()
        self.done: list[tuple[Asked, Outcome]] = []
        self.till.post("adopt_profile", profile={**PROFILE, "payout_limit_cents": 10**9})
        self.till.post("adopt_tournament", tournament="t", rules={**RULES, "guarantee_cents": 30_000})

    def teardown(self) -> None:
        for asked, outcome in self.done:
            assert self.till.journal.commit([asked]) == [outcome]  # [LE9]
        stored = ((body, hash_) for _, body, hash_ in self.till.journal.stored_after(0, 10_000))
        assert [link.tip for link in walk(Tip.start(VENUE), stored)][-1] == self.till.journal.tip  # [LE4]
        self.till.journal.close()
        self.folder.cleanup()

    def ask(self, kind: str, **fields: Any) -> None:
        asked = self.till.asking(kind, **fields)
        (outcome,) = self.till.journal.commit([asked])
        assert not isinstance(outcome, KeyReused)
        said = "posted" if isinstance(outcome, Posted) else outcome.refusal.code
        assert said == self.notebook.judge({"kind": kind, **fields})
        self.done.append((asked, outcome))

    @rule(amount=some)
    def owner_brings_cash(self, amount: int) -> None:
        self.ask("vault_in", amount=amount)

    @rule(drawer=drawers, amount=cents)
    def drawer_opens(self, drawer: str, amount: int) -> None:
        self.ask("open_drawer", drawer=drawer, amount=amount)

    @rule(drawer=drawers, amount=some)
    def cash_is_dropped(self, drawer: str, amount: int) -> None:
        self.ask("drop_to_vault", drawer=drawer, amount=amount)

    @rule(drawer=drawers, pieces=st.integers(0, 5))
    def drawer_closes(self, drawer: str, pieces: int) -> None:
        self.ask("close_drawer", drawer=drawer, counted={"5000": pieces, "500": 1})

    @rule(
        kind=st.sampled_from(["buy_in", "re_entry", "rebuy", "add_on"]),
        player=players,
        entry=entries,
        d=drawers,
    )
    def player_pays(self, kind: str, player: str, entry: str, d: str) -> None:
        self.ask(**sale(kind, player, entry, drawer=d))

    @rule(entry=entries, drawer=drawers)
    def player_leaves(self, entry: str, drawer: str) -> None:
        self.ask("unregister", tournament="t", entry=entry, drawer=drawer, reason="ill")

    @rule()
    def registration_closes(self) -> None:
        self.ask("close_registration", tournament="t")

    @rule(one=players, other=players, entry=entries, second=entries, places=st.integers(1, 2))
    def result_is_confirmed(self, one: str, other: str, entry: str, second: str, places: int) -> None:
        listed = [[one, entry, 1], [other, second, 2]][:places]
        self.ask("confirm_result", tournament="t", places=listed)

    @rule(player=players, place=st.integers(1, 2), drawer=drawers, amount=some)
    def prize_is_paid(self, player: str, place: int, drawer: str, amount: int) -> None:
        fields = {"tournament": "t", "player": player, "place": place, "drawer": drawer, "method": "cash"}
        self.ask("pay_prize", **fields, amount=amount)

    @rule(kind=st.sampled_from(["cash_buy_in", "cash_out"]), player=players, drawer=drawers, amount=some)
    def chips_change_hands(self, kind: str, player: str, drawer: str, amount: int) -> None:
        self.ask(kind, player=player, drawer=drawer, amount=amount)

    @rule(data=st.data())
    def device_asks_again(self, data: st.DataObject) -> None:
        if self.done:
            asked, outcome = data.draw(st.sampled_from(self.done))
            assert self.till.journal.commit([asked]) == [outcome]  # [LE9]

    @rule()
    def box_restarts(self) -> None:
        state, tip = self.till.journal.book.state, self.till.journal.tip
        self.till.reopen()
        assert (self.till.journal.book.state, self.till.journal.tip) == (state, tip)  # [LE12]
        assert read_checkpoint(checkpoint_bytes(state)) == state  # [LE110]

    @invariant()
    def balances_are_the_notebooks(self) -> None:
        found = self.till.journal.book.balances()
        assert found == self.notebook.balances()
        assert sum(found.values()) == 0  # [LE3]

    @invariant()
    def numbers_have_no_gap(self) -> None:
        rows = self.till.journal.stored_after(0, 10_000)
        assert [seq for seq, _, _ in rows] == list(range(1, len(rows) + 1))  # [LE5]


TestEvening = Evening.TestCase
TestEvening.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
