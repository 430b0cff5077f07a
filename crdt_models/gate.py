"""The gate: decides, before Yjs sees them, what of a peer's update may enter. Cut, then check (DESIGN 3.4.1).

Cut: sections of other devices' and of servers' client ids, delete sets, what is known already. Every edit
has its own key, so no struct refers to another writer's, and cutting is sound. What is left must be this
device's, in the order of its replicas' counters:

    edit, counter = last + 1                        judged: taken, or made a tombstone (same id and key)
    edit, counter <= last, present, same content    taken: a second copy under a new id; Yjs keeps one of them
    the same for the seventeenth time               fence: Yjs walks all copies of a key for each new one
    edit, counter <= last, present, other content   fence
    edit, counter <= last, not present              GC and deleted, untold: it was pruned or refused before
    the same at the core, not decided by the leaf   judged: an epoch was followed that it had not come into
    edit that was handed in and is gone again       the same; what it named counts, if it is refused
    deleted, counter = last + 1, stamp not present  taken; its counter counts as decided
    the same, while the frame holds a copy that lives  that one first: Yjs deletes all copies but one
    deleted, else                                   becomes GC: with its key it would kill a living edit
    GC                                              taken, counted by its length; it decides no counter
    Skip, counter > last + 1, section ahead of us   what is before it is taken, the rest asked for (`resync`)
    id bound to another device                      its stamps: cut; stamps of this device: fence
    id of a server, or stamps of several devices    cut
    id that an earlier epoch knew                   foul (4409): epochs never mix; of a relay: cut
    id that another device claims                   fence: a new id is free, a silent cut would never end
    an act at the end of what was read              left for the next frame

A relay (the other server, `device` None) is never fenced for what one device did behind its back, else that
device could stop all others: what does not fit is cut, a second content of a stamp becomes GC and is deleted.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from . import wire
from .edits import ACT_EDITS_MAX, BLANK, Edit, Unfit, decode
from .errors import CloseCode, Foul
from .known import Id, Known, Refused, Verdict
from .stamps import Stamp, parse

__all__ = [
    "ANSWER",
    "LIVE",
    "RELAY",
    "Check",
    "Limits",
    "by_table",
    "gate",
]

AHEAD_MS_MAX: Final = 60_000
COPIES_MAX: Final = 16  # of one edit; each time a replica starts over it may make one more

Check = Callable[[str, object, str], str | None]
"""(name, value, person) → code of a refusal, or None. A pure function of the edit and the sender's rights."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one frame is read; the rest is asked for again."""

    bytes: int
    structs: int


LIVE: Final = Limits(256 * 1024, 2_000)
ANSWER: Final = Limits(2 * 1024 * 1024, 20_000)  # a step 2
RELAY: Final = Limits(64 * 1024 * 1024, 2_000_000)  # of the other server, and of our own store


def gate(
    data: bytes,
    known: Known,
    *,
    device: str | None,
    now: int,
    check: Check,
    limits: Limits,
    claimed: Mapping[int, str] = MappingProxyType({}),
) -> Verdict:
    """Judges one update of `device` (None: a server that relays many). Raises Foul, nothing else.

    `claimed`: client ids that a device speaks for without having written yet; nobody else can bind them.
    What a relay brings was bound elsewhere, by writing: mere claims don't count against it.
    What comes before a setup is a hole: another device may have founded this document at another server.
    """
    if device is not None and known.founded:
        plain = _plain(data, known, device, now, check, claimed)
        if plain is not None:
            return plain
    update = wire.read_update(data, bytes_max=limits.bytes, structs_max=limits.structs)
    return by_table(data, update, known, device, now, check, claimed)


