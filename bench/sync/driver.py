"""Raw-protocol load driver for Yjs websocket servers.

driver.py --url-template 'ws://127.0.0.1:1234/{room}' --protocol y|hocuspocus|felt --server-pid PID --scenario NAME
Prints one JSON object per scenario. It never applies updates; it looks for markers inside the bytes.
Writers make edits (root `f`, stamped keys, one JSON string each): the same bytes go to every peer. `felt` is `y`
with a sign-in per connection, as `Authorization: Bearer bench<n>`, and stamps that carry that connection's device.
"""
import argparse
import asyncio
import base64
import gc
import json
import os
import random
import socket
import struct
import sys
import time
from array import array
from urllib.parse import urlparse

import psutil
import uvloop
from picows import WSListener, WSMsgType, ws_connect
from pycrdt import Doc, Map

BIN, CLOSE, TEXT = WSMsgType.BINARY, WSMsgType.CLOSE, WSMsgType.TEXT
MARK = b"@#"
now = time.perf_counter
sent = {}  # seq -> send time


def vu(n):
    o = bytearray()
    while n > 127:
        o.append(128 | (n & 127))
        n >>= 7
    o.append(n)
    return bytes(o)


class Proto:
    def __init__(self, name):
        self.name = name

    def prefix(self, room):
        return vu(len(room)) + room.encode() if self.name == "hocuspocus" else b""

    def auth(self, room):
        return self.prefix(room) + b"\x02\x00" + vu(5) + b"token"

    def step1(self, room):
        return self.prefix(room) + b"\x00\x00\x01\x00"

    def step2_empty(self, room):
        return self.prefix(room) + b"\x00\x01\x02\x00\x00"

    def update(self, room, u):
        return self.prefix(room) + b"\x00\x02" + vu(len(u)) + u


class Client(WSListener):
    made = 0

    def __init__(self, proto, room):
        self.p, self.room = proto, room
        self.off = len(proto.prefix(room))
        self.frames = self.marks = self.bytes = self.acks = 0
        self.last = -1
        self.lat = None
        self.synced = asyncio.get_running_loop().create_future()
        self.t_synced = 0.0
        self.step2_len = 0
        self.closed = None
        self.want = None  # (seq, future)
        self.own = None
        self.gate = None
        self.tr = None
        Client.made += 1
        self.device = f"bench{Client.made}"

    def on_ws_connected(self, tr):
        self.tr = tr
        p = self.p
        if p.name == "hocuspocus":
            tr.send(BIN, p.auth(self.room))
        else:
            tr.send(BIN, p.step1(self.room))

    def on_ws_disconnected(self, tr):
        if self.closed is None:
            self.closed = "tcp-closed"
        if not self.synced.done():
            self.synced.set_exception(ConnectionError(str(self.closed)))
            self.synced.exception()

    def on_ws_frame(self, tr, frame):
        mt = frame.msg_type
        if mt is not BIN:
            if mt is CLOSE:
                try:
                    self.closed = int(frame.get_close_code().value)
                except Exception:
                    self.closed = str(frame.get_close_code())
                tr.disconnect()
            return
        data = frame.get_payload_as_bytes()
        off = self.off
        if data[off] == 0 and data[off + 1] == 2:
            t = now()
            self.frames += 1
            self.bytes += len(data)
            before = self.marks
            i = data.find(MARK)
            while i >= 0:
                seq = int(data[i + 2:i + 10])
                self.marks += 1
                if self.lat is not None and (self.own is None or seq not in self.own):
                    self.lat.append(t - sent[seq])
                if seq > self.last:
                    self.last = seq
                if self.want is not None and seq == self.want[0] and not self.want[1].done():
                    self.want[1].set_result(t)
                i = data.find(MARK, i + 10)
            g = self.gate
            if g is not None:
                g.total += self.marks - before
                if g.fut is not None and g.total >= g.need:
                    g.fut.set_result(None)
                    g.fut = None
            return
        typ, sub = data[off], data[off + 1]
        if typ in (0, 4):
            if sub == 1:
                self.step2_len = len(data)
                if not self.synced.done():
                    self.t_synced = now()
                    self.synced.set_result(1)
            elif sub == 0:
                tr.send(BIN, self.p.step2_empty(self.room))
        elif typ == 2 and self.p.name == "hocuspocus":
            tr.send(BIN, self.p.step1(self.room))
        else:
            self.acks += 1


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
            import ssl
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
        await ws_connect(lambda: c, url, ssl_context=tls, websocket_handshake_timeout=timeout, max_frame_size=512 * 2**20,
                         extra_headers={"Authorization": f"Bearer {c.device}"})
        if wait:
            await asyncio.wait_for(c.synced, timeout)
        return c

    async def many(self, rooms):
        sem = asyncio.Semaphore(25)

        async def one(r):
            async with sem:
                return await self.connect(r)
        return await asyncio.gather(*[one(r) for r in rooms])


