"""`kill -9` of the real leaf, again and again, amid fifty clients at one drawer and one prize.

Half of them want what the others want too; answers are lost, each command is sent by two tabs at once, and
keys are used for something else. Afterwards each key has the answer it first gave, once in the books.
"""

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
import pytest

from leaf_server.identity.keys import KeyFiles
from ledger.journal import Journal
from tests.attacks.box import Box, Till
from tests.faults.hands import LONG
from tests.ledger.till import PRICES, RULES, body, sale

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
CLIENTS: Final = 50
KILLS: Final = 40 if LONG else 2
ANSWERS_EACH: Final = 40  # that are heard between two kills
START_S: Final = 2.0  # of the ledger, as the last kill left it
PRIZE_CENTS: Final = 10_400  # 65 % of 160.00
Said = tuple[int, bytes]


class Clients:
    """What was asked, and every answer that was heard."""

    def __init__(self, till: Till) -> None:
        self.asked: dict[str, bytes] = {}
        self.heard: dict[str, list[Said]] = {}
        self.done = False
        self._till = till
        self._more = anyio.Event()

    async def work(self, number: int) -> None:
        chance = random.Random(number)
        count = 0
        while not self.done:
            key, said = f"c{number}-{count}", json.dumps(some(chance, number, count)).encode()
            self.asked[key] = said
            async with anyio.create_task_group() as tabs:
                for _ in range(2 if chance.random() < 0.3 else 1):
                    tabs.start_soon(self.until_answered, key, chance)
            if chance.random() < 0.1:
                await self._otherwise(key)
            count += 1

    async def until_answered(self, key: str, chance: random.Random) -> None:
        while True:
            try:
                with anyio.move_on_after(0.004 if chance.random() < 0.2 else 30):  # hangs up soon
                    answer = await self._till.send(key, self.asked[key])
                    if answer.status_code in (201, 409):
                        self._note(key, (answer.status_code, answer.content))
                        return
                    assert answer.status_code in (429, 503), answer.text
            except httpx.TransportError:
                await anyio.sleep(0.02)

    async def heard_more(self, count: int) -> None:
        wanted = self.answers + count
        while self.answers < wanted:
            await self._more.wait()

    @property
    def answers(self) -> int:
        return sum(map(len, self.heard.values()))

    def _note(self, key: str, said: Said) -> None:
        self.heard.setdefault(key, []).append(said)
        self._more.set()
        self._more = anyio.Event()

    async def _otherwise(self, key: str) -> None:
        """The same key for something else is an error, before and after a kill."""
        try:
            answer = await self._till.send(key, body("vault_in", amount=7))
        except httpx.TransportError:
            return
        assert answer.status_code in (422, 429, 503), answer.text
        assert answer.status_code != 422 or answer.json()["error"]["code"] == "key_reused"


def some(chance: random.Random, number: int, count: int) -> dict[str, Any]:
    """One drawer with too little in it, one prize, one player's seat: most is in somebody's way."""
    euro = {"currency": "EUR"}
    player = f"p{chance.randrange(12)}"
    drawer = f"own{number}-{count}"
    return chance.choice(
        (
            {"kind": "pay_prize", "tournament": "paid", "player": "ann", "place": 1, "drawer": "d",
             "method": "cash", "amount": {"amount": chance.choice((10, 700)), **euro}},
            {"kind": "cash_out", "player": player, "drawer": "d", "amount": {"amount": 9_000, **euro}},
            {"kind": "cash_buy_in", "player": player, "drawer": "d", "amount": {"amount": 500, **euro}},
            {"kind": "drop_to_vault", "drawer": "d", "amount": {"amount": 40_000, **euro}},
            {"kind": "fill_drawer", "drawer": "d", "amount": {"amount": 30_000, **euro}},
            {"kind": "open_drawer", "drawer": "one", "amount": {"amount": 100, **euro}},
            {"kind": "close_drawer", "drawer": "one", "counted": {"1": chance.choice((99, 100))}},
            {**sale("buy_in", player, f"e-{player}"), "amount": {"amount": PRICES["buy_in"], **euro}},
            {**sale("buy_in", player, f"e-{player}"), "amount": {"amount": PRICES["buy_in"], **euro},
             "intent": {"recorded_ms": 5}},
            {"kind": "reverse", "seq": chance.randint(2, 400), "reason": "twice"},
            {"kind": "open_drawer", "drawer": drawer, "amount": {"amount": 1, **euro}},
        )
    )  # fmt: skip


async def finish_event(till: Till) -> None:
    """One prize that all want to pay out."""
    await till.post("f1", "adopt_tournament", tournament="paid", rules=RULES)
    for key, player in (("f2", "ann"), ("f3", "bob")):
        await till.post(key, **sale("buy_in", player, f"x-{player}", tournament="paid"))
    await till.post("f4", "close_registration", tournament="paid")
    places = [["ann", "x-ann", 1], ["bob", "x-bob", 2]]
    await till.post("f5", "confirm_result", tournament="paid", places=places)


async def test_every_answer_stands_after_kill_upon_kill(
    tmp_path: Path, count: Callable[[str, int], None]
) -> None:
    """[LE9] [LE11] [LE33]"""
    box = await Box.found(tmp_path / "leaf")
    chance = random.Random(20261129)
    try:
        await box.start()
        async with box.client() as http:
            till = await box.till(http)
            await till.open_house()
            await finish_event(till)
            clients = Clients(till)
            async with anyio.create_task_group() as tasks:
                for number in range(CLIENTS):
                    tasks.start_soon(clients.work, number)
                for _ in range(KILLS):
                    with anyio.fail_after(300):
                        await clients.heard_more(chance.randint(1, 2 * ANSWERS_EACH))
                    box.kill()
                    await box.start()
                clients.done = True
            await holds(clients, till)
        box.kill()
        opens_in_time(box)
        await box.verifies()
    finally:
        box.kill()
    count("kills of a leaf amid fifty clients", KILLS)
    count("answers of it that were compared", clients.answers)


async def holds(clients: Clients, till: Till) -> None:
    for key, said in clients.heard.items():
        again = await till.send(key, clients.asked[key])
        assert {(again.status_code, again.content), *said} == {said[0]}, key
    entries = [one["entry"] for one in await till.entries()]
    assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
    by_key = {entry["key"]: entry for entry in entries if entry["key"]}
    assert len(by_key) == sum(1 for entry in entries if entry["key"])
    posted = {
        key: json.loads(said[0][1])["entry"] for key, said in clients.heard.items() if said[0][0] == 201
    }
    assert posted == {key: entry for key, entry in by_key.items() if key.startswith("c")}
    assert prize_cents(entries) <= PRIZE_CENTS
    money = Counter[str]()
    for entry in entries:
        for posting in entry["postings"]:
            money[posting["account"]] += posting["amount"]
        assert min((cents for name, cents in money.items() if name.startswith("10")), default=0) >= 0


def prize_cents(entries: list[dict[str, Any]]) -> int:
    """What was paid of the one prize, less what was reversed of it."""
    paid = 0
    for entry in entries:
        if "pay_prize" in (entry["kind"], entry["data"].get("undoes", {}).get("kind")):
            paid -= sum(one["amount"] for one in entry["postings"] if one["account"] == "1010/d")
    return paid


def opens_in_time(box: Box) -> None:
    """The ledger's own start, of the machine's whole start."""
    signer, began = KeyFiles(box.data).signer(), time.monotonic()
    Journal.open(
        box.data / "ledger.db", venue=box.founded.venue, currency="EUR", signer=signer, at_ms=2**42
    ).close()
    assert time.monotonic() - began < START_S
