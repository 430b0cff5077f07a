"""The house that `run.py` measures: a leaf in a process of its own, and a full event of 112 tables in it."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio

from crdt_models.edits import Json
from felt.demo import structure
from felt.demo.crew import act_size
from felt.demo.desk import Desk, Http, SignedIn, enrol, sign_in
from felt.demo.office import euros
from leaf_server.identity.founding import NewDevice, NewPerson, initialise

__all__ = ["EVENT", "House", "furnished", "seat_of"]

ROOT = Path(__file__).resolve().parents[2]
EVENT = "event"
PIN = "1111"
SEATS = 9
SELLING_AT_ONCE = 16


@dataclass(frozen=True)
class House:
    """Where it is, its tablets (the first two are browsers' and not let in yet), its screens' tokens."""

    url: str
    sync_url: str
    venue: str
    browser_keys: list[str]
    tablets: list[SignedIn]
    cage: SignedIn
    screens: list[str]


@asynccontextmanager
async def furnished(
    data: Path, port: int, entries: int, tables: int, tablets: int, screens: int
) -> AsyncIterator[House]:
    """The leaf with everybody seated and the clock running; it ends with the block."""
    kinds = ["floor"] * tablets + ["cage"] + ["display"] * screens
    founded = await initialise(
        data, name="Bench", currency="EUR", time_zone="UTC",
        people=[NewPerson("ana", "Ana", "manager", PIN)],
        devices=[NewDevice(kind, f"{kind} {n}") for n, kind in enumerate(kinds, 1)],
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "felt", "leaf", "--data", str(data), "--port", str(port)]
    leaf = started([*command, "--sync-port", str(port + 1)])
    try:
        http = Http(url)
        await http.get("/health")  # asks again until somebody answers
        await http.close()
        keys = founded.enrolment_keys
        floor = [await admitted(url, key) for key in keys[2:tablets]]
        cage = await admitted(url, keys[tablets])
        shown = [(await enrol(url, key, "Screen"))[1] or "" for key in keys[tablets + 1 :]]
        sync_url = f"ws://127.0.0.1:{port + 1}/sync/{founded.venue}"
        house = House(url, sync_url, founded.venue, list(keys[:2]), floor, cage, shown)
        async with Desk(url, founded.venue, cage) as till, Desk(url, founded.venue, floor[-1]) as desk:
            await sell(till, entries)
            await furnish(desk, entries, tables)
        yield house
    finally:
        leaf.kill()
        leaf.wait()


def started(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


async def admitted(url: str, key: str) -> SignedIn:
    device, _ = await enrol(url, key, "Tablet")
    return await sign_in(url, device, "ana", PIN)


def seat_of(n: int, tables: int) -> tuple[str, int]:
    """Player n's seat: table by table in turn, so that the fuller tables are the last ones."""
    return f"t{tables - n % tables}", n // tables + 1


async def sell(till: Desk, entries: int) -> None:
    calendar = (await till.http.get("/api/v1/ledger/profiles"))["calendar"]
    await till.command("adopt_profile", profile={**structure.PROFILE, **calendar})
    await till.command("adopt_tournament", tournament=EVENT, rules=structure.RULES)
    await till.command("open_drawer", drawer="d1", amount=euros(0))
    left = iter(range(entries))

    async def clerk() -> None:
        for n in left:
            await buy_in(till, n)

    async with anyio.create_task_group() as clerks:
        for _ in range(SELLING_AT_ONCE):
            clerks.start_soon(clerk)


async def buy_in(till: Desk, n: int) -> None:
    await till.command(
        "buy_in", tournament=EVENT, player=f"p{n}", entry=f"e{n}", drawer="d1", method="cash",
        amount=euros(structure.PRICE_CENTS),
    )  # fmt: skip


async def furnish(desk: Desk, entries: int, tables: int) -> None:
    names = [f"t{n}" for n in range(1, tables + 1)]
    button: Json = {"button": 1, "small_blind": 2, "big_blind": 3}
    level: Json = {"kind": "play", "duration_ms": 3_600_000, "small": 100, "big": 200, "ante_by": "big_blind"}
    await write(desk, "config", [
        ("setup", {"kind": "config"}),
        ("venue", {"name": "Bench", "currency": "EUR", "time_zone": "UTC"}),
        *((f"table/{name}", {"number": n, "seats": SEATS}) for n, name in enumerate(names, 1)),
    ])  # fmt: skip
    await write(desk, "floor", [("setup", {"kind": "floor"})])
    await write(desk, "displays", [("setup", {"kind": "displays"})])
    people = [(f"player/p{n}", {"name": f"Player Number{n:04}"}) for n in range(entries)]
    await write(desk, "roster", [("setup", {"kind": "roster"}), *people])
    seats = {n: seat_of(n, tables) for n in range(entries)}
    await write(desk, f"tournament/{EVENT}", [
        ("setup", {"kind": "tournament", "name": "Main event", "starts_ms": 0, "seats_per_table": SEATS,
                   "starting_stack": 10_000, "late_until_level": 6}),
        ("registration", {"state": "open", "at_ms": 0}),
        *((f"level/{n}", level) for n in range(1, 11)),
        *((f"table/{name}", {"open": True, "order": n}) for n, name in enumerate(names, 1)),
        *((f"button/{name}", button) for name in names),
        *((f"entry/e{n}", {"player": f"p{n}", "number": 1}) for n in range(entries)),
        *((f"seat/p{n}", {"table": table, "seat": seat}) for n, (table, seat) in seats.items()),
        ("clock", {"level": 1, "state": "running", "anchor_ms": desk.clock.now(), "remaining_ms": 3_600_000}),
    ])  # fmt: skip


async def write(desk: Desk, document: str, changes: list[tuple[str, Json]]) -> None:
    copy = await desk.open(document)
    for act in act_size(changes):
        await copy.write(*act)
    await copy.settled()
