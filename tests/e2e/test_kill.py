"""Pulling plugs: kill -9 of leaf, core and NATS amid edits and buy-ins loses nothing that was seen.

Seen means: a second replica showed the edit, or a receipt showed the entry. Both are written down as they
appear, and looked for after every server has died: there, and once.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import anyio
import pytest
from playwright.sync_api import expect

from felt.demo.crew import Crew, new_id
from tests.e2e.play import Sold, buy_in, entries
from tests.fix_room import Room, Tablets, in_touch, until

VICTIMS = ("leaf", "core", "nats_hub", "nats_leaf", "postgres", "leaf")
STEPS = 12  # edits and buy-ins seen between two kills
SEE_IT_AWAY = """() => {
    const pill = document.querySelector('[data-testid=sync-pill]');
    const look = () => (window.away ||= pill.dataset.kind !== 'synced');
    new MutationObserver(look).observe(pill, { attributes: true });
}"""  # the next leaf may be there before anybody has looked


@dataclass
class Seen:
    """What was seen while servers died. `over` is set when the last one is back."""

    edits: list[str] = field(default_factory=list)
    receipts: list[Sold] = field(default_factory=list)
    written: int = 0
    over: bool = False


async def work(crew: Crew, seen: Seen) -> None:
    """One tablet writes, another looks; the cage sells; until it is over and all has arrived."""
    writing, looking = await crew.floor.open("floor"), await crew.floor2.open("floor")

    async def write() -> None:
        while not seen.over:
            entry = f"waitlist/{new_id(crew.chance)}"
            await writing.write((entry, {"list": "nlh12", "player": new_id(crew.chance)}))
            seen.written += 1
            await anyio.sleep(0.02)  # a very fast person
        await writing.settled()

    async def look() -> None:
        def is_all() -> bool:
            return seen.over and len(seen.edits) == seen.written

        while not is_all():
            await looking.until(lambda: is_all() or len(looking.facts.group("waitlist/")) > len(seen.edits))
            known = set(seen.edits)
            seen.edits += [entry for entry in looking.facts.group("waitlist/") if entry not in known]

    async def sell() -> None:
        while not seen.over:
            seen.receipts.append(await buy_in(crew, f"Buyer {len(seen.receipts)}", len(seen.receipts)))

    async with anyio.create_task_group() as tasks:
        for part in (write, look, sell):
            tasks.start_soon(part)


@pytest.fixture(scope="module")
def seen(room: Room) -> Seen:
    """The work of two tablets and a cage while one server after the other is killed."""
    room.prepare()
    seen = Seen()
    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(room.work, lambda crew: work(crew, seen))
        for victim in VICTIMS:
            edits, receipts = len(seen.edits) + STEPS, len(seen.receipts) + STEPS
            until(
                lambda e=edits, r=receipts: done.done() or (len(seen.edits) >= e and len(seen.receipts) >= r),
                f"work goes on before {victim} is killed",
            )
            room.kill(victim)
        room.healthy()
        seen.over = True
        done.result(120)
    return seen


def test_every_edit_a_second_replica_had_shown_is_there_once(room: Room, seen: Seen) -> None:
    kept = {name.partition("/")[2] for name in room.facts("floor") if name.startswith("waitlist/")}
    assert kept == set(seen.edits)
    history = Counter(change_names(room))
    assert {entry: history[f"waitlist/{entry}"] for entry in seen.edits} == dict.fromkeys(seen.edits, 1)


def test_every_entry_a_receipt_had_shown_is_there_once(room: Room, seen: Seen) -> None:
    ledger = entries(room)
    hashes = {row["entry"]["seq"]: row["hash"] for row in ledger}
    assert {sold.seq: hashes[sold.seq] for sold in seen.receipts} == {s.seq: s.hash for s in seen.receipts}
    assert sum(row["entry"]["kind"] == "buy_in" for row in ledger) == len(seen.receipts)
    assert sorted(hashes) == list(range(1, len(ledger) + 1))


def test_the_core_has_both(room: Room, seen: Seen) -> None:
    until(lambda: entries(room) == entries(room, room.core_url), "the core's ledger is equal")
    until(lambda: room.facts("floor") == room.facts("floor", room.core_url), "the core's floor is equal")


def test_a_tablet_that_was_open_all_the_time_works_on(room: Room, seen: Seen, tablets: Tablets) -> None:
    floor = tablets.sign_in("floor", "floor", "Tablet")
    floor.evaluate(SEE_IT_AWAY)
    for victim in ("leaf", "core", "nats_hub"):
        room.kill(victim)
    until(lambda: floor.evaluate("window.away"), "it was seen away")
    in_touch(floor)
    floor.get_by_test_id("rail-lists").click()
    expect(floor.get_by_test_id("list-nlh12").get_by_test_id("list-row")).to_have_count(len(seen.edits))


def change_names(room: Room) -> list[str]:
    """The facts of every change the leaf's history of `floor` tells, page by page."""
    names: list[str] = []
    before = ""
    while True:
        page = room.get(f"/api/v1/documents/floor/history?limit=200{before}")
        names += [change["name"] for change in page["changes"]]
        if page["next"] is None:
            return names
        before = f"&before={page['next']}"