def b36(n):
    o = ""
    while n:
        n, d = divmod(n, 36)
        o = "0123456789abcdefghijklmnopqrstuvwxyz"[d] + o
    return o or "0"


START_MS = 10**6  # the bench server's leaf time is far past this, so no stamp is ahead
BIG_LINES = 10  # lines of 110 characters in one big fact


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
        self.m[stamp] = json.dumps([name, value, [old] if old else [], ["p1", ""]], separators=(",", ":"))

    def setup(self):
        """The first edit of every document."""
        self.edit("setup", {"kind": "tournament", "version": 1, "name": "Bench", "letter": "A", "game": "holdem", "starts_ms": 0,
                            "seats_per_table": 9, "starting_stack": 20000, "late_until_level": 6, "entries_per_player": 1, "max_diff": 1}, 0)
        return bytes(self.out)

    def make(self, seq, key=None):
        v = "@#%08d" % seq
        if self.big:
            with self.doc.transaction():
                for n in range(self.big // (BIG_LINES * 110)):
                    self.edit(f"settled/big{n}", {"stamps": [(v if line == 0 else "") + "x" * 100 for line in range(BIG_LINES)], "how": "kept"}, seq)
        else:
            self.edit(f"move/{key or f'k{seq % 100}'}", {"from_table": "t1", "from_seat": 1, "to_table": "t2", "to_seat": 2, "rule": v, "basis": "",
                                                         "at_ms": seq, "arrived": False}, seq)
        return bytes(self.out)


async def opened(b, room):
    """A connection to a new room whose document has its `setup`, and the writer of that connection."""
    w = await b.connect(room)
    wr = Writer(w.device)
    w.tr.send(BIN, b.p.update(room, wr.setup()))
    return w, wr


def pct(a, q):
    return a[min(len(a) - 1, int(len(a) * q))] if len(a) else None


def lat_stats(clients):
    a = array("d")
    for c in clients:
        a.extend(c.lat)
    a = sorted(a)
    if not a:
        return {}
    return {"p50_ms": round(pct(a, .5) * 1e3, 2), "p95_ms": round(pct(a, .95) * 1e3, 2), "p99_ms": round(pct(a, .99) * 1e3, 2), "max_ms": round(a[-1] * 1e3, 2)}


async def fanout(b, n, rate, dur):
    room = f"fan{n}-{b.salt}"
    rss0 = b.rss()
    w, wr = await opened(b, room)
    subs = await b.many([room] * n)
    await asyncio.sleep(.5)
    rss1 = b.rss()
    warm, total = 10, int(rate * dur)  # warm-up updates are sent but not counted (JIT, lazy set-up)
    ups = [b.p.update(room, wr.make(i)) for i in range(total + warm)]
    for i in range(warm):
        sent[i] = now()
        w.tr.send(BIN, ups[i])
        await asyncio.sleep(.1)
    end = now() + 10
    while now() < end and any(c.marks < warm for c in subs):
        await asyncio.sleep(.05)
    ups = ups[warm:]
    for c in subs:
        c.lat = array("d")
        c.marks = c.frames = 0
    gc.collect(); gc.disable()
    c0, d0, t0 = b.cpu(), time.process_time(), now()
    for i, u in enumerate(ups):
        d = t0 + i / rate - now()
        if d > 0:
            await asyncio.sleep(d)
        sent[i + warm] = now()
        w.tr.send(BIN, u)
    end = now() + 15
    while now() < end and any(c.marks < len(ups) for c in subs):
        await asyncio.sleep(.02)
    t1 = now()
    marks, frames = sum(c.marks for c in subs), sum(c.frames for c in subs)
    cpu = b.cpu() - c0
    r = {"n": n, "rate": rate, "update_bytes": len(ups[0]), "expected": n * len(ups), "delivered": marks, "frames": frames, "wall_s": round(t1 - t0, 2),
         **lat_stats(subs), "cpu_s": round(cpu, 3), "cpu_us_per_delivery": round(cpu / max(1, marks) * 1e6, 1), "cpu_s_per_1000": round(cpu / max(1, marks) * 1e3, 4),
         "driver_cpu_s": round(time.process_time() - d0, 2), "rss_start_mib": round(rss0, 1), "rss_conn_mib": round(rss1, 1),
         "rss_end_mib": round(b.rss(), 1), "kib_per_conn": round((rss1 - rss0) * 1024 / (n + 1), 1)}
    return r


async def throughput(b, n=50, total=3000, cap=45):
    room = f"thr-{b.salt}"
    w, wr = await opened(b, room)
    subs = await b.many([room] * n)
    ups = [b.p.update(room, wr.make(i)) for i in range(total)]
    # warm-up is deliberately absent for the servers: a fresh server, first burst
    loop = asyncio.get_running_loop()
    futs = []
    for c in subs:
        c.want = (total - 1, loop.create_future())
        futs.append(c.want[1])
    gc.collect(); gc.disable()
    await asyncio.sleep(.3)
    rss0, c0, d0, t0 = b.rss(), b.cpu(), time.process_time(), now()
    for i, u in enumerate(ups):
        w.tr.send(BIN, u)
        if i % 20 == 19:
            await asyncio.sleep(0)
            while w.tr.underlying_transport.get_write_buffer_size() > 65536:
                await asyncio.sleep(.001)
    t_written = now() - t0
    peak = rss0
    end = t0 + cap
    while now() < end and not all(f.done() for f in futs):
        peak = max(peak, b.rss())
        await asyncio.sleep(.1)
    ok = all(f.done() for f in futs)
    wall = (max(f.result() for f in futs) if ok else now()) - t0
    marks, frames = sum(c.marks for c in subs), sum(c.frames for c in subs)
    cpu, dcpu = b.cpu() - c0, time.process_time() - d0
    return {"n": n, "updates": total, "complete": ok and marks == n * total, "last_seen_by_all": ok, "delivered": marks, "expected": n * total, "frames": frames,
            "wall_s": round(wall, 3), "writer_done_s": round(t_written, 3), "deliveries_per_s": round(marks / wall), "frames_per_s": round(frames / wall),
            "cpu_us_per_delivery": round(cpu / max(1, marks) * 1e6, 2), "cpu_us_per_frame": round(cpu / max(1, frames) * 1e6, 2), "driver_cpu_s": round(dcpu, 2),
            "driver_busy": round(dcpu / wall, 2), "rss_before_mib": round(rss0, 1), "rss_peak_mib": round(peak, 1), "alive": b.alive()}


class Gate:
    """Lets the writer run at most `window` updates ahead of what the subscribers have received, on average."""
    total, need, fut = 0, 0, None


async def sustained(b, n=50, total=3000, window=64, warm=200, cap=45):
    room = f"sus-{b.salt}"
    w, wr = await opened(b, room)
    subs = await b.many([room] * n)
    ups = [b.p.update(room, wr.make(i)) for i in range(total + warm)]
    g = Gate()
    for c in subs:
        c.gate = g
    loop = asyncio.get_running_loop()
    gc.collect(); gc.disable()
    rss0 = b.rss()
    end = now() + cap
    for i, u in enumerate(ups):
        if i == warm:
            while g.total < warm * n and now() < end:
                await asyncio.sleep(.01)
            frames0 = sum(c.frames for c in subs)
            for c in subs:
                c.lat = array("d")
            c0, d0, t0 = b.cpu(), time.process_time(), now()
        g.need = (i - window) * n
        if g.total < g.need:
            g.need += window * n // 4  # refill in quarter windows
            g.fut = f = loop.create_future()
            try:
                await asyncio.wait_for(f, max(.01, end - now()))
            except asyncio.TimeoutError:
                break
        sent[i] = now()
        w.tr.send(BIN, u)
    while g.total < len(ups) * n and now() < end:
        g.need, g.fut = len(ups) * n, loop.create_future()
        try:
            await asyncio.wait_for(g.fut, max(.01, end - now()))
        except asyncio.TimeoutError:
            g.fut = None
    wall = now() - t0
    marks, frames = g.total - warm * n, sum(c.frames for c in subs) - frames0
    cpu, dcpu = b.cpu() - c0, time.process_time() - d0
    return {"n": n, "updates": total, "window": window, "complete": marks == n * total, "delivered": marks, "expected": n * total, "frames": frames, "wall_s": round(wall, 3), "deliveries_per_s": round(marks / wall),
            **lat_stats(subs), "cpu_us_per_delivery": round(cpu / max(1, marks) * 1e6, 2), "cpu_us_per_frame": round(cpu / max(1, frames) * 1e6, 2), "server_busy": round(cpu / wall, 2), "driver_busy": round(dcpu / wall, 2), "rss_before_mib": round(rss0, 1), "rss_end_mib": round(b.rss(), 1)}


async def multi(b, rooms=20, per=10, rate=5, dur=5):
    rs = [f"mw{r}-{b.salt}" for r in range(rooms)]
    clients = []  # one first: see the cold-join scenario for why
    writers = {}
    for r in rs:
        w, wr = await opened(b, r)
        clients.append(w)
        writers[w] = wr
    await asyncio.sleep(.5)
    clients += await b.many([r for r in rs for _ in range(per - 1)])
    nups = int(rate * dur)
    plan = []
    seq = 0
    for ci, c in enumerate(clients):
        wr = writers.get(c) or Writer(c.device, cid=1000 + ci)
        c.own = set()
        c.lat = array("d")
        phase = random.random() / rate
        for k in range(nups):
            plan.append((phase + k / rate, c, seq, b.p.update(c.room, wr.make(seq, key=f"c{ci}-{k % 10}"))))
            c.own.add(seq)
            seq += 1
    plan.sort(key=lambda x: x[0])
    gc.collect(); gc.disable()
    rss0, c0, d0, t0 = b.rss(), b.cpu(), time.process_time(), now()
    for t, c, s, u in plan:
        d = t0 + t - now()
        if d > 0.0005:
            await asyncio.sleep(d)
        sent[s] = now()
        c.tr.send(BIN, u)
    exp = rooms * per * (per - 1) * nups
    end = now() + 20
    while now() < end and sum(len(c.lat) for c in clients) < exp:
        await asyncio.sleep(.02)
    wall = now() - t0
    got, frames = sum(len(c.lat) for c in clients), sum(c.frames for c in clients)
    cpu = b.cpu() - c0
    return {"rooms": rooms, "per": per, "rate": rate, "expected": exp, "delivered": got, "frames": frames, **lat_stats(clients), "wall_s": round(wall, 2), "cpu_s": round(cpu, 2),
            "cpu_busy": round(cpu / wall, 2), "cpu_us_per_delivery": round(cpu / max(1, got) * 1e6, 1), "driver_cpu_s": round(time.process_time() - d0, 2), "rss_mib": round(b.rss(), 1)}


async def storm(b, n=500, entries=2000):
    room = f"storm-{b.salt}"
    w, wr = await opened(b, room)
    for first in range(0, entries, 500):
        with wr.doc.transaction():
            for i in range(first, first + 500):
                wr.edit(f"move/item-{i:05d}", {"from_table": "t%d" % (i % 50), "from_seat": 1, "to_table": "t2", "to_seat": 2, "rule": "number %d with some text" % i, "basis": "", "at_ms": i, "arrived": False}, i)
        w.tr.send(BIN, b.p.update(room, bytes(wr.out)))
    state = bytes(wr.doc.get_update())
    await asyncio.sleep(1)
    gc.collect(); gc.disable()
    rss0, c0, t0 = b.rss(), b.cpu(), now()
    peak = [rss0]

    async def mon():
        while True:
            peak[0] = max(peak[0], b.rss())
            await asyncio.sleep(.1)
    mt = asyncio.create_task(mon())
    lat, errs, short = [], {}, 0
    cs = []

    async def one():
        nonlocal short
        t = now()
        try:
            c = await b.connect(room, timeout=60)
            cs.append(c)
            lat.append(c.t_synced - t)
            if c.step2_len < len(state) * .9:
                short += 1
        except Exception as e:
            k = type(e).__name__ + ": " + str(e)[:60]
            errs[k] = errs.get(k, 0) + 1
    await asyncio.gather(*[one() for _ in range(n)])
    wall = now() - t0
    mt.cancel()
    lat.sort()
    cpu = b.cpu() - c0
    return {"n": n, "entries": entries, "state_kib": round(len(state) / 1024, 1), "all_synced_s": round(wall, 3), "p50_s": round(pct(lat, .5), 3) if lat else None, "max_s": round(lat[-1], 3) if lat else None,
            "ok": len(lat), "short_state": short, "errors": errs, "cpu_s": round(cpu, 2), "cpu_ms_per_client": round(cpu / n * 1e3, 2), "rss_before_mib": round(rss0, 1), "rss_peak_mib": round(peak[0], 1)}


async def coldjoin(b, n=10):
    """n clients join a room that nobody has opened yet, at the same moment."""
    room = f"cold-{b.salt}"
    cs = await asyncio.gather(*[b.connect(room, wait=False) for _ in range(n)])
    await asyncio.sleep(4)
    return {"n": n, "synced_within_4s": sum(c.synced.done() and not c.synced.exception() for c in cs), "closed": [c.closed for c in cs if c.closed is not None]}


def raw_ws(url, first):
    """A raw socket that upgrades, sends messages and then never reads."""
    u = urlparse(url)
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    s.connect((u.hostname, u.port))
    key = base64.b64encode(os.urandom(16)).decode()
    s.sendall(f"GET {u.path} HTTP/1.1\r\nHost: {u.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer bench0\r\n\r\n".encode())
    s.settimeout(10)
    buf = b""
    while b"\r\n\r\n" not in buf:
        buf += s.recv(1)
    for m in first:
        assert len(m) < 126
        mask = os.urandom(4)
        s.sendall(bytes([0x82, 0x80 | len(m)]) + mask + bytes(x ^ mask[i & 3] for i, x in enumerate(m)))
        time.sleep(.2)
    return s


async def slow(b, subs_n=5, size=65536, total=1500, rate=250):
    room = f"slow-{b.salt}"
    w, _ = await opened(b, room)
    subs = await b.many([room] * subs_n)
    url = b.a.url_template.format(room=room)
    first = ([b.p.auth(room)] if b.p.name == "hocuspocus" else []) + [b.p.step1(room)]
    s = await asyncio.to_thread(raw_ws, url, first)
    wr = Writer(w.device, cid=4242, big=size)
    ups = [b.p.update(room, wr.make(i)) for i in range(total)]
    await asyncio.sleep(.3)
    for c in subs:
        c.lat = array("d")
    rss0, t0, c0 = b.rss(), now(), b.cpu()
    peak = [rss0]

    async def mon():
        while True:
            peak[0] = max(peak[0], b.rss())
            await asyncio.sleep(.1)
    mt = asyncio.create_task(mon())
    for i, u in enumerate(ups):
        d = t0 + i / rate - now()
        if d > 0:
            await asyncio.sleep(d)
        while w.tr.underlying_transport.get_write_buffer_size() > 4 * 2**20 and now() < t0 + 40 and not w.tr.is_disconnected:
            await asyncio.sleep(.005)
        if now() > t0 + 40 or w.closed:
            break
        sent[i] = now()
        w.tr.send(BIN, u)
    t_w = now() - t0
    end = now() + 10
    while now() < end and any(c.last < total - 1 for c in subs):
        await asyncio.sleep(.05)
    wall = now() - t0
    await asyncio.sleep(1)
    rss_end = b.rss()
    # has the server dropped the slow client? look at the socket state (0 bytes left to read then EOF is not visible without reading)
    st = struct.unpack("B", s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1))[0]
    s.close()
    await asyncio.sleep(2)
    mt.cancel()
    return {"subs": subs_n, "size": size, "sent": len(sent), "backlog_mib": round(total * size / 2**20), "writer_s": round(t_w, 2), "wall_s": round(wall, 2), "writer_closed": w.closed,
            "good_got_last": sum(c.last >= total - 1 for c in subs), "good_updates": [c.marks for c in subs], **lat_stats(subs), "rss_before_mib": round(rss0, 1), "rss_peak_mib": round(peak[0], 1),
            "rss_while_stalled_mib": round(rss_end, 1), "rss_after_slow_closed_mib": round(b.rss(), 1), "slow_tcp_state": {1: "established", 8: "close-wait (server closed it)", 7: "closed (server reset it)"}.get(st, st),
            "cpu_s": round(b.cpu() - c0, 2)}


