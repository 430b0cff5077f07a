"""What `test_cores` has other processes do."""

import os
import sys
from multiprocessing.connection import Client

from serving.cores import LONG, shared_out


def process() -> int:
    return os.getpid()


def doubled(number: int) -> int:
    if number < 0:
        raise ValueError(f"{number} is below zero")
    return 2 * number


def main() -> None:
    """Says who helps, then waits for ever."""
    with shared_out(LONG) as each, Client(sys.argv[1]) as line:
        line.send([os.getpid(), *each(process, [()] * 8)])
        line.recv()


if __name__ == "__main__":
    from tests.serving.cores_work import main as begin

    begin()
