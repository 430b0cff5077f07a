"""Edits that come by their stamps, under nobody's client id: rows of another epoch, and what devices hand in
after a restore (DESIGN 3.5). The server writes them under its own id, texts unchanged.

What is present or decided is not taken again, so any of it may come twice. A stamp that is taken although its
replica's vector does not reach it is remembered (`Known.handed`): its owner may still bring it, after it was
pruned.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Final

from . import wire
from .edits import BLANK, Edit, Unfit, decode
from .errors import CloseCode, Foul
from .gate import AHEAD_MS_MAX, LIVE, RELAY, Check
from .known import Known, Refused, Verdict
from .session import HAND_IN_EDITS_MAX
from .stamps import REPLICA, Stamp, parse

__all__ = ["GONE", "edits_of", "judge", "raise_vector", "read_hand_in"]

GONE: Final = ""  # in place of a text: this edit was once here and is gone for good
LEAF: Final = "leaf"  # the device of the leaf's own stamps
_COUNTER_MAX: Final = 999_999_999

Texts = Sequence[tuple[Stamp, str]]


def read_hand_in(content: Mapping[str, Any], device: str, size: int) -> tuple[Texts, Mapping[str, int]]:
    """A note 68 of `device`, `size` bytes long: its edits, and how far the leaf had decided its own replicas.

    Raises Foul.
    """
    if size > LIVE.bytes:
        raise Foul("a hand-in too large", CloseCode.TOO_LARGE)
    edits, vector = content.get("edits"), content.get("vector")
    if not isinstance(edits, list) or not isinstance(vector, dict) or len(edits) > HAND_IN_EDITS_MAX:
        raise Foul("not a hand-in")
    texts: list[tuple[Stamp, str]] = []
    for edit in edits:
        match edit:
            case [str(key), str(text)] if (stamp := parse(key)) is not None:
                texts.append((stamp, text))
            case _:
                raise Foul("a hand-in of what is no edit")
    for replica, counter in vector.items():
        found = REPLICA.fullmatch(replica)
        if found is None or found[1] != device or not _is_counter(counter):
            raise Foul("a hand-in speaks for its own device's replicas only")
    return texts, vector


def edits_of(update: bytes, clients: Container[int] | None = None) -> Texts:
    """The edits of an update that lie under these client ids; None: all. Raises Foul."""
    read = wire.read_update(update or wire.EMPTY, bytes_max=RELAY.bytes, structs_max=RELAY.structs)
    found: list[tuple[Stamp, str]] = []
    for section in read.sections if clients is None else [s for s in read.sections if s.client in clients]:
        for struct in section.structs:
            stamp = parse(struct.key) if struct.kind == wire.EDIT else None
            if stamp is not None:
                found.append((stamp, struct.text))
    return found


def judge(
    texts: Iterable[tuple[Stamp, str]],
    known: Known,
    *,
    client_id: int,
    now: int,
    check: Check,
    check_leaf: Check,
) -> Verdict:
    """Those that are new, as the server's own section; `resync`: the document's setup must come first.

    `check_leaf` is for edits under stamps of the leaf itself.
    """
    verdict, parts, acts = Verdict(), list[bytes](), dict[tuple[str, str], bool]()
    new = {str(stamp): (stamp, text) for stamp, text in sorted(texts) if text and _is_new(stamp, text, known)}
    judged = {
        key: _judge(stamp, decode(stamp, text), now, check_leaf if stamp.device == LEAF else check)
        for key, (stamp, text) in new.items()
    }
    if not known.founded and not any(isinstance(e, Edit) and e.name == "setup" for e in judged.values()):
        verdict.resync = bool(judged)
        return verdict
    for key, edit in judged.items():
        if edit.act:
            who = (new[key][0].replica, edit.act)
            acts[who] = acts.get(who, True) and isinstance(edit, Edit)
    clock = known.clocks.get(client_id, 0)
    for key, (stamp, text) in new.items():
        edit = judged[key]
        if isinstance(edit, Unfit) or not acts.get((stamp.replica, edit.act), True):
            code = edit.code if isinstance(edit, Unfit) else "act"
            verdict.refused[key] = Refused(edit.name, code, edit.replaces)
            continue
        verdict.accepted[key] = edit
        verdict.places[client_id, clock + len(parts)] = key
        parts.append(wire.edit_struct(key, text))
    if parts:
        verdict.clocks[client_id], verdict.bound[client_id] = clock + len(parts), ""
        verdict.update = wire.assemble([(client_id, clock, parts)], {})
    return verdict


def raise_vector(known: Known, decided: Mapping[str, int], handed: Iterable[str]) -> dict[str, int]:
    """What the vector becomes: at least `decided`, and on over what came by hand, without a hole.

    `handed` are remembered in `known`, those that the vector reaches are forgotten again. Over what was never
    here only its author leads: if it was refused, nobody else can say what it named.
    """
    known.handed.update(handed)
    at: dict[str, set[int]] = {}
    for stamp in map(parse, known.handed):
        assert stamp is not None
        text = str(stamp)
        if text in known.edits or text in known.laid or text in known.refused:
            at.setdefault(stamp.replica, set()).add(stamp.counter)
    raised: dict[str, int] = {}
    for replica in {*decided, *at}:
        before = known.vector.get(replica, 0)
        last = max(before, decided.get(replica, 0))
        while last + 1 in at.get(replica, ()):
            last += 1
        if last > before:
            raised[replica] = last
    known.vector.update(raised)
    known.handed = {text for text in known.handed if not _reached(parse(text), known)}
    known.laid &= known.handed
    return raised


def _is_new(stamp: Stamp, text: str, known: Known) -> bool:
    key = str(stamp)
    if key in known.handed and key not in known.edits and key not in known.refused:
        return decode(stamp, text).name == BLANK  # others know it as gone, its author what it named
    return key not in known.edits and not known.past(stamp, known.vector.get(stamp.replica, 0))


def _reached(stamp: Stamp | None, known: Known) -> bool:
    return stamp is None or stamp.counter <= known.vector.get(stamp.replica, 0)


def _judge(stamp: Stamp, edit: Edit | Unfit, now: int, check: Check) -> Edit | Unfit:
    if isinstance(edit, Unfit):
        return edit
    code = "ahead" if stamp.ms > now + AHEAD_MS_MAX else check(edit.name, edit.value, edit.person)
    if code is None and edit.name == BLANK:
        code = "blank"
    return edit if code is None else Unfit(code, edit.name, edit.replaces, edit.act)


def _is_counter(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _COUNTER_MAX
