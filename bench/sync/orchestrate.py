"""Runs every peer against every scenario, interleaved (round, scenario, peer), a fresh server for each cell.

orchestrate.py [--peers a,b] [--scenarios x,y] [--rounds N] [--out results.jsonl]
The results are rendered by report.py into docs/performance.md.
"""

import argparse
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import psutil

HERE = pathlib.Path(__file__).resolve().parent
WORK = HERE / ".work"
SERVERS = HERE / "servers"
NODE = str(pathlib.Path(sys.executable).with_name("node"))

Command = Callable[[int, str], tuple[list[str], dict[str, str]]]
PEERS: dict[str, tuple[str, Command]] = {
    "felt": (
        "felt",
        lambda port, data: ([sys.executable, str(SERVERS / "felt_app.py"), str(port), data], {}),
    ),
    "felt-asgi": (
        "felt",
        lambda port, data: ([sys.executable, str(SERVERS / "felt_app.py"), str(port), data, "asgi"], {}),
    ),
    "hocuspocus": (
        "hocuspocus",
        lambda port, data: (
            [NODE, str(SERVERS / "hocuspocus.mjs"), str(port)],
            {"BENCH_NODE_DIR": str(WORK / "hocuspocus")},
        ),
    ),
    "y-websocket-server": (
        "y",
        lambda port, data: (
            [NODE, str(WORK / "yws/node_modules/@y/websocket-server/src/server.js")],
            {"HOST": "127.0.0.1", "PORT": str(port)},
        ),
    ),
    "pycrdt-websocket": (
        "y",
        lambda port, data: (
            [sys.executable, str(SERVERS / "serve_asgi.py"), "pycrdt_app", str(port)],
            {},
        ),
    ),
}
SCENARIOS = (
    "fanout50",
    "fanout200",
    "fanout1000",
    "sustained",
    "multi",
    "storm",
    "slow",
    "awake",
    "coldjoin",
)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Server:
    """One peer, pinned to core 0, started for one cell."""

    def __init__(self, peer: str) -> None:
        self.port = free_port()
        self.protocol, command = PEERS[peer]
        self.data = tempfile.mkdtemp(prefix="felt-bench-")
        argv, extra = command(self.port, self.data)
        environment = {
            **os.environ,
            "NODE_ENV": "production",
            "PYTHONPATH": f"{SERVERS}{os.pathsep}{HERE.parents[1]}",
            **extra,
        }
        (WORK / "logs").mkdir(parents=True, exist_ok=True)
        self.log = (WORK / "logs" / f"{peer}.log").open("ab")
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", *argv], cwd=SERVERS, stdout=self.log, stderr=self.log, env=environment
        )
        self._wait_until_listening(peer)

    def _wait_until_listening(self, peer: str) -> None:
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{peer} did not start, see {self.log.name}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            except OSError:
                time.sleep(0.1)
            else:
                time.sleep(0.5)
                return
        raise RuntimeError(f"{peer} does not listen")

    def stop(self) -> None:
        if self.process.poll() is None:
            children = psutil.Process(self.process.pid).children(recursive=True)
            self.process.terminate()
            try:
                self.process.wait(3)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            for child in children:
                if child.is_running():
                    child.kill()
        self.log.close()
        shutil.rmtree(self.data, ignore_errors=True)


def drive(server: Server, scenario: str) -> dict[str, object]:
    """One scenario against one server; the driver's JSON, or an `error`."""
    path = "sync/bench/tournament/{room}" if server.protocol == "felt" else "{room}"
    argv = [
        "taskset", "-c", "1", sys.executable, str(HERE / "driver.py"),
        "--url-template", f"ws://127.0.0.1:{server.port}/{path}", "--protocol", server.protocol,
        "--server-pid", str(server.process.pid), "--scenario", scenario,
    ]  # fmt: skip
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=150)
    except subprocess.TimeoutExpired:
        return {"scenario": scenario, "error": "driver timeout"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        return {"scenario": scenario, "error": (done.stderr or done.stdout)[-300:]}
    answer: dict[str, object] = json.loads(lines[-1])
    return answer


def cell(peer: str, scenario: str) -> dict[str, object]:
    try:
        server = Server(peer)
    except RuntimeError as failure:
        return {"scenario": scenario, "error": str(failure)}
    try:
        return drive(server, scenario)
    finally:
        server.stop()


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--peers", default=",".join(PEERS))
    ask.add_argument("--scenarios", default=",".join(SCENARIOS))
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--out", default=str(WORK / "results.jsonl"))
    chosen = ask.parse_args()
    out = pathlib.Path(chosen.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("")
    for number in range(chosen.rounds):
        for scenario in chosen.scenarios.split(","):
            for peer in chosen.peers.split(","):
                record = {"peer": peer, "round": number + 1, **cell(peer, scenario)}
                with out.open("a") as results:
                    results.write(json.dumps(record) + "\n")
                print(json.dumps(record), flush=True)
    subprocess.run([sys.executable, str(HERE / "report.py"), str(out)], check=True)


if __name__ == "__main__":
    main()
