"""The cash room at the cage's door: real PINs of second people, roles, many tills at the same money."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from leaf_server.money.cage import Cage
from ledger.journal import Posted, Refused
from serving.problems import Problem
from tests.leaf_server.fix_cage import PINS, new_cage, open_house, post, running, signed_in
from tests.ledger.posting_rules.test_cash_games import BAD_BEAT
from tests.ledger.till import PROFILE, body

pytestmark = pytest.mark.anyio
ZOE = {"person": "zoe", "pin": PINS["zoe"][0]}
COUNT: dict[str, Any] = {"drawer": "d", "counted": {"10000": 2}}


@pytest.fixture
async def cage(tmp_path: Path) -> AsyncIterator[Cage]:
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        await post(cage, "p1", "adopt_profile", profile={**PROFILE, "markers": True, "own_drawers": True})
        yield cage


async def code(cage: Cage, key: str, role: str, kind: str, person: str = "mia", **fields: Any) -> str:
    """The refusal's code, or `posted`."""
    outcome = await cage.command(signed_in(role, person=person), key, body(kind, **fields))
    return "posted" if isinstance(outcome, Posted) else outcome.refusal.code


async def at_once(cage: Cage, kind: str, **fields: Any) -> list[str]:
    """Fifty tills ask for the same; what each was answered, sorted."""
    answers: list[str] = []

    async def ask(n: int) -> None:
        outcome = await cage.command(signed_in(device=f"till{n}"), f"{kind}{n}", body(kind, **fields))
        answers.append(outcome.refusal.code if isinstance(outcome, Refused) else "posted")

    async with anyio.create_task_group() as tasks:
        for n in range(50):
            tasks.start_soon(ask, n)
    return sorted(answers)


async def test_who_takes_a_drawer_over_gives_their_own_pin(cage: Cage) -> None:  # [LE75] [LE16]
    assert await code(cage, "s0", "cashier", "sign_over_drawer", **COUNT) == "needs_second"
    for n, (second, refused) in enumerate(
        [
            ({**ZOE, "pin": "0000"}, "wrong_second"),
            ({"person": "flo", "pin": PINS["flo"][0]}, "wrong_second"),
            (ZOE, "posted"),
        ]
    ):
        assert await code(cage, f"s{n + 1}", "cashier", "sign_over_drawer", **COUNT, second=second) == refused
    chips: dict[str, Any] = {"player": "ann", "drawer": "d", "amount": 500}
    assert await code(cage, "b1", "cashier", "cash_buy_in", **chips) == "other_cashier"
    assert await code(cage, "b2", "cashier", "cash_buy_in", person="zoe", **chips) == "posted"


@pytest.mark.parametrize(
    "kind",
    [
        "vault_out", "add_chips", "remove_chips", "adopt_jackpot", "seed_jackpot", "adopt_credit_line",
        "write_off_marker", "add_money", "settle_clearing", "pay_expense", "bank_in", "bank_out",
    ],
)  # fmt: skip
async def test_what_only_a_manager_may_ask(cage: Cage, kind: str) -> None:  # [LE17]
    amount = {"amount": 5, "currency": "EUR"}
    fields: dict[str, Any] = {
        "vault_out": {"to": "owner", "amount": amount},
        "add_chips": {"chips": {"100": 1}, "reason": "x"},
        "remove_chips": {"chips": {"100": 1}, "reason": "x"},
        "adopt_jackpot": {"jackpot": "j", "rules": BAD_BEAT},
        "seed_jackpot": {"jackpot": "j", "source": "house", "amount": amount, "reason": "x"},
        "adopt_credit_line": {"player": "ann", "amount": amount, "reason": "x"},
        "write_off_marker": {"player": "ann", "marker": 5, "reason": "x"},
        "add_money": {"tournament": "t", "amount": amount, "reason": "x"},
        "settle_clearing": {"side": "paid", "amount": amount, "reference": "B 1"},
        "bank_in": {"amount": amount, "reference": "T 1"},
        "bank_out": {"amount": amount, "reference": "T 1"},
        "pay_expense": {"drawer": "d", "amount": amount, "reason": "x"},
    }[kind]
    seq = cage.seq
    with pytest.raises(Problem) as raised:
        await cage.command(signed_in("cashier"), "k", body(kind, **fields))
    assert (raised.value.code, cage.seq) == ("forbidden", seq)


async def test_fifty_tills_pay_one_jackpot_once(cage: Cage) -> None:  # [LE82] [LE13]
    await post(cage, "j1", "adopt_jackpot", jackpot="j", rules=BAD_BEAT)
    await post(cage, "j2", "seed_jackpot", jackpot="j", source="house", amount=9_000, reason="x", second=ZOE)
    winners = [["losing_hand", "ann"], ["winning_hand", "bob"], ["table", "cid"]]
    award = {"jackpot": "j", "winners": winners, "method": "balance", "amount": 5_000, "reason": "quads"}
    seen = {"expects": {"fund_cents": 9_000}, "second": ZOE}
    assert await at_once(cage, "pay_jackpot", **award, **seen) == ["changed"] * 49 + ["posted"]


async def test_fifty_tills_take_one_debt_once(cage: Cage) -> None:  # [LE84] [LE13]
    await post(cage, "m1", "adopt_credit_line", player="ann", amount=9_000, reason="known", second=ZOE)
    await post(cage, "m2", "issue_marker", player="ann", amount=9_000, reference="M 1", second=ZOE)
    repay = {"player": "ann", "drawer": "d", "amount": 5_000}
    seen = {"expects": {"due_cents": 9_000}}
    assert await at_once(cage, "repay_marker", **repay, **seen) == ["changed"] * 49 + ["posted"]
    blind = await at_once(cage, "write_off_marker", player="ann", marker=cage.seq - 1, reason="x", second=ZOE)
    assert blind == ["nothing_due"] * 49 + ["posted"]


async def test_fifty_couriers_deliver_once_and_fifty_tills_close_once(cage: Cage) -> None:  # [LE77] [LE26]
    sent = await post(cage, "c1", "send_cash", to="d", courier="kim", amount=10_000)
    counted = {"of": sent.link.entry.seq, "counted": {"5000": 2}}
    assert await at_once(cage, "receive_cash", **counted) == ["nothing_due"] * 49 + ["posted"]
    closed = await at_once(cage, "close_drawer", drawer="d", counted={"10000": 3})
    assert closed == ["drawer_closed"] * 49 + ["posted"]
