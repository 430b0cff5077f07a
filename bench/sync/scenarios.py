"""Load: fan-out, closed loop, many writers, everybody coming back at once."""

import asyncio
import gc
import random
import time
from array import array

from peer import BIN, now, sent
from writer import Writer, opened

from bench import lat_stats, pct


async def fanout(b, n, rate, dur):
    room = f"fan{n}-{b.salt}"
    rss0 = b.rss()
    w, wr = await opened(b, room)
    subs = await b.many([room] * n)
    await asyncio.sleep(0.5)
    rss1 = b.rss()
    warm, total = 10, int(rate * dur)  # warm-up updates are sent but not counted (JIT, lazy set-up)
    ups = [b.p.update(room, wr.make(i)) for i in range(total + warm)]
    for i in range(warm):
        sent[i] = now()
        w.tr.send(BIN, ups[i])
        await asyncio.sleep(0.1)
    end = now() + 10
    while now() < end and any(c.marks < warm for c in subs):
        await asyncio.sleep(0.05)
    ups = ups[warm:]
    for c in subs:
        c.lat = array("d")
        c.marks = c.frames = 0
    gc.collect()
    gc.disable()
    c0, d0, t0 = b.cpu(), time.process_time(), now()
    for i, u in enumerate(ups):
        d = t0 + i / rate - now()
        if d > 0:
            await asyncio.sleep(d)
        sent[i + warm] = now()
        w.tr.send(BIN, u)
    end = now() + 15
    while now() < end and any(c.marks < len(ups) for c in subs):
        await asyncio.sleep(0.02)
    t1 = now()
    marks, frames = sum(c.marks for c in subs), sum(c.frames for c in subs)
    cpu = b.cpu() - c0
    return {
        "n": n,
        "rate": rate,
        "update_bytes": len(ups[0]),
        "expected": n * len(ups),
        "delivered": marks,
        "frames": frames,
        "wall_s": round(t1 - t0, 2),
        **lat_stats(subs),
        "cpu_s": round(cpu, 3),
        "cpu_us_per_delivery": round(cpu / max(1, marks) * 1e6, 1),
        "cpu_s_per_1000": round(cpu / max(1, marks) * 1e3, 4),
        "driver_cpu_s": round(time.process_time() - d0, 2),
        "rss_start_mib": round(rss0, 1),
        "rss_conn_mib": round(rss1, 1),
        "rss_end_mib": round(b.rss(), 1),
        "kib_per_conn": round((rss1 - rss0) * 1024 / (n + 1), 1),
    }


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
    gc.collect()
    gc.disable()
    await asyncio.sleep(0.3)
    rss0, c0, d0, t0 = b.rss(), b.cpu(), time.process_time(), now()
    for i, u in enumerate(ups):
        w.tr.send(BIN, u)
        if i % 20 == 19:
            await asyncio.sleep(0)
            while w.tr.underlying_transport.get_write_buffer_size() > 65536:
                await asyncio.sleep(0.001)
    t_written = now() - t0
    peak = rss0
    end = t0 + cap
    while now() < end and not all(f.done() for f in futs):
        peak = max(peak, b.rss())
        await asyncio.sleep(0.1)
    ok = all(f.done() for f in futs)
    wall = (max(f.result() for f in futs) if ok else now()) - t0
    marks, frames = sum(c.marks for c in subs), sum(c.frames for c in subs)
    cpu, dcpu = b.cpu() - c0, time.process_time() - d0
    return {
        "n": n,
        "updates": total,
        "complete": ok and marks == n * total,
        "last_seen_by_all": ok,
        "delivered": marks,
        "expected": n * total,
        "frames": frames,
        "wall_s": round(wall, 3),
        "writer_done_s": round(t_written, 3),
        "deliveries_per_s": round(marks / wall),
        "frames_per_s": round(frames / wall),
        "cpu_us_per_delivery": round(cpu / max(1, marks) * 1e6, 2),
        "cpu_us_per_frame": round(cpu / max(1, frames) * 1e6, 2),
        "driver_cpu_s": round(dcpu, 2),
        "driver_busy": round(dcpu / wall, 2),
        "rss_before_mib": round(rss0, 1),
        "rss_peak_mib": round(peak, 1),
        "alive": b.alive(),
    }


