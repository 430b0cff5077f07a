"""Opens and closes rooms in a process of its own and prints how much memory it has ever held, in KiB.

    python -m tests.faults.many_rooms FOLDER ROOMS

Twice: when half of them have come and gone, and at the end. In each a phone writes and is gone.
"""

import resource
import sys
from pathlib import Path

import anyio

from serving import rooms as rooms_module
from tests.faults.hands import Clock, Hand, open_leaf, until

PHONES = 1_500  # that there are; they come again and again


async def main(folder: Path, number: int) -> None:
    rooms_module.COMMIT_GAP_S, rooms_module.TICK_S = 0, 0.01  # type: ignore[misc]
    rooms_module.IDLE_TICKS_MAX = 1  # type: ignore[misc]
    now = Clock()
    async with open_leaf(folder / "leaf.db", None, now, 4_000_000_000, seconds=600) as leaf:
        rooms = leaf.rooms
        for n in range(number):
            hand = Hand.new(f"phone/p{n % PHONES}", f"d{n % PHONES}", n + 1)
            await hand.connect(rooms)
            hand.write([("setup", {"kind": "phone", "until_ms": n})], now())
            await until(lambda h=hand: h.settled)  # type: ignore[misc]
            hand.leave()
            if n in (number // 2, number - 1):
                await until(lambda: rooms.statistics().rooms == 0)
                sys.stdout.write(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}\n")


if __name__ == "__main__":
    anyio.run(main, Path(sys.argv[1]), int(sys.argv[2]))
