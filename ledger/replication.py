"""The append protocol, both sides, without a wire: a mirror takes entries in order, contiguous, checked.

The leaf asks `append` (first number, canonical entries, the signed head at the last of them); the mirror
answers how far it holds everything durably. A repeat is harmless, a gap says where to go on, and where the
same number has another hash (a fork) nothing is overwritten. JSON in UTF-8, `v: 1`; see interfaces.md.
"""

from collections.abc import Container, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from .chain import OPEN_TERM, ZERO_HASH, Link, Tip, follow
from .entry import read_entry
from .errors import ChainBroken, EntryInvalid, RequestMalformed
from .heads import Head, from_base64url
from .terms import Term, term_of, voucher_fault

__all__ = [
    "BATCH_BYTES_MAX",
    "BATCH_ENTRIES_MAX",
    "REQUEST_BYTES_MAX",
    "Answer",
    "Append",
    "AskHead",
    "AskTail",
    "Rejected",
    "Step",
    "Tail",
    "Taken",
    "accepted",
    "append_request",
    "cut_batch",
    "head_request",
    "next_step",
    "opens_term",
    "read_answer",
    "read_request",
    "read_tail",
    "rejected",
    "tail",
    "tail_request",
    "take",
    "taking",
    "term_fault",
    "vouched_key",
]

BATCH_ENTRIES_MAX: Final = 500
BATCH_BYTES_MAX: Final = 256 * 1024
"""Entry bytes of one batch (a single larger entry travels alone); escaping stays under the request bound."""
REQUEST_BYTES_MAX: Final = 768 * 1024


@dataclass(frozen=True, slots=True)
class AskHead:
    """`{v: 1, op: "head"}`: how far are you?"""


@dataclass(frozen=True, slots=True)
class AskTail:
    """`{v: 1, op: "tail", after, hash}`: what do you hold behind this entry of mine? `hash` is hex."""

    after: int
    hash: str


@dataclass(frozen=True, slots=True)
class Tail:
    """Entries behind what was asked for, in order, maybe not all; `head` is the newest the mirror holds."""

    bodies: tuple[bytes, ...]
    head: Head | None
    seq: int
    term: int


