"""Fifty tills whose answers get lost, at a leaf that is killed amid them: each command has one outcome."""

import json
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
from anyio.abc import TaskGroup

from felt.demo.plain_http import NO_TLS
from felt.demo.structure import PRICE_CENTS
from tests.e2e.play import entries
from tests.fix_room import Room, until

TILLS: Final = 50
COMMANDS: Final = 4  # of each till
LOST: Final = 0.4  # of the answers
KILLS: Final = 2
PATH: Final = "/api/v1/ledger/commands"
PLAYERS: Final = 20  # far fewer than tills: most commands are in each other's way


class Till:
    """Sends a command until it was answered, then once more."""

    def __init__(self, room: Room, number: int) -> None:
        self.answers: dict[str, list[tuple[int, bytes]]] = {}
        self.lost = 0
        self._room, self._number = room, number
        self._chance = random.Random(number)
        self._token = room.demo["tokens"]["manager" if number % 2 else "cashier"]
        self._at = urlsplit(room.url)

    async def work(self, http: httpx.AsyncClient, done: list[str]) -> None:
        for count in range(COMMANDS):
            key, body = f"till{self._number}-{count}", json.dumps(self._some()).encode()
            self.answers[key] = [await self._ask(http, key, body) for _ in range(2)]
            done.append(key)

    def _some(self) -> dict[str, Any]:
        chance = self._chance
        player = f"player{chance.randrange(PLAYERS)}"
        money = {"amount": chance.randint(1, 5_000), "currency": "EUR"}
        if chance.random() < 0.5:
            return {"kind": "cash_buy_in", "player": player, "drawer": "d1", "amount": money}
        seen = {"expects": {"entries": 0}} if chance.random() < 0.5 else {}
        return {
            "kind": "buy_in", "tournament": self._room.tournament, "player": player, "entry": f"e-{player}",
            "drawer": "d1", "method": "cash", "amount": {"amount": PRICE_CENTS, "currency": "EUR"}, **seen,
        }  # fmt: skip

    async def _ask(self, http: httpx.AsyncClient, key: str, body: bytes) -> tuple[int, bytes]:
        """The answer, whatever gets lost before."""
        while True:
            try:
                if self._chance.random() < LOST:
                    await self._hang_up(key, body)
                    continue
                answer = await http.post(PATH, content=body, headers=self._headers(key))
            except (httpx.TransportError, OSError, anyio.BrokenResourceError):
                self.lost += 1
                await anyio.sleep(0.05)  # a person's pause, and the leaf's chance to come back
                continue
            if answer.status_code in (201, 409):
                return answer.status_code, answer.content
            assert answer.status_code in (429, 503), answer.text

    async def _hang_up(self, key: str, body: bytes) -> None:
        """The command goes out, and nobody stays to hear the answer."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self._headers(key).items())
        asked = (
            f"POST {PATH} HTTP/1.1\r\nhost: {self._at.netloc}\r\ncontent-length: {len(body)}\r\n{head}\r\n"
        )
        assert self._at.hostname is not None
        async with await anyio.connect_tcp(self._at.hostname, self._at.port or 80) as stream:
            await stream.send(asked.encode() + body)
        self.lost += 1

    def _headers(self, key: str) -> dict[str, str]:
        kind = "application/json"
        return {"authorization": f"Bearer {self._token}", "idempotency-key": key, "content-type": kind}


async def all_work(tills: list[Till], url: str, done: list[str]) -> None:
    limits = httpx.Limits(max_connections=TILLS)
    async with httpx.AsyncClient(
        base_url=url, limits=limits, timeout=20, trust_env=False, verify=NO_TLS
    ) as http:
        tasks: TaskGroup
        async with anyio.create_task_group() as tasks:
            for till in tills:
                tasks.start_soon(till.work, http, done)


@pytest.fixture(scope="module")
def tills(room: Room) -> list[Till]:
    room.prepare()
    room.look()
    tills, done = [Till(room, number) for number in range(TILLS)], list[str]()
    with ThreadPoolExecutor(1) as aside:
        working = aside.submit(anyio.run, all_work, tills, room.url, done)
        for kill in range(1, KILLS + 1):
            until(lambda n=kill: working.done() or len(done) > n * TILLS, "work goes on before the next kill")
            room.kill("leaf")
        working.result(300)
    room.healthy()
    return tills


def test_the_first_outcome_comes_back_for_ever(tills: list[Till]) -> None:
    """[LE9] [LE11]"""
    answers = {key: said for till in tills for key, said in till.answers.items()}
    assert len(answers) == TILLS * COMMANDS
    assert [key for key, said in answers.items() if len(set(said)) > 1] == []
    assert sum(till.lost for till in tills) > TILLS


def test_every_posted_command_is_one_entry_and_no_other_is_there(room: Room, tills: list[Till]) -> None:
    """[LE9] [LE5]"""
    ledger = entries(room)
    posted = {
        key: json.loads(said[0][1])["entry"]["seq"]
        for till in tills
        for key, said in till.answers.items()
        if said[0][0] == 201
    }
    booked = [(row["entry"]["key"], row["entry"]["seq"]) for row in ledger]
    assert dict(one for one in booked if one[0].startswith("till")) == posted
    assert max(Counter(key for key, _ in booked if key).values()) == 1
    assert [seq for _, seq in booked] == list(range(1, len(booked) + 1))


def test_of_those_in_each_others_way_one_wins_and_others_hear_why(room: Room, tills: list[Till]) -> None:
    """[LE13] [LE20]"""
    booked = [row["entry"] for row in entries(room) if row["entry"]["kind"] == "buy_in"]
    sold = Counter(entry["data"]["player"] for entry in booked)
    said = [one[0] for till in tills for one in till.answers.values()]
    refused = [json.loads(content)["error"] for status, content in said if status == 409]
    assert len(sold) > PLAYERS // 2
    assert set(sold.values()) == {1}
    assert {error["code"] for error in refused} == {"changed", "entries_used"}
    assert all(e["details"]["changed"] == {"entries": [0, 1]} for e in refused if e["code"] == "changed")
