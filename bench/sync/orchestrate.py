"""Runs every peer against every scenario, interleaved (scenario outer, peer inner), a fresh server each time.

orchestrate.py [--peers a,b] [--scenarios x,y] [--out results.jsonl]
Add your own server: put an entry into PEERS, or start it yourself and call driver.py directly.
"""
import argparse
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

H = pathlib.Path(__file__).resolve().parent
W = H / ".work"
NODE = str(pathlib.Path(sys.executable).with_name("node"))
S = H / "servers"


PEERS = {
    "felt": ("felt", lambda port: ([sys.executable, str(S / "felt_app.py"), str(port), str(W / "felt")], {})),
    "hocuspocus": ("hocuspocus", lambda port: ([NODE, str(S / "hocuspocus.mjs"), str(port)], {"BENCH_NODE_DIR": str(W / "hocuspocus")})),
    "y-websocket-server": ("y", lambda port: ([NODE, str(W / "yws/node_modules/@y/websocket-server/src/server.js")], {"HOST": "127.0.0.1", "PORT": str(port)})),
    "pycrdt-websocket": ("y", lambda port: ([sys.executable, str(S / "serve_asgi.py"), "hypercorn-uvloop", "pycrdt_app", str(port)], {})),
}
KINDS = ["ff-ff-ff", "empty", "prefix+ff", "garbage-update", "garbage-step2", "garbage-step1", "len-overrun", "garbage-awareness", "text-frame", "50MiB"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Srv:
    def __init__(self, name):
        self.port = free_port()
        self.proto, mk = PEERS[name]
        cmd, env = mk(self.port)
        logs = W / "logs"
        logs.mkdir(exist_ok=True)
        self.log = logs / (name.replace("/", "_").replace(" ", "_") + ".log")
        f = open(self.log, "ab")
        self.p = subprocess.Popen(["taskset", "-c", "0", *cmd], cwd=S, stdout=f, stderr=f, env={**os.environ, "NODE_ENV": "production", "PYTHONPATH": str(S), **env})
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), .5).close()
                break
            except OSError:
                time.sleep(.1)
                if self.p.poll() is not None:
                    raise RuntimeError(f"{name} did not start, see {self.log.name}")
        time.sleep(.5)

    def stop(self):
        if self.p.poll() is None:
            self.p.terminate()
            try:
                self.p.wait(2)
            except subprocess.TimeoutExpired:
                import psutil
                for c in psutil.Process(self.p.pid).children(recursive=True):
                    c.kill()
                self.p.kill()
                self.p.wait()


def drive(srv, scen, timeout=150):
    try:
        o = subprocess.run(["taskset", "-c", "1", sys.executable, str(H / "driver.py"), "--url-template", f"ws://127.0.0.1:{srv.port}/" + ("sync/bench/tournament/{room}" if srv.proto == "felt" else "{room}"), "--protocol", srv.proto, "--server-pid", str(srv.p.pid), "--scenario", scen],
                           capture_output=True, text=True, timeout=timeout)
        lines = [l for l in o.stdout.splitlines() if l.startswith("{")]
        return json.loads(lines[-1]) if lines else {"scenario": scen, "error": (o.stderr or o.stdout)[-300:]}
    except subprocess.TimeoutExpired:
        return {"scenario": scen, "error": "driver timeout"}


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--peers", default=",".join(PEERS))
    ap.add_argument("--scenarios", default="throughput,sustained,fanout50,fanout200,fanout1000,multi,storm,slow,abrupt,coldjoin,abuse")
    ap.add_argument("--out", default=str(W / "results.jsonl"))
    a = ap.parse_args()
    peers = a.peers.split(",")
    for sc in a.scenarios.split(","):
        for peer in peers:
            srv = None
            for item in (["abuse:" + k for k in KINDS] if sc == "abuse" else [sc]):
                try:
                    if srv is None:
                        srv = Srv(peer)
                    r = drive(srv, item)
                except Exception as e:
                    r = {"scenario": item, "error": str(e)}
                r = {"peer": peer, "at": time.strftime("%H:%M:%S"), **r}
                r["server_exit"] = srv.p.poll() if srv else None
                with open(a.out, "a") as f:
                    f.write(json.dumps(r) + "\n")
                print(json.dumps(r), flush=True)
                if srv and (srv.p.poll() is not None or r.get("error") or (sc == "abuse" and r.get("other_room_ok") is not True) or item == "abuse:50MiB"):
                    srv.stop()
                    srv = None
            if srv:
                srv.stop()
            subprocess.run([sys.executable, str(H / "report.py"), a.out], check=False)


if __name__ == "__main__":
    main()