@dataclass(frozen=True, slots=True)
class Append:
    """Entries `first` … `last` of one term or more, as canonical bytes; `head` is signed at the last."""

    term: int
    first: int
    bodies: tuple[bytes, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Taken:
    """What is new, in order (maybe nothing), and the mirror's tip once it is stored."""

    links: tuple[Link, ...]
    tip: Tip


@dataclass(frozen=True, slots=True)
class Rejected:
    """`code` is one of gap, fork, term, hash, unknown_venue, malformed."""

    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """How far the mirror holds the chain: all up to `seq`, which has this hash (hex).

    `head` is the one that a box of this venue signed there, as the proof.
    """

    seq: int
    hash: str
    term: int
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What the leaf does next: send what comes after `after`; or stop and ring, because of `trouble`."""

    after: int
    trouble: str = (
        ""  # "", "fork" (another hash at one number), "behind" (the mirror has more than we), "term"
    )


# The mirror's side.


def read_request(data: bytes) -> Append | AskHead | AskTail:
    """Raises RequestMalformed for anything else than a request of this protocol."""
    found = _read(data)
    if found.get("op") == "head" and found.keys() == {"v", "op"}:
        return AskHead()
    if found.get("op") == "tail" and found.keys() == {"v", "op", "after", "hash"}:
        return _read_ask_tail(found)
    if found.get("op") != "append" or found.keys() != {"v", "op", "term", "first", "entries", "head"}:
        raise RequestMalformed("neither an append nor a head request")
    term, first, entries = found["term"], found["first"], found["entries"]
    if not _positive(term) or not _positive(first):
        raise RequestMalformed("term and first are numbers from 1")
    if not isinstance(entries, list) or not 1 <= len(entries) <= BATCH_ENTRIES_MAX:
        raise RequestMalformed(f"1 to {BATCH_ENTRIES_MAX} entries a batch")
    if not all(isinstance(entry, str) for entry in entries):
        raise RequestMalformed("entries travel as their canonical text")
    try:
        bodies = tuple(entry.encode("utf-8") for entry in entries)
        return Append(term, first, bodies, Head.from_json(found["head"]))
    except (UnicodeEncodeError, EntryInvalid) as error:
        raise RequestMalformed(str(error)) from None


def take(tip: Tip, append: Append, held: Mapping[int, bytes]) -> Taken | Rejected:
    """`taking` in one go."""
    run = taking(tip, append, held, len(append.bodies))
    while True:
        try:
            next(run)
        except StopIteration as end:
            found: Taken | Rejected = end.value
            return found


def taking(
    tip: Tip, append: Append, held: Mapping[int, bytes], at_once: int
) -> Generator[Sequence[Link], None, Taken | Rejected]:
    """Decides a batch against what the mirror holds; stores nothing.

    `held` is the mirror's hash of every number from `first - 1` that it holds. Entries it has are compared
    and left out; what is new must follow `tip` without a hole. All of it has to end in the hash that the head
    vouches for: another content that no head is signed for is damage, and proves no fork.
    Yields what is new as it goes, `at_once` entries and then the rest: a store may write them while the next
    are looked at. Only the verdict says whether they count.
    """
    if append.head.venue != tip.venue:
        return Rejected("unknown_venue", "This connection is not of that venue.")
    if append.term < tip.term:
        return Rejected("term", "A newer term was opened; this box is fenced.", {"term": tip.term})
    start = _start_of(tip, append, held)
    if isinstance(start, Rejected):
        return start
    new: list[Link] = []
    told, at, forked = 0, start, 0
    for body in append.bodies:
        try:
            link = follow(at, body)
        except EntryInvalid as error:
            return Rejected("malformed", str(error))
        except ChainBroken as error:
            return _why(error)
        at = link.tip
        if at.seq <= tip.seq:
            forked = forked or (at.seq if held.get(at.seq) != link.hash else 0)
        elif not forked:
            new.append(link)
            if len(new) - told == at_once:
                yield new[told:]
                told = len(new)
    if (append.head.seq, append.head.hash) != (at.seq, at.hash.hex()):
        return Rejected(
            "hash", "These entries do not give the head that was sent with them.", {"seq": at.seq}
        )
    if forked:
        return _fork(forked)
    if told < len(new):
        yield new[told:]
    return Taken(tuple(new), at if new else tip)


def vouched_key(known: Sequence[Term], append: Append, enrolled: Container[str]) -> bytes | None:
    """The public key that signed the head, if a term of this venue names it and was vouched for.

    `known` are the terms that the mirror holds; the batch may open others. The first of all must be of a key
    that was `enrolled` (by id). None: nobody knows this key.
    """
    terms = list(known)
    for body in append.bodies:
        if b'"kind":"open_term"' in body:
            try:
                terms.append(term_of(read_entry(body)))
            except EntryInvalid:
                return None
    if not terms or terms[0].key_id not in enrolled:
        return None
    for n, term in enumerate(terms):
        if term.key_id == append.head.key:
            fault = voucher_fault(append.head.venue, terms[:n], term)
            return None if fault else from_base64url(term.public_key)
    return None


def opens_term(append: Append) -> bool:
    """Whether a term may begin in this batch."""
    return any(b'"kind":"open_term"' in body for body in append.bodies)


def term_fault(known: Sequence[Term], append: Append, enrolled: Container[str]) -> str | None:
    """Why a term that begins in this batch is nobody's to open.

    Its box goes on, was vouched for, or was enrolled (by key id) since: the key of a box that another
    followed opens no term again.
    """
    terms = list(known)
    for body in append.bodies:
        if b'"kind":"open_term"' not in body:
            continue
        try:
            term = term_of(read_entry(body))
        except EntryInvalid as error:
            return str(error)
        if any(one.term == term.term for one in known):
            continue
        fault = voucher_fault(append.head.venue, terms, term)
        if fault and (term.key_id not in enrolled or any(one.key_id == term.key_id for one in terms)):
            return fault
        terms.append(term)
    return None


def accepted(tip: Tip, head: Mapping[str, Any] | None = None) -> bytes:
    """The answer: durable and contiguous up to here. To `head` too, with the signed head there."""
    shown = {} if head is None else {"head": dict(head)}
    return _write({"seq": tip.seq, "hash": tip.hash.hex(), "term": tip.term, **shown})


def tail(bodies: Sequence[bytes], tip: Tip, head: Mapping[str, Any] | None) -> bytes:
    """The answer to `tail`; `cut_batch` says how many of `bodies` go into one."""
    entries = [body.decode("utf-8") for body in bodies[: cut_batch(bodies)]]
    return _write({"entries": entries, "head": head, "seq": tip.seq, "term": tip.term})


def rejected(no: Rejected) -> bytes:
    """The answer that says why not."""
    return _write({"error": {"code": no.code, "message": no.message, "details": dict(no.details)}})


# The leaf's side.


def head_request() -> bytes:
    """Asks for the mirror's head."""
    return _write({"op": "head"})


def tail_request(after: int, hash_: bytes) -> bytes:
    """Asks for what the mirror holds behind our entry `after`, which has this hash."""
    return _write({"op": "tail", "after": after, "hash": hash_.hex()})


def read_tail(data: bytes) -> Tail | Rejected:
    """Raises RequestMalformed."""
    found = _read(data)
    if isinstance(found.get("error"), dict):
        no = read_answer(data)
        assert isinstance(no, Rejected)
        return no
    entries, head, seq, term = (found.get(name) for name in ("entries", "head", "seq", "term"))
    if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
        raise RequestMalformed("a tail is a list of entries")
    if type(seq) is not int or type(term) is not int:
        raise RequestMalformed("a tail has seq and term")
    try:
        bodies = tuple(entry.encode("utf-8") for entry in entries)
        return Tail(bodies, None if head is None else Head.from_json(head), seq, term)
    except (UnicodeEncodeError, EntryInvalid) as error:
        raise RequestMalformed(str(error)) from None


def append_request(term: int, first: int, bodies: Sequence[bytes], head: Head) -> bytes:
    """One batch; `head` must be signed at the last of `bodies`."""
    entries = [body.decode("utf-8") for body in bodies]
    return _write({"op": "append", "term": term, "first": first, "entries": entries, "head": head.as_json()})


def cut_batch(bodies: Sequence[bytes]) -> int:
    """How many of these go into one request: at least one, within both bounds."""
    size = 0
    for n, body in enumerate(bodies):
        size += len(body)
        if n and (size > BATCH_BYTES_MAX or n >= BATCH_ENTRIES_MAX):
            return n
    return len(bodies)


def read_answer(data: bytes) -> Answer | Rejected:
    """Raises RequestMalformed."""
    found = _read(data)
    error = found.get("error")
    if isinstance(error, dict):
        code, message, details = error.get("code"), error.get("message"), error.get("details", {})
        if isinstance(code, str) and isinstance(message, str) and isinstance(details, dict):
            return Rejected(code, message, details)
    seq, hash_, term = found.get("seq"), found.get("hash"), found.get("term")
    if type(seq) is int and type(term) is int and isinstance(hash_, str) and 0 <= seq < 2**53:
        return Answer(seq, hash_, term, _head_of(found))
    raise RequestMalformed("an answer has seq, hash and term, or an error")


def next_step(tip: Tip, answer: Answer, own_hash: bytes | None) -> Step:
    """What follows from the mirror's head; `own_hash` is ours at its number (None: we have no such entry)."""
    if answer.term > tip.term:
        return Step(answer.seq, "term")
    if answer.seq > tip.seq:
        return Step(answer.seq, "behind")
    ours = ZERO_HASH if answer.seq == 0 else own_hash
    if ours is None or ours.hex() != answer.hash:
        return Step(answer.seq, "fork")
    return Step(answer.seq)


def _start_of(tip: Tip, append: Append, held: Mapping[int, bytes]) -> Tip | Rejected:
    """The tip in front of the batch. Of an old one term and time are not at hand: the stored hashes judge."""
    before = append.first - 1
    if before == tip.seq:
        return tip
    if before > tip.seq:
        jump = _opens_term_after(append, tip)
        return tip if jump else Rejected("gap", "Entries are missing in between.", {"seq": tip.seq})
    if before == 0:
        return Tip.start(tip.venue)
    hash_ = held.get(before)
    if hash_ is None:
        return Rejected("gap", "Entries are missing in between.", {"seq": tip.seq})
    try:
        first = read_entry(append.bodies[0])
    except EntryInvalid as error:
        return Rejected("malformed", str(error))
    return Tip(tip.venue, first.term - (first.kind == OPEN_TERM), before, hash_, 0)


def _opens_term_after(append: Append, tip: Tip) -> bool:
    """A first entry that declares numbers lost may stand beyond the next number; `follow` then judges it."""
    return append.term > tip.term and b'"kind":"open_term"' in append.bodies[0]


def _why(error: ChainBroken) -> Rejected:
    codes = {"gap": "gap", "term": "term", "jump": "term", "venue": "unknown_venue"}
    code = codes.get(error.code, "malformed")
    details = {"seq": error.seq - 1} if code == "gap" else {"seq": error.seq}
    return Rejected(code, str(error), details)


def _fork(seq: int) -> Rejected:
    return Rejected("fork", "This number is held with another content; nothing is overwritten.", {"seq": seq})


def _read_ask_tail(found: Mapping[str, Any]) -> AskTail:
    after, hash_ = found["after"], found["hash"]
    if type(after) is not int or not 0 <= after < 2**53 or not isinstance(hash_, str) or len(hash_) != 64:
        raise RequestMalformed("after is a number, hash 64 hex digits")
    return AskTail(after, hash_)


def _head_of(found: Mapping[str, Any]) -> Head | None:
    try:
        return Head.from_json(found["head"]) if found.get("head") is not None else None
    except EntryInvalid as error:
        raise RequestMalformed(str(error)) from None


def _positive(value: object) -> bool:
    return type(value) is int and 1 <= value < 2**53


def _write(found: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode({"v": 1, **found})


def _read(data: bytes) -> dict[str, Any]:
    if len(data) > REQUEST_BYTES_MAX:
        raise RequestMalformed(f"a message is at most {REQUEST_BYTES_MAX} bytes")
    try:
        found = msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise RequestMalformed("not JSON") from None
    if not isinstance(found, dict) or found.get("v") != 1:
        raise RequestMalformed("not a message of version 1")
    return found