class Gate:
    """Lets the writer run at most `window` updates ahead of what the subscribers got, on average."""

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
    gc.collect()
    gc.disable()
    rss0 = b.rss()
    end = now() + cap
    for i, u in enumerate(ups):
        if i == warm:
            while g.total < warm * n and now() < end:
                await asyncio.sleep(0.01)
            frames0 = sum(c.frames for c in subs)
            for c in subs:
                c.lat = array("d")
            c0, d0, t0 = b.cpu(), time.process_time(), now()
        g.need = (i - window) * n
        if g.total < g.need:
            g.need += window * n // 4  # refill in quarter windows
            g.fut = f = loop.create_future()
            try:
                await asyncio.wait_for(f, max(0.01, end - now()))
            except TimeoutError:
                break
        sent[i] = now()
        w.tr.send(BIN, u)
    while g.total < len(ups) * n and now() < end:
        g.need, g.fut = len(ups) * n, loop.create_future()
        try:
            await asyncio.wait_for(g.fut, max(0.01, end - now()))
        except TimeoutError:
            g.fut = None
    wall = now() - t0
    marks, frames = g.total - warm * n, sum(c.frames for c in subs) - frames0
    cpu, dcpu = b.cpu() - c0, time.process_time() - d0
    return {
        "n": n,
        "updates": total,
        "window": window,
        "complete": marks == n * total,
        "delivered": marks,
        "expected": n * total,
        "frames": frames,
        "wall_s": round(wall, 3),
        "deliveries_per_s": round(marks / wall),
        **lat_stats(subs),
        "cpu_us_per_delivery": round(cpu / max(1, marks) * 1e6, 2),
        "cpu_us_per_frame": round(cpu / max(1, frames) * 1e6, 2),
        "server_busy": round(cpu / wall, 2),
        "driver_busy": round(dcpu / wall, 2),
        "rss_before_mib": round(rss0, 1),
        "rss_end_mib": round(b.rss(), 1),
    }


async def multi(b, rooms=20, per=10, rate=5, dur=5):
    rs = [f"mw{r}-{b.salt}" for r in range(rooms)]
    clients = []  # one first: see the cold-join scenario for why
    writers = {}
    for r in rs:
        w, wr = await opened(b, r)
        clients.append(w)
        writers[w] = wr
    await asyncio.sleep(0.5)
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
    gc.collect()
    gc.disable()
    _rss0, c0, d0, t0 = b.rss(), b.cpu(), time.process_time(), now()
    for t, c, s, u in plan:
        d = t0 + t - now()
        if d > 0.0005:
            await asyncio.sleep(d)
        sent[s] = now()
        c.tr.send(BIN, u)
    exp = rooms * per * (per - 1) * nups
    end = now() + 20
    while now() < end and sum(len(c.lat) for c in clients) < exp:
        await asyncio.sleep(0.02)
    wall = now() - t0
    got, frames = sum(len(c.lat) for c in clients), sum(c.frames for c in clients)
    cpu = b.cpu() - c0
    return {
        "rooms": rooms,
        "per": per,
        "rate": rate,
        "expected": exp,
        "delivered": got,
        "frames": frames,
        **lat_stats(clients),
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "cpu_busy": round(cpu / wall, 2),
        "cpu_us_per_delivery": round(cpu / max(1, got) * 1e6, 1),
        "driver_cpu_s": round(time.process_time() - d0, 2),
        "rss_mib": round(b.rss(), 1),
    }


async def storm(b, n=500, entries=2000):
    room = f"storm-{b.salt}"
    w, wr = await opened(b, room)
    for first in range(0, entries, 500):
        with wr.doc.transaction():
            for i in range(first, first + 500):
                wr.edit(
                    f"move/item-{i:05d}",
                    {
                        "from_table": f"t{i % 50}",
                        "from_seat": 1,
                        "to_table": "t2",
                        "to_seat": 2,
                        "rule": f"number {i} with some text",
                        "basis": "",
                        "at_ms": i,
                        "arrived": False,
                    },
                    i,
                )
        w.tr.send(BIN, b.p.update(room, bytes(wr.out)))
    state = bytes(wr.doc.get_update())
    await asyncio.sleep(1)
    gc.collect()
    gc.disable()
    rss0, c0, t0 = b.rss(), b.cpu(), now()
    peak = [rss0]

    async def mon():
        while True:
            peak[0] = max(peak[0], b.rss())
            await asyncio.sleep(0.1)

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
            if c.step2_len < len(state) * 0.9:
                short += 1
        except Exception as e:
            k = type(e).__name__ + ": " + str(e)[:60]
            errs[k] = errs.get(k, 0) + 1

    await asyncio.gather(*[one() for _ in range(n)])
    wall = now() - t0
    mt.cancel()
    lat.sort()
    cpu = b.cpu() - c0
    return {
        "n": n,
        "entries": entries,
        "state_kib": round(len(state) / 1024, 1),
        "all_synced_s": round(wall, 3),
        "p50_s": round(pct(lat, 0.5), 3) if lat else None,
        "max_s": round(lat[-1], 3) if lat else None,
        "ok": len(lat),
        "short_state": short,
        "errors": errs,
        "cpu_s": round(cpu, 2),
        "cpu_ms_per_client": round(cpu / n * 1e3, 2),
        "rss_before_mib": round(rss0, 1),
        "rss_peak_mib": round(peak[0], 1),
    }


async def coldjoin(b, n=10):
    """n clients join a room that nobody has opened yet, at the same moment."""
    room = f"cold-{b.salt}"
    cs = await asyncio.gather(*[b.connect(room, wait=False) for _ in range(n)])
    await asyncio.sleep(4)
    return {
        "n": n,
        "synced_within_4s": sum(c.synced.done() and not c.synced.exception() for c in cs),
        "closed": [c.closed for c in cs if c.closed is not None],
    }