async def abrupt(b, good=5, gone=20, rate=300, dur=4):
    """While a writer writes, clients vanish with a TCP reset, one every 0.1 s. Do the others keep getting every update?"""
    room = f"rst-{b.salt}"
    w, wr = await opened(b, room)
    subs = await b.many([room] * good)
    other = await b.connect(room + "x")
    first = ([b.p.auth(room)] if b.p.name == "hocuspocus" else []) + [b.p.step1(room)]
    socks = []
    for _ in range(gone):
        s = await asyncio.to_thread(raw_ws, b.a.url_template.format(room=room), first)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socks.append(s)
    ups = [b.p.update(room, wr.make(i)) for i in range(int(rate * dur))]
    t0 = now()
    for i, u in enumerate(ups):
        d = t0 + i / rate - now()
        if d > 0:
            await asyncio.sleep(d)
        if socks and now() - t0 > .5 + .1 * (gone - len(socks)):
            socks.pop().close()
        if w.closed is not None or w.tr.is_disconnected:
            break
        sent[i] = now()
        w.tr.send(BIN, u)
    await asyncio.sleep(1.5)
    r = {"good": good, "reset": gone, "sent": len(sent), "of": len(ups), "writer_closed": w.closed, "good_closed": [c.closed for c in subs if c.closed is not None], "good_updates": [c.marks for c in subs], "other_room_client_closed": other.closed}
    for k, rm in (("room_joinable", room), ("other_room_joinable", room + "y")):
        try:
            await asyncio.wait_for(b.connect(rm, timeout=4), 5)
            r[k] = True
        except Exception as e:
            r[k] = f"no ({type(e).__name__})"
    r["alive"] = b.alive()
    return r


