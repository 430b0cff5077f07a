"""What a first client needs is in memory before it comes."""

import subprocess
import sys

LIFE = """
import re, sys
from crdt_models.documents.catalogue import kind_of
from crdt_models.rehearsal import rehearse
from crdt_models.server_replica import ServerReplica
from crdt_models.turn import Writer

def in_memory() -> int:
    maps = re.split(r"(?m)^(?=[0-9a-f]+-[0-9a-f]+ )", open("/proc/self/smaps").read())
    yjs = [one for one in maps if "_pycrdt" in one.partition("\\n")[0]]
    return sum(int(re.search(r"Rss: +([0-9]+)", one)[1]) for one in yjs)

if "rehearsed" in sys.argv:
    rehearse()
before = in_memory()
replica = ServerReplica("floor", kind_of("floor"), None, at="leaf", writer=Writer(7, "leaf-7"), first_epoch=1,
    forget=lambda name: False)
replica.update(replica.state_vector)
print(in_memory() - before)
"""


def test_the_first_client_does_not_wait_for_the_disk_to_bring_yjs() -> None:
    def read_for_it(*how: str) -> int:
        return int(subprocess.check_output([sys.executable, "-c", LIFE, *how]))

    assert read_for_it() > 0  # KiB; else it proves nothing
    assert read_for_it("rehearsed") == 0