def by_table(
    data: bytes,
    update: wire.Update,
    known: Known,
    device: str | None,
    now: int,
    check: Check,
    claimed: Mapping[int, str] = MappingProxyType({}),
) -> Verdict:
    """As `gate`, on what was read, by the table alone. Raises Foul."""
    judging = _Judging(data, known, now, check, relay=device is None)
    jobs: list[_Job] = []
    owned: list[wire.Section] = []
    for n, section in enumerate(update.sections, 1):
        if section.client in known.former:
            if device is None:
                continue  # `exchange` takes these edits by their stamps
            raise Foul("an id of an earlier epoch", CloseCode.OTHER_EPOCH)
        owner = _owner(section, known, device)
        if owner is None:
            continue
        if device is not None and claimed.get(section.client, owner) != owner:
            raise Foul("own stamps under an id another device speaks for", CloseCode.FENCED)
        owned.append(section)
        start = known.clocks.get(section.client, 0)
        if section.clock > start:
            judging.verdict.resync = True
            continue
        fresh = list(_fresh(section, start))
        if not update.whole and n == len(update.sections):
            fresh = _before_act(fresh)
        if fresh:
            jobs.append(_Job(section.client, start, owner, fresh))
    judging.living = _living(owned)
    _work(jobs, judging)
    verdict = judging.finish()
    verdict.resync |= not update.whole or any(job.waiting for job in jobs)
    kept = [job for job in jobs if job.parts]
    for job in kept:
        verdict.clocks[job.client], verdict.bound[job.client] = job.clock, job.owner
    untouched = update.plain and not verdict.changed and len(kept) == len(update.sections) == 1
    if untouched and not kept[0].waiting and update.sections[0].clock == kept[0].start:
        verdict.update = data
    elif kept:
        dead = {job.client: graves for job in kept if (graves := job.graves(verdict.dead))}
        verdict.update = wire.assemble([(job.client, job.start, job.parts) for job in kept], dead)
    return verdict


def _plain(
    data: bytes,
    known: Known,
    device: str,
    now: int,
    check: Check,
    claimed: Mapping[int, str],
) -> Verdict | None:
    """The verdict on what nearly every frame is: one new edit, next in order, of a known id, that fits.

    None: it is something else, or has to be refused; the table says what becomes of it. To what this
    answers the table says the same (a test holds them together), in twice the time.
    """
    read = wire.read_plain(data)
    if read is None:
        return None
    client, clock, key, text = read
    if known.clocks.get(client) != clock or known.bound.get(client) != device:
        return None
    if key in known.edits or key in known.handed:
        return None
    stamp = parse(key)
    if stamp is None or stamp.device != device or claimed.get(client, device) != device:
        return None
    if stamp.counter != known.vector.get(stamp.replica, 0) + 1 or stamp.ms > now + AHEAD_MS_MAX:
        return None
    edit = decode(stamp, text)
    if not isinstance(edit, Edit) or edit.act or check(edit.name, edit.value, edit.person) is not None:
        return None
    return Verdict(
        data,
        accepted={key: edit},
        vector={stamp.replica: stamp.counter},
        clocks={client: clock + 1},
        bound={client: device},
        places={(client, clock): key},
    )


@dataclass(slots=True)
class _Job:
    """One section of which something is new: the structs at or above `start`, and what became of them."""

    client: int
    start: int
    owner: str
    structs: list[wire.Struct]
    parts: list[bytes] = field(default_factory=list)
    clock: int = 0

    def __post_init__(self) -> None:
        self.clock = self.start

    @property
    def waiting(self) -> bool:
        return len(self.parts) < len(self.structs)

    def graves(self, dead: Set[Id]) -> list[int]:
        """Clocks of the deleted structs among the parts, and of those that are `dead` elsewhere."""
        clocks, clock = [], self.start
        for part, struct in zip(self.parts, self.structs, strict=False):
            if part[0] == 0x21 or (self.client, clock) in dead:
                clocks.append(clock)
            clock += struct.length
        return clocks


@dataclass(slots=True)
class _Place:
    """Where an edit of an act was put, in case the whole act is refused."""

    stamp: str
    edit: Edit | Unfit
    job: _Job
    index: int
    grave: bytes


def _living(sections: list[wire.Section]) -> frozenset[str]:
    """Stamps of the edits, where there are deleted ones too; in one section nobody has two copies."""
    if len(sections) < 2:
        return frozenset()
    structs = [struct for section in sections for struct in section.structs]
    if all(struct.kind != wire.DELETED for struct in structs):
        return frozenset()
    return frozenset(struct.key for struct in structs if struct.kind == wire.EDIT)


def _owner(section: wire.Section, known: Known, device: str | None) -> str | None:
    """The device whose section this is, or None: cut."""
    bound = known.bound.get(section.client)
    if bound == "":
        return None
    keys = [struct.key for struct in section.structs if struct.kind in (wire.EDIT, wire.DELETED)]
    if not keys:
        return bound if bound is not None and device in (None, bound) else None  # only GC and Skip
    if parse(keys[0]) is None:
        raise Foul("a key that is no stamp", CloseCode.FENCED)
    devices = {_device(key) for key in keys}
    if device is None and bound is not None:
        return bound if bound in devices else None
    if len(devices) > 1 and bound is None:
        return None  # a server's copy of many devices' edits
    owner = bound if bound in devices else min(devices)
    if device is not None and owner != device:
        if device in devices:
            raise Foul("own stamps under another's client id", CloseCode.FENCED)
        if bound == device:
            raise Foul("stamps of another under the own client id", CloseCode.FENCED)
        return None  # it travels by its owner
    if bound not in (None, owner):
        raise Foul("own stamps under another's client id", CloseCode.FENCED)
    return owner


