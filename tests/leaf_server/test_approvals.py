"""A second person's yes on their own tablet: for one command's content, for a minute, never one's own."""

from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from leaf_server.money.approvals import ASKED_MAX, ASKED_MS, ASKED_PER_DEVICE_MAX, Approvals
from leaf_server.money.cage import Cage
from ledger.commands import read_command
from ledger.journal import Posted
from serving.problems import Problem
from tests.leaf_server.fix_cage import Clock, new_cage, open_house, post, signed_in
from tests.leaf_server.fix_cage import running as running_cage
from tests.leaf_server.fix_leaf import PINS, Leaf, found, leaf, running
from tests.leaf_server.test_ledger_api import Till
from tests.leaf_server.test_ledger_api import open_house as open_leaf_house
from tests.ledger.till import body

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]

APPROVALS = "/api/v1/approvals"
OUT: dict[str, Any] = {"kind": "cash_out", "player": "bob", "drawer": "d", "amount": 50_001}


class Two:
    """A cashier at a till who wants to pay out above the limit, and a manager elsewhere."""

    def __init__(self, leaf: Leaf, till: Till, boss: dict[str, str]) -> None:
        self.http, self.till, self.boss = leaf.http, till, boss

    async def ask(self, **changes: Any) -> str:
        answer = await self.http.post(
            APPROVALS, content=body(**{**OUT, **changes}), headers=self.till.sign_in
        )
        assert answer.status_code == 201, answer.text
        ident: str = answer.json()["id"]
        return ident

    async def answer(self, ident: str, yes: bool = True, pin: str = "", **said: Any) -> httpx.Response:
        sign_in = said.pop("sign_in", self.boss)
        content = {"yes": yes, "pin": pin or PINS["ana"]} if yes else {"yes": False}
        return await self.http.post(f"{APPROVALS}/{ident}/answer", json=content, headers=sign_in)

    async def pay(self, ident: str, person: str = "ana", key: str = "", **changes: Any) -> str:
        second = {"person": person, "approval": ident}
        answer = await self.till.ask(**{**OUT, **changes}, second=second, key=key)
        return "posted" if answer.status_code == 201 else str(answer.json()["error"]["code"])


async def two(leaf: Leaf) -> Two:
    boss = await open_leaf_house(leaf)
    await boss.post("cash_buy_in", player="bob", drawer="d", amount=90_000)
    till = Till(leaf.http, await leaf.token("cat", "cage"))
    till.keys = 100  # the manager stood at the same device
    return Two(leaf, till, await leaf.token("ana", "floor"))


async def test_a_manager_elsewhere_approves_one_command(leaf: Leaf) -> None:  # [LE143]
    both = await two(leaf)
    assert (await both.till.ask(**OUT)).json()["error"]["code"] == "needs_second"
    ident = await both.ask(names="key-101")
    (seen,) = (await leaf.http.get(APPROVALS, headers=both.boss)).json()["approvals"]
    assert (seen["name"], seen["amount_cents"], seen["command"]["player"]) == ("Cat", 50_001, "bob")
    assert (await leaf.http.get(APPROVALS, headers=both.till.sign_in)).json()["approvals"] == []
    assert await both.pay(ident) == "wrong_second"  # not yet
    assert (await both.answer(ident)).status_code == 200
    assert (await both.till.get(f"{APPROVALS}/{ident}"))["by"] == "ana"
    assert await both.pay(ident, key="paid", names="key-101") == "posted"
    assert await both.pay(ident, key="paid", names="key-101") == "posted"  # the same outcome, not another
    assert await both.pay(ident) == "wrong_second"  # a yes is good once
    assert (await both.answer(ident)).json()["error"]["code"] == "answered"


async def test_other_content_another_person_or_device_is_not_approved(leaf: Leaf) -> None:  # [LE143]
    both = await two(leaf)
    ident = await both.ask()
    await both.answer(ident)
    assert await both.pay(ident, amount=50_002) == "wrong_second"
    assert await both.pay(ident, player="ann") == "wrong_second"
    assert await both.pay(ident, person="bob") == "wrong_second"
    other = Two(leaf, Till(leaf.http, await leaf.token("cat", "floor")), both.boss)
    assert await other.pay(ident) == "wrong_second"
    assert (await other.till.get(f"{APPROVALS}/{ident}", 404))["error"]["code"] == "no_approval"
    assert await both.pay(ident) == "posted"


