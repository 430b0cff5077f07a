"""What the driver writes: edits with a marker in each, the same bytes for every peer."""

import json

from peer import BIN
from pycrdt import Doc, Map


def b36(n):
    o = ""
    while n:
        n, d = divmod(n, 36)
        o = "0123456789abcdefghijklmnopqrstuvwxyz"[d] + o
    return o or "0"


START_MS = 10**6  # the bench server's leaf time is far past this, so no stamp is ahead
BIG_LINES = 12  # lines of three-byte characters in one big fact: nearly the 4 KiB that a value may have
BIG_LINE = "\u724c" * 108
BIG_BYTES = BIG_LINES * len(BIG_LINE.encode())


class Writer:
    """One Y client that makes a chain of edits with markers, for the connection whose device it carries."""

    def __init__(self, device="bench1", cid=None, big=0):
        self.doc = Doc(client_id=cid) if cid else Doc()
        self.m = self.doc.get("f", type=Map)
        self.count, self.head, self.replica = 0, {}, f"{device}-{b36(self.doc.client_id)}"
        self.out = None
        self.sub = self.doc.observe(lambda e: setattr(self, "out", e.update))
        self.big = big

    def edit(self, name, value, seq):
        self.count += 1
        stamp = f"{b36(START_MS + self.count)}.{self.count}.{self.replica}"
        old = self.head.get(name)
        self.head[name] = stamp
        text = [name, value, [old] if old else [], ["p1", ""]]
        self.m[stamp] = json.dumps(text, ensure_ascii=False, separators=(",", ":"))

    def setup(self):
        """The first edit of every document."""
        self.edit(
            "setup",
            {
                "kind": "tournament",
                "version": 1,
                "name": "Bench",
                "letter": "A",
                "game": "holdem",
                "starts_ms": 0,
                "seats_per_table": 9,
                "starting_stack": 20000,
                "late_until_level": 6,
                "entries_per_player": 1,
                "max_diff": 1,
            },
            0,
        )
        return bytes(self.out)

    def make(self, seq, key=None):
        v = f"@#{seq:08d}"
        if self.big:
            with self.doc.transaction():
                for n in range(self.big // BIG_BYTES):
                    self.edit(
                        f"settled/move/big{n}",
                        {
                            "stamps": [
                                (v + BIG_LINE)[: len(BIG_LINE)] if line == 0 else BIG_LINE
                                for line in range(BIG_LINES)
                            ],
                            "how": "kept",
                        },
                        seq,
                    )
        else:
            self.edit(
                f"move/{key or f'k{seq % 100}'}",
                {
                    "from_table": "t1",
                    "from_seat": 1,
                    "to_table": "t2",
                    "to_seat": 2,
                    "rule": v,
                    "basis": "",
                    "at_ms": seq,
                    "arrived": False,
                },
                seq,
            )
        return bytes(self.out)


async def opened(b, room):
    """A connection to a new room whose document has its `setup`, and the writer of that connection."""
    w = await b.connect(room)
    wr = Writer(w.device)
    w.tr.send(BIN, b.p.update(room, wr.setup()))
    return w, wr