def _device(key: str) -> str:
    """The device that a stamp names, without a check that it is a stamp: that follows where it matters."""
    dash = key.rfind("-")
    return key[key.rfind(".", 0, dash) + 1 : dash]


def _fresh(section: wire.Section, start: int) -> Iterator[wire.Struct]:
    """Structs at or above `start`; one that begins below it (only GC and Skip are long) is shortened."""
    clock = section.clock
    for struct in section.structs:
        end = clock + struct.length
        if end > start:
            yield struct if clock >= start else struct._replace(length=end - start)
        clock = end


def _before_act(structs: list[wire.Struct]) -> list[wire.Struct]:
    """Of a section that was cut off at a bound: without the act at its end, which may go on behind it.

    An act longer than its bound is refused whole wherever it is cut, so it need not be kept together.
    """
    last = _act(structs[-1]) if structs else ""
    end = len(structs)
    while last and end and _act(structs[end - 1]) == last:
        end -= 1
    return structs if len(structs) - end > ACT_EDITS_MAX else structs[:end]


def _act(struct: wire.Struct) -> str:
    stamp = parse(struct.key) if struct.kind == wire.EDIT else None
    return "" if stamp is None else decode(stamp, struct.text).act


def _work(jobs: list[_Job], judging: "_Judging") -> None:
    """Replicas' counters run over all sections of a frame: again as long as one of them moved."""
    waiting, moved = jobs, True
    while waiting and moved:
        moved = False
        for job in waiting:
            while job.waiting and judging.take(job, job.structs[len(job.parts)]):
                moved = True
        waiting = [job for job in waiting if job.waiting]


