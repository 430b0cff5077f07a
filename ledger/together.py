"""Many entries proved together: what `chain.walk` proves of one after the other, in a few passes over all.

An outline is an entry whose postings and rules are kept as the bytes they stand in: most entries share
theirs, so each different text is read once for all of them. What is not exactly as in most entries is no
proof of anything: whoever gets none looks at each entry, and finds the words.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal

import msgspec

from .canonical import Data, Whole, check, written
from .chain import OPEN_TERM, Tip, hashes_of
from .entry import ENTRY_BYTES_MAX, Posting, check_postings
from .errors import EntryInvalid

__all__ = ["Outline", "Together", "prove_together"]


class Outline(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """As `Entry`."""

    at_ms: Whole
    content: str
    data: Data
    device: str
    key: str
    kind: str
    person: str
    postings: msgspec.Raw
    rules: msgspec.Raw
    seq: Whole
    term: Whole
    v: Literal[1]
    venue: str


class Together(msgspec.Struct, frozen=True):
    """Entries that hold. `legs`: their different postings, each with how many entries have it."""

    outlines: list[Outline]
    legs: list[tuple[tuple[Posting, ...], int]]
    tip: Tip


def prove_together(tip: Tip, bodies: Sequence[bytes], hashes: Sequence[bytes]) -> Together | None:
    """Some entries behind `tip`, which was proved. None: look at each, here is one that is unusual."""
    if tip.term < 1 or not bodies or max(map(len, bodies)) > ENTRY_BYTES_MAX:
        return None
    if hashes_of(tip.hash, bodies, hashes) != list(hashes):
        return None
    outlines = _outlines(b"\n".join(bodies))
    if len(outlines) != len(bodies) or not _follow(tip, outlines):
        return None
    try:
        legs = [
            (_legs(text), count) for text, count in Counter([bytes(one.postings) for one in outlines]).items()
        ]
        for text in {bytes(one.rules) for one in outlines}:
            _look_at_rules(text)
        for body, one in zip(bodies, outlines, strict=True):
            if not body.isascii():
                check(one.data)
    except (EntryInvalid, msgspec.MsgspecError, UnicodeError):
        return None
    last = outlines[-1]
    return Together(outlines, legs, Tip(tip.venue, tip.term, last.seq, hashes[-1], last.at_ms))


def _outlines(text: bytes) -> list[Outline]:
    """Of lines that are each canonical, but for what is kept as bytes; else none."""
    try:
        found: list[Outline] = _decode_lines(text)
        return found if _encode_lines(found) == text + b"\n" else []
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return []


def _follow(tip: Tip, outlines: list[Outline]) -> bool:
    """Whether they stand one behind the other, all in the term and venue of the tip."""
    times = [one.at_ms for one in outlines]
    kinds = {one.kind for one in outlines}
    return (
        [one.seq for one in outlines] == list(range(tip.seq + 1, tip.seq + 1 + len(outlines)))
        and times[0] >= tip.at_ms
        and times == sorted(times)
        and {one.term for one in outlines} == {tip.term}
        and {one.venue for one in outlines} == {tip.venue}
        and not kinds & {"", OPEN_TERM}
    )


@lru_cache(maxsize=4096)
def _legs(text: bytes) -> tuple[Posting, ...]:
    """Raises EntryInvalid, msgspec.MsgspecError."""
    postings = _decode_postings(text)
    check_postings(postings)
    if written(postings) != text:
        raise EntryInvalid("not in canonical form")
    return postings


@lru_cache(maxsize=4096)
def _look_at_rules(text: bytes) -> None:
    """Raises EntryInvalid, msgspec.MsgspecError."""
    rules = _decode_rules(text)
    check(rules)
    if written(rules) != text:
        raise EntryInvalid("not in canonical form")


_decode_lines: Final = msgspec.json.Decoder(Outline).decode_lines
_decode_postings: Final = msgspec.json.Decoder(tuple[Posting, ...]).decode
_decode_rules: Final = msgspec.json.Decoder(dict[str, Whole]).decode
_encode_lines: Final = msgspec.json.Encoder(order="deterministic").encode_lines
