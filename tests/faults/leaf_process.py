"""Rooms, store and hands in a process of its own, to be killed: works on and prints what was promised.

    python -m tests.faults.leaf_process FOLDER LIFE

A line is `<document> <stamp>`, written once another replica shows that edit or its author was told that it
is accepted. The first line is `open`.
"""

import random
import sys
from pathlib import Path
from typing import Final

import anyio
from anyio.lowlevel import checkpoint

from crdt_models import server_replica
from crdt_models.facts import Json
from tests.faults.hands import Clock, Hand, Leaf, open_leaf

DOCUMENTS: Final = ("floor", "displays")


async def main(folder: Path, life: int) -> None:
    server_replica.SNAPSHOT_ROWS = 20  # type: ignore[misc]
    now, chance = Clock(life * 1_000_000), random.Random(life)
    hands = [
        Hand.new(document, f"d{n}", life * 100 + 10 * k + n)
        for k, document in enumerate(DOCUMENTS)
        for n in range(3)
    ]
    async with open_leaf(folder / "leaf.db", None, now, 4_000_000_000 + 10_000 * life) as leaf:
        for document in DOCUMENTS:
            await leaf.rooms.write(document, [("setup", {"kind": document})])
        sys.stdout.write("open\n")
        await work(leaf, hands, now, chance)


async def work(leaf: Leaf, hands: list[Hand], now: Clock, chance: random.Random) -> None:
    told: set[tuple[str, str]] = set()
    while True:
        before = len(told)
        for hand in hands:
            if not hand.connected:
                await hand.connect(leaf.rooms)
            hand.hear()
            new = {(hand.replica.document, stamp) for stamp in (*hand.seen, *hand.accepted)} - told
            told |= new
            sys.stdout.writelines(f"{document} {stamp}\n" for document, stamp in new)
            hand.seen.clear()
            hand.accepted.clear()
            if chance.random() < 0.5:
                write(hand, now, chance)
        sys.stdout.flush()
        if len(told) > before and chance.random() < 0.2:  # else nobody might come to be accepted in between
            (await leaf.rooms.enter(chance.choice(DOCUMENTS))).switch()
        await checkpoint()


def write(hand: Hand, now: Clock, chance: random.Random) -> None:
    if hand.replica.unsent > 50:
        return
    fact: tuple[str, Json]
    if hand.replica.document == "floor":
        fact = (f"seat/p{chance.randrange(9)}", {"table": "t1", "seat": 1 + chance.randrange(9)})
    else:
        fact = (f"announce/a{chance.randrange(9)}", {"text": str(chance.random()), "until_ms": 1})
    hand.write([fact], now())


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), int(sys.argv[2]))
