"""Clients that sleep, vanish or send nonsense."""

import asyncio
import base64
import os
import random
import socket
import struct
import time
from array import array
from urllib.parse import urlparse

from peer import BIN, TEXT, now, sent, vu
from writer import Writer, opened

from bench import lat_stats


def raw_ws(url, first):
    """A raw socket that upgrades, sends messages and then never reads."""
    u = urlparse(url)
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    s.connect((u.hostname, u.port))
    key = base64.b64encode(os.urandom(16)).decode()
    s.sendall(
        (
            f"GET {u.path} HTTP/1.1\r\nHost: {u.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer bench0\r\n\r\n"
        ).encode()
    )
    s.settimeout(10)
    buf = b""
    while b"\r\n\r\n" not in buf:
        buf += s.recv(1)
    for m in first:
        assert len(m) < 126
        mask = os.urandom(4)
        s.sendall(bytes([0x82, 0x80 | len(m)]) + mask + bytes(x ^ mask[i & 3] for i, x in enumerate(m)))
        time.sleep(0.2)
    return s


async def slow(b, subs_n=5, size=65536, total=1500, rate=250, asleep=True):
    """A writer writes 94 MiB; one reader never reads. `asleep` False: the same without that reader."""
    room = f"slow-{b.salt}"
    w, _ = await opened(b, room)
    subs = await b.many([room] * subs_n)
    url = b.a.url_template.format(room=room)
    first = ([b.p.auth(room)] if b.p.name == "hocuspocus" else []) + [b.p.step1(room)]
    s = await asyncio.to_thread(raw_ws, url, first) if asleep else socket.socket()
    wr = Writer(w.device, cid=4242, big=size)
    ups = [b.p.update(room, wr.make(i)) for i in range(total)]
    await asyncio.sleep(0.3)
    for c in subs:
        c.lat = array("d")
    rss0, t0, c0 = b.rss(), now(), b.cpu()
    peak = [rss0]

    async def mon():
        while True:
            peak[0] = max(peak[0], b.rss())
            await asyncio.sleep(0.1)

    mt = asyncio.create_task(mon())
    for i, u in enumerate(ups):
        d = t0 + i / rate - now()
        if d > 0:
            await asyncio.sleep(d)
        while (
            w.tr.underlying_transport.get_write_buffer_size() > 4 * 2**20
            and now() < t0 + 40
            and not w.tr.is_disconnected
        ):
            await asyncio.sleep(0.005)
        if now() > t0 + 40 or w.closed:
            break
        sent[i] = now()
        w.tr.send(BIN, u)
    t_w = now() - t0
    end = now() + 10
    while now() < end and any(c.last < total - 1 for c in subs):
        await asyncio.sleep(0.05)
    wall = now() - t0
    await asyncio.sleep(1)
    rss_end = b.rss()
    # has the server dropped the slow client? Only the socket's state tells without reading
    st = struct.unpack("B", s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1))[0] if asleep else 0
    s.close()
    await asyncio.sleep(2)
    mt.cancel()
    return {
        "subs": subs_n,
        "size": size,
        "sent": len(sent),
        "backlog_mib": round(total * size / 2**20),
        "writer_s": round(t_w, 2),
        "wall_s": round(wall, 2),
        "writer_closed": w.closed,
        "good_got_last": sum(c.last >= total - 1 for c in subs),
        "good_updates": [c.marks for c in subs],
        **lat_stats(subs),
        "rss_before_mib": round(rss0, 1),
        "rss_peak_mib": round(peak[0], 1),
        "rss_while_stalled_mib": round(rss_end, 1),
        "rss_after_slow_closed_mib": round(b.rss(), 1),
        "slow_tcp_state": {
            1: "established",
            8: "close-wait (server closed it)",
            7: "closed (server reset it)",
        }.get(st, st),
        "cpu_s": round(b.cpu() - c0, 2),
    }


async def abrupt(b, good=5, gone=20, rate=300, dur=4):
    """While a writer writes, clients vanish with a TCP reset, one every 0.1 s. Do the others get all?"""
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
        if socks and now() - t0 > 0.5 + 0.1 * (gone - len(socks)):
            socks.pop().close()
        if w.closed is not None or w.tr.is_disconnected:
            break
        sent[i] = now()
        w.tr.send(BIN, u)
    await asyncio.sleep(1.5)
    r = {
        "good": good,
        "reset": gone,
        "sent": len(sent),
        "of": len(ups),
        "writer_closed": w.closed,
        "good_closed": [c.closed for c in subs if c.closed is not None],
        "good_updates": [c.marks for c in subs],
        "other_room_client_closed": other.closed,
    }
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
    await asyncio.sleep(0.2)
    if kind == "text-frame":
        X.tr.send(TEXT, b"hello")
    elif kind == "50MiB":
        bw = Writer(X.device, cid=77, big=50 * 2**20)
        X.tr.send(BIN, b.p.update(room, bw.make(1)))
    else:
        X.tr.send(BIN, bad_payloads(b, room)[kind])
    now()
    await asyncio.sleep(4 if kind == "50MiB" else 0.7)
    r = {
        "kind": kind,
        "alive": b.alive(),
        "attacker_closed": X.closed,
        "others_closed": [A.closed, B.closed],
        "victim_got_big": None,
    }
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
