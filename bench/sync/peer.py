"""One connection of the driver: speaks the protocol, applies nothing, counts the markers it sees."""

import asyncio
import time

from picows import WSListener, WSMsgType

BIN, CLOSE, TEXT = WSMsgType.BINARY, WSMsgType.CLOSE, WSMsgType.TEXT
MARK = b"@#"
now = time.perf_counter
sent = {}  # number of an update → when it was sent


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
                seq = int(data[i + 2 : i + 10])
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
