"""What a scenario needs of the server under test: connections, its memory, its CPU."""

import asyncio
import os
import random
import ssl
from array import array

import psutil
from peer import Client, Proto
from picows import ws_connect


class Bench:
    def __init__(self, a):
        self.a = a
        self.p = Proto(a.protocol)
        self.pid = a.server_pid
        self.salt = f"{random.randrange(10**6)}"

    def procs(self):
        if not self.pid:
            return []
        try:
            q = psutil.Process(self.pid)
            return [q] + q.children(recursive=True)
        except psutil.Error:
            return []

    def alive(self):
        try:
            return psutil.Process(self.pid).status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def rss(self):
        n = 0
        for q in self.procs():
            try:
                n += q.memory_info().rss
            except psutil.Error:
                pass
        return n / 2**20

    def cpu(self):
        n = 0
        for q in self.procs():
            d = f"/proc/{q.pid}/task"
            try:
                for t in os.listdir(d):
                    with open(f"{d}/{t}/schedstat") as f:
                        n += int(f.read().split()[0])
            except OSError:
                pass
        return n / 1e9

    async def connect(self, room, wait=True, timeout=30):
        url = self.a.url_template.format(room=room)
        c = Client(self.p, room)
        tls = None
        if url.startswith("wss"):
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        await ws_connect(
            lambda: c,
            url,
            ssl_context=tls,
            websocket_handshake_timeout=timeout,
            max_frame_size=512 * 2**20,
            extra_headers={"Authorization": f"Bearer {c.device}"},
        )
        if wait:
            await asyncio.wait_for(c.synced, timeout)
        return c

    async def many(self, rooms):
        sem = asyncio.Semaphore(25)

        async def one(r):
            async with sem:
                return await self.connect(r)

        return await asyncio.gather(*[one(r) for r in rooms])


def pct(a, q):
    return a[min(len(a) - 1, int(len(a) * q))] if len(a) else None


def lat_stats(clients):
    a = array("d")
    for c in clients:
        a.extend(c.lat)
    a = sorted(a)
    if not a:
        return {}
    return {
        "p50_ms": round(pct(a, 0.5) * 1e3, 2),
        "p95_ms": round(pct(a, 0.95) * 1e3, 2),
        "p99_ms": round(pct(a, 0.99) * 1e3, 2),
        "max_ms": round(a[-1] * 1e3, 2),
    }
