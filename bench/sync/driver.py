"""Raw-protocol load driver for Yjs websocket servers; prints one JSON object per scenario.

driver.py --url-template 'ws://127.0.0.1:1234/{room}' --protocol y|hocuspocus|felt --server-pid PID
          --scenario NAME[,NAME]
It never applies updates; it looks for markers inside the bytes. Writers make edits (root `f`, stamped keys,
one JSON string each): the same bytes go to every peer. `felt` is `y` with a sign-in per connection, as
`Authorization: Bearer bench<n>`, and stamps that carry that connection's device.
"""

import argparse
import json
import os
import random

import uvloop
from faults import abrupt, abuse, slow
from peer import sent
from scenarios import coldjoin, fanout, multi, storm, sustained, throughput

from bench import Bench

SC = {
    "fanout50": lambda b: fanout(b, 50, 20, 5),
    "fanout200": lambda b: fanout(b, 200, 20, 5),
    "fanout1000": lambda b: fanout(b, 1000, 5, 5),
    "coldjoin": coldjoin,
    "throughput": throughput,
    "sustained": sustained,
    "multi": multi,
    "storm": storm,
    "slow": slow,
    "awake": lambda b: slow(b, asleep=False),
    "abrupt": abrupt,
}
KINDS = [
    "ff-ff-ff",
    "empty",
    "prefix+ff",
    "garbage-update",
    "garbage-step2",
    "garbage-step1",
    "len-overrun",
    "garbage-awareness",
    "text-frame",
    "50MiB",
]


async def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--url-template", required=True)
    ap.add_argument("--protocol", default="y", choices=["y", "hocuspocus", "felt"])
    ap.add_argument("--server-pid", type=int, default=0)
    ap.add_argument(
        "--scenario", required=True, help=",".join(SC) + ",abuse:<kind>; kinds: " + ",".join(KINDS)
    )
    ap.add_argument("--core", type=int, default=1)
    a = ap.parse_args()
    try:
        os.sched_setaffinity(0, {a.core})
    except OSError:
        pass
    b = Bench(a)
    for s in a.scenario.split(","):
        b.salt = f"{random.randrange(10**6)}"
        sent.clear()
        try:
            r = await (abuse(b, s.split(":", 1)[1]) if s.startswith("abuse:") else SC[s](b))
        except Exception as e:
            r = {"error": f"{type(e).__name__}: {e}"[:300], "alive": b.alive()}
        print(json.dumps({"scenario": s, **r}), flush=True)
    os._exit(0)


if __name__ == "__main__":
    uvloop.run(main())
