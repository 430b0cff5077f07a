"""A till that was away for three days brings 200 intents: out of order, twice, by two tabs, answers lost.

Among them sales that others made meanwhile, for an event that is over or never was, through a drawer that is
closed, at a price of before, and keys that stand for something else. Cash received is booked, once; cash
paid out without the leaf is not.
"""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import pytest

from tests.faults.hands import LONG
from tests.leaf_server.fix_leaf import Leaf, found, running
from tests.leaf_server.test_ledger_api import LEDGER, Till, open_house
from tests.ledger.till import PRICES, RULES, sale

pytestmark = pytest.mark.anyio
INTENTS: Final = 200 if LONG else 60
DAYS_MS: Final = 3 * 86_400_000
Intent = tuple[str, dict[str, Any]]


def some(chance: random.Random, n: int) -> Intent:
    """A key and what was received, or wanted, under it."""
    player = f"p{chance.randrange(12)}"
    drawer = chance.choice(("d", "d", "d", "shut", "nowhere"))
    kind = chance.choice(("buy_in", "re_entry", "rebuy", "add_on"))
    amount = chance.choice((PRICES[kind], PRICES[kind], PRICES[kind] + 500))
    event = chance.choice(("t", "t", "over", "none"))
    sold = sale(kind, player, f"e-{player}", tournament=event, drawer=drawer, amount=amount)
    other = {"player": player, "drawer": drawer, "amount": chance.randint(1, 90_000)}
    said = chance.choice(
        (sold, sold, {"kind": "deposit", "method": "cash", **other}, {"kind": "cash_buy_in", **other})
    )
    return f"away-{n}", {**said, "intent": {"recorded_ms": n * DAYS_MS // INTENTS}}


@pytest.fixture
def intents() -> list[Intent]:
    chance = random.Random(3)
    return [some(chance, n) for n in range(INTENTS)]


async def evening_without_it(leaf: Leaf) -> Till:
    """What the house did meanwhile: some of the same sales, an event from start to end, a drawer closed."""
    till = await open_house(leaf)
    for n in range(6):
        await till.post(**sale("buy_in", f"p{n}", f"e-p{n}"))
    await till.post("adopt_tournament", tournament="over", rules=RULES)
    for player in ("p1", "p2"):
        await till.post(**sale("buy_in", player, f"e-{player}", tournament="over"))
    await till.post("close_registration", tournament="over")
    await till.post("confirm_result", tournament="over", places=[["p1", "e-p1", 1], ["p2", "e-p2", 2]])
    await till.post("open_drawer", drawer="shut", amount=1)
    await till.post("close_drawer", drawer="shut", counted={"1": 1})
    return till


class Away:
    """The till that was away: both of its tabs send all they have, and one loses what it is told."""

    def __init__(self, leaf: Leaf, sign_in: dict[str, str]) -> None:
        self.till = Till(leaf.http, sign_in)
        self.heard: dict[str, set[tuple[int, bytes]]] = {}

    async def bring(self, intents: list[Intent], chance: random.Random) -> None:
        async with anyio.create_task_group() as tabs:
            for loses in (True, False):
                tabs.start_soon(self._tab, chance.sample(intents, len(intents)), loses)

    async def _tab(self, intents: list[Intent], loses: bool) -> None:
        for key, said in intents:
            answer = await self.till.ask(key=key, **said)
            if not loses:
                self._note(key, answer)

    def _note(self, key: str, answer: httpx.Response) -> None:
        self.heard.setdefault(key, set()).add((answer.status_code, answer.content))


async def test_all_that_was_received_is_booked_once_and_nothing_that_was_paid_out(
    tmp_path: Path, intents: list[Intent]
) -> None:
    """[LE15] [LE9] Brought once more after a restart, it is the same answer."""
    data, chance = tmp_path / "leaf", random.Random(4)
    founded = await found(data)
    async with running(data, founded) as leaf:
        await leaf.enrol()
        till, devices = await evening_without_it(leaf), leaf.devices
        drawers = await cash(till)
        away = Away(leaf, await leaf.token("cat", "floor"))
        await away.bring(intents, chance)
        for key, said in chance.sample(intents, 10):
            other = await away.till.ask(key=key, **{**said, "intent": {"recorded_ms": 1}})
            assert (other.status_code, other.json()["error"]["code"]) == (422, "key_reused")
        dollars = {"amount": 500, "currency": "USD"}
        for n, out in enumerate(
            (
                {"kind": "cash_out", "player": "p1", "drawer": "d", "amount": 100},
                {"kind": "drop_to_vault", "drawer": "d", "amount": 100},
                {"kind": "pay_prize", "tournament": "over", "player": "p1", "place": 1, "drawer": "d",
                 "method": "cash", "amount": 100},
                {"kind": "deposit", "player": "p1", "drawer": "d", "method": "cash", "amount": dollars},
            )
        ):  # fmt: skip
            answer = await away.till.ask(key=f"out-{n}", intent={"recorded_ms": 5}, **out)
            assert answer.status_code in (409, 422), answer.text
        await booked_once(till, intents, away, drawers)
    async with running(data, founded) as leaf:
        leaf.devices.update(devices)
        again = Away(leaf, await leaf.token("cat", "floor"))
        again.heard = away.heard
        await again.bring(intents, chance)
        assert {len(said) for said in again.heard.values()} == {1}


async def booked_once(till: Till, intents: list[Intent], away: Away, drawers: Counter[str]) -> None:
    assert {status for said in away.heard.values() for status, _ in said} == {201}
    entries = (await till.get(f"{LEDGER}/entries?after=0&limit=500"))["entries"]
    booked = [one["entry"] for one in entries if one["entry"]["key"].startswith(("away", "out"))]
    assert Counter(entry["key"] for entry in booked) == Counter(key for key, _ in intents)
    told = {key: json.loads(content)["entry"] for key, said in away.heard.items() for _, content in said}
    assert told == {entry["key"]: entry for entry in booked}
    kinds = {entry["kind"] for entry in booked}
    assert kinds > {"suspense", "deposit", "cash_buy_in"}  # sales that went through as well
    received = Counter[str]()
    for _, said in intents:
        received["1010/" + said["drawer"]] += said["amount"]
    now = await cash(till)
    assert {name: now[name] - drawers[name] for name in received} == dict(received)
    balances = (await till.get(f"{LEDGER}/balances"))["balances"]
    kept = {name: -cents for name, cents in balances.items() if name.startswith("2090/")}
    assert kept == {
        f"2090/{entry['device']}/{entry['key']}": entry["data"]["amount"]["amount"]
        for entry in booked if entry["kind"] == "suspense"
    }  # fmt: skip


async def cash(till: Till) -> Counter[str]:
    balances = (await till.get(f"{LEDGER}/balances"))["balances"]
    return Counter({name: cents for name, cents in balances.items() if name.startswith("1010/")})