def bad_payloads(b, room):
    pf = b.p.prefix(room)
    g = bytes(random.Random(7).randrange(256) for _ in range(40))
    return {
        "ff-ff-ff": b"\xff\xff\xff",
        "empty": b"",
        "prefix+ff": pf + b"\xff\xff\xff",
        "garbage-update": pf + b"\x00\x02" + vu(len(g)) + g,
        "garbage-step2": pf + b"\x00\x01" + vu(len(g)) + g,
        "garbage-step1": pf + b"\x00\x00" + vu(len(g)) + g,
        "len-overrun": pf + b"\x00\x02\xff\xff\xff\xff\x0f\x01",
        "garbage-awareness": pf + b"\x01" + vu(len(g)) + g,
        "text-frame": None,
        "50MiB": None,
    }


async def abuse(b, kind):
    room = f"ab-{b.salt}"
    A, wr = await opened(b, room)
    B, X = [await b.connect(room) for _ in range(2)]
    rss0 = b.rss()
    A.tr.send(BIN, b.p.update(room, wr.make(0)))
    await asyncio.sleep(.2)
    if kind == "text-frame":
        X.tr.send(TEXT, b"hello")
    elif kind == "50MiB":
        bw = Writer(X.device, cid=77, big=50 * 2**20)
        X.tr.send(BIN, b.p.update(room, bw.make(1)))
    else:
        X.tr.send(BIN, bad_payloads(b, room)[kind])
    t0 = now()
    await asyncio.sleep(4 if kind == "50MiB" else .7)
    r = {"kind": kind, "alive": b.alive(), "attacker_closed": X.closed, "others_closed": [A.closed, B.closed], "victim_got_big": None}
    if kind == "50MiB":
        r["victim_got_big"] = B.last >= 1
        r["victim_bytes"] = B.bytes
    B.want = (2, asyncio.get_running_loop().create_future())
    try:
        A.tr.send(BIN, b.p.update(room, wr.make(2)))
        await asyncio.wait_for(B.want[1], 3)
        r["room_relays"] = True
    except Exception as e:
        r["room_relays"] = f"no ({type(e).__name__})"
    try:
        c = await asyncio.wait_for(b.connect(room, timeout=5), 6)
        r["room_joinable"] = True
        r["join_state_bytes"] = c.step2_len
    except Exception as e:
        r["room_joinable"] = f"no ({type(e).__name__})"
    try:
        await asyncio.wait_for(b.connect(room + "x", timeout=5), 6)
        r["other_room_ok"] = True
    except Exception as e:
        r["other_room_ok"] = f"no ({type(e).__name__})"
    r["attacker_closed"] = X.closed
    r["alive"] = b.alive()
    r["rss_before_mib"], r["rss_after_mib"] = round(rss0, 1), round(b.rss(), 1)
    return r


SC = {
    "fanout50": lambda b: fanout(b, 50, 20, 5), "fanout200": lambda b: fanout(b, 200, 20, 5), "fanout1000": lambda b: fanout(b, 1000, 5, 5),
    "coldjoin": coldjoin, "throughput": throughput, "sustained": sustained, "multi": multi, "storm": storm, "slow": slow, "abrupt": abrupt,
}
KINDS = ["ff-ff-ff", "empty", "prefix+ff", "garbage-update", "garbage-step2", "garbage-step1", "len-overrun", "garbage-awareness", "text-frame", "50MiB"]


async def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--url-template", required=True)
    ap.add_argument("--protocol", default="y", choices=["y", "hocuspocus", "felt"])
    ap.add_argument("--server-pid", type=int, default=0)
    ap.add_argument("--scenario", required=True, help=",".join(SC) + ",abuse:<kind>; kinds: " + ",".join(KINDS))
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
