"""A demo in a process of its own, for a bench that measures it from outside."""

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from felt.demo.demo_file import read_demo_file

__all__ = ["demo_beside", "line_command"]


@contextlib.contextmanager
def demo_beside(data: Path, first_port: int, *options: str) -> Iterator[dict[str, Any]]:
    """What `demo.json` tells of a healthy demo without an evening; it ends with the block.

    `options` are those of `felt demo`. Raises RuntimeError where it did not start.
    """
    command = [sys.executable, "-m", "felt", "demo", "--no-evening", "--headless", "--local", *options]
    command += ["--data", str(data), "--port", str(first_port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            while (demo := read_demo_file(data) or {}).get("state") != "healthy":
                if process.poll() is not None:
                    raise RuntimeError("the demo did not start")
                time.sleep(0.1)
            yield demo
        finally:
            process.send_signal(signal.SIGTERM)
    cluster = json.loads((data / "core" / "postgres.json").read_text())["cluster"]
    shutil.rmtree(cluster, ignore_errors=True)


def line_command(data: Path, state: str) -> Sequence[str]:
    """The command that brings the line of that demo to `cut` or `restored`: pass `cut` or `restore`."""
    return [sys.executable, "-m", "felt", "demo", "line", state, "--data", str(data)]