class _Judging:
    """One frame's way through the table above."""

    def __init__(self, data: bytes, known: Known, now: int, check: Check, *, relay: bool) -> None:
        self.verdict = Verdict()
        self.living: Set[str] = frozenset()  # stamps that the frame has alive, if it has deleted ones
        self._relay = relay
        self._data = data
        self._known = known
        self._now = now
        self._check = check
        self._founded = known.founded
        self._acts: dict[tuple[str, str], list[_Place]] = {}  # an act counts per replica and frame
        self._late: dict[tuple[str, str], list[_Place]] = {}  # of acts, but gone before their author came
        self._alone: list[_Place] = []  # edits of no act, while the document has no setup yet
        self._copies: dict[str, list[_Place]] = {}  # second copies of edits that this frame brought
        self._times: dict[str, int] = {}  # how many copies there are of each stamp that came again

    def take(self, job: _Job, struct: wire.Struct) -> bool:
        """Puts the struct into the job, as it is or as a tombstone; False where a hole begins."""
        if struct.kind == wire.SKIP:
            return False
        part = self._garbage(struct) if struct.kind == wire.GC else self._keyed(job, struct)
        if part is None:
            return False
        job.parts.append(part)
        job.clock += struct.length
        return True

    def _garbage(self, struct: wire.Struct) -> bytes:
        whole = self._data[struct.start : struct.end]
        out = bytearray(b"\0")
        wire.put(out, struct.length)
        self.verdict.changed |= bytes(out) != whole  # shortened
        return bytes(out)

    def _keyed(self, job: _Job, struct: wire.Struct) -> bytes | None:
        stamp = parse(struct.key)
        if stamp is None or stamp.device != job.owner:
            if self._relay:
                return None
            raise Foul("stamp of another" if stamp else "a key that is no stamp", CloseCode.FENCED)
        last = self.verdict.vector.get(stamp.replica, self._known.vector.get(stamp.replica, 0))
        if stamp.counter > last + 1:
            return None
        part = self._decide(job, struct, stamp, last)
        if part is not None and stamp.counter == last + 1:
            self.verdict.vector[stamp.replica] = stamp.counter
        return part

    def _decide(self, job: _Job, struct: wire.Struct, stamp: Stamp, last: int) -> bytes | None:
        verdict = self.verdict
        present = verdict.accepted.get(struct.key) or self._known.edits.get(struct.key)
        if struct.kind == wire.DELETED:
            if not present and stamp.counter <= last:
                return self._gone(job)
            if not present and struct.key in self.living:
                return None
            verdict.changed = True  # a delete set has to say so
            return wire.GC_ONE if present else self._data[struct.start : struct.end]
        if present is not None:
            if decode(stamp, struct.text) != present:
                return self._forked(job)
            self._count_copies(struct.key)
            verdict.places[job.client, job.clock] = struct.key
            if struct.key in verdict.accepted:
                copy = _Place(struct.key, present, job, len(job.parts), wire.grave_of(self._data, struct))
                self._copies.setdefault(struct.key, []).append(copy)
            return self._data[struct.start : struct.end]
        if self._known.past(stamp, last):
            if struct.key in self._known.handed:
                self._judge_late(job, struct, stamp)
            return self._gone(job)
        return self._new(job, struct, stamp)

    def _forked(self, job: _Job) -> bytes:
        """A stamp that says something else here."""
        if not self._relay:
            raise Foul("known stamp, other content", CloseCode.FENCED)
        return self._gone(job)

    def _gone(self, job: _Job) -> bytes:
        """Nothing but filling here, and deleted where its author has it."""
        self.verdict.changed = True
        self.verdict.dead.add((job.client, job.clock))
        return wire.GC_ONE

    def _count_copies(self, key: str) -> None:
        copies = self._times.get(key) or len(self._known.places.get(key, ())) or 1
        self._times[key] = copies + 1
        if copies >= COPIES_MAX and not self._relay:
            raise Foul("copy after copy of one edit", CloseCode.FENCED)

    def _new(self, job: _Job, struct: wire.Struct, stamp: Stamp) -> bytes | None:
        edit = decode(stamp, struct.text)
        if not self._founded and edit.name not in ("setup", BLANK):
            return None
        code = self._judge(stamp, edit)
        if code is not None or edit.act or not self._known.founded:
            place = _Place(struct.key, edit, job, len(job.parts), wire.grave_of(self._data, struct))
            if edit.act:
                self._acts.setdefault((stamp.replica, edit.act), []).append(place)
            elif not self._known.founded:
                self._alone.append(place)
            if code is not None:
                self._refuse(place, code)
                return place.grave
        assert isinstance(edit, Edit)
        self.verdict.accepted[struct.key] = edit
        self.verdict.places[job.client, job.clock] = struct.key
        self._founded = self._founded or edit.name == "setup"
        return self._data[struct.start : struct.end]

    def _judge_late(self, job: _Job, struct: wire.Struct, stamp: Stamp) -> None:
        """Its author's copy of what is gone already: a refusal stands for what it named."""
        edit = decode(stamp, struct.text)
        place = _Place(struct.key, edit, job, len(job.parts), wire.GC_ONE)
        if edit.act:
            self._late.setdefault((stamp.replica, edit.act), []).append(place)
        if (code := self._judge(stamp, edit)) is not None:
            self._refuse(place, code)

    def _judge(self, stamp: Stamp, edit: Edit | Unfit) -> str | None:
        if isinstance(edit, Unfit):
            return edit.code
        if stamp.ms > self._now + AHEAD_MS_MAX:
            return "ahead"
        return self._check(edit.name, edit.value, edit.person)

    def _refuse(self, place: _Place, code: str) -> None:
        self.verdict.accepted.pop(place.stamp, None)
        self.verdict.refused.setdefault(place.stamp, Refused(place.edit.name, code, place.edit.replaces))
        self.verdict.changed = True

    def _bury(self, places: list[_Place], code: str) -> None:
        """Refuses edits that were taken already."""
        for place in places:
            self._refuse(place, code)
            for copy in (place, *self._copies.get(place.stamp, ())):
                copy.job.parts[copy.index] = copy.grave

    def finish(self) -> Verdict:
        """Acts stand or fall whole, and so does what rests on a setup that fell with its act."""
        verdict = self.verdict
        for act in self._acts.values():
            if len(act) > ACT_EDITS_MAX or any(place.stamp in verdict.refused for place in act):
                self._bury(act, "act")
        for late in self._late.values():
            if any(place.stamp in verdict.refused for place in late):
                self._bury(late, "act")
        if not self._known.founded and not any(edit.name == "setup" for edit in verdict.accepted.values()):
            taken = self._alone + [place for act in self._acts.values() for place in act]
            self._bury([p for p in taken if p.stamp in verdict.accepted and p.edit.name != BLANK], "no_setup")
        if verdict.refused:
            present = verdict.accepted.keys() | self._known.edits.keys() & set(verdict.places.values())
            verdict.places = {place: stamp for place, stamp in verdict.places.items() if stamp in present}
        return verdict