async def test_nobody_approves_their_own_or_without_their_pin(leaf: Leaf) -> None:  # [LE143]
    both = await two(leaf)
    ident = await both.ask()
    elsewhere = await leaf.token("cat", "floor")
    own = await both.answer(ident, pin=PINS["cat"], sign_in=elsewhere)
    assert (own.status_code, own.json()["error"]["code"]) == (403, "own_command")
    wrong = await both.answer(ident, pin="0000")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "wrong_pin")
    assert (await both.till.get(f"{APPROVALS}/{ident}"))["state"] == "asked"
    assert (await both.answer(ident, yes=False)).status_code == 200
    assert (await both.till.get(f"{APPROVALS}/{ident}"))["state"] == "refused"
    assert await both.pay(ident) == "wrong_second"


async def test_a_question_is_a_command_without_a_second_person(leaf: Leaf) -> None:  # [LE143]
    both = await two(leaf)
    for wrong in ({"amount": -1}, {"second": {"person": "ana", "pin": "1"}}, {"drawer": {}}):
        answer = await leaf.http.post(APPROVALS, content=body(**{**OUT, **wrong}), headers=both.till.sign_in)
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")
    unclear = {"person": "ana", "pin": "1", "approval": "x"}
    assert (await both.till.ask(**OUT, second=unclear)).json()["error"]["code"] == "invalid"


async def test_a_leaf_that_was_started_anew_knows_of_no_question(tmp_path: Path) -> None:  # [LE143]
    data = tmp_path / "leaf"
    founded = await found(data)
    async with running(data, founded) as leaf:
        await leaf.enrol()
        both = await two(leaf)
        ident = await both.ask()
        await both.answer(ident)
        devices = leaf.devices
    async with running(data, founded) as again:
        again.devices.update(devices)
        till = Till(again.http, await again.token("cat", "cage"))
        till.keys = 200
        assert (await till.get(f"{APPROVALS}/{ident}", 404))["error"]["code"] == "no_approval"
        both = Two(again, till, await again.token("ana", "floor"))
        assert await both.pay(ident, key="late") == "wrong_second"
        fresh = await both.ask()
        await both.answer(fresh)
        assert await both.pay(fresh, key="new", names="late") == "posted"


async def test_a_question_and_its_yes_are_good_for_a_minute(tmp_path: Path) -> None:  # [LE143]
    clock = Clock()
    async with running_cage(new_cage(tmp_path, now_ms=clock)) as cage:
        await open_house(cage)
        await post(cage, "k0", "cash_buy_in", player="bob", drawer="d", amount=90_000)
        read, approvals = read_command(body(**OUT)), cage.approvals

        late = approvals.ask("till1", "mia", read, 50_001)
        clock.ms += ASKED_MS
        with pytest.raises(Problem) as over:
            approvals.to_answer("zoe", late.ident)
        assert over.value.code == "no_approval"

        slow = approvals.ask("till1", "mia", read, 50_001)
        approvals.answer(slow, True, "zoe", "manager")
        clock.ms += ASKED_MS
        assert await paid(cage, "k1", slow.ident) == "wrong_second"

        quick = approvals.ask("till1", "mia", read, 50_001)
        clock.ms += ASKED_MS - 10
        approvals.answer(quick, True, "zoe", "manager")
        clock.ms += ASKED_MS - 100
        assert await paid(cage, "k2", quick.ident) == "posted"


async def paid(cage: Cage, key: str, ident: str) -> str:
    asked = body(**OUT, second={"person": "zoe", "approval": ident})
    outcome = await cage.command(signed_in("cashier"), key, asked)
    return "posted" if isinstance(outcome, Posted) else outcome.refusal.code


async def test_two_of_one_key_at_once_are_one_payment(tmp_path: Path) -> None:  # [LE143]
    async with running_cage(new_cage(tmp_path)) as cage:
        await open_house(cage)
        await post(cage, "k0", "cash_buy_in", player="bob", drawer="d", amount=90_000)
        asking = cage.approvals.ask("till1", "mia", read_command(body(**OUT)), 50_001)
        cage.approvals.answer(asking, True, "zoe", "manager")
        seq, outcomes = cage.seq, []

        async def once() -> None:
            outcomes.append(await paid(cage, "same", asking.ident))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(once)
        assert (set(outcomes), cage.seq) == ({"posted"}, seq + 1)


def test_questions_are_bounded() -> None:
    approvals, read = Approvals(Clock()), read_command(body(**OUT))
    for n in range(ASKED_MAX):
        approvals.ask(f"till{n // ASKED_PER_DEVICE_MAX}", "mia", read, 1)
    for device in ("till0", "another"):
        with pytest.raises(Problem) as full:
            approvals.ask(device, "mia", read, 1)
        assert full.value.code == "too_many"
