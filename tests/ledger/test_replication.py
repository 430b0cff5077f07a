"""Both sides of the append protocol, over a line that loses, doubles, reorders and forgets."""

import random
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.chain import Link, Tip, extend
from ledger.errors import RequestMalformed
from ledger.replication import (
    Answer,
    Append,
    AskHead,
    Rejected,
    Taken,
    accepted,
    append_request,
    cut_batch,
    head_request,
    next_step,
    read_answer,
    read_request,
    rejected,
    take,
    taking,
)
from ledger.terms import opening
from tests.ledger.till import SIGNER, VENUE, Till


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> list[Link]:
    with Till(tmp_path_factory.mktemp("ledger")) as till:
        for n in range(1, 25):
            till.post("vault_in", amount=n)
        found = [till.journal.link(seq) for seq in range(1, 26)]
    return [link for link in found if link]


def request(links: list[Link], first: int, last: int) -> bytes:
    batch = links[first - 1 : last]
    return append_request(1, first, [link.body for link in batch], SIGNER.sign(batch[-1].tip))


class Mirror:
    """A core in memory."""

    def __init__(self) -> None:
        self.tip = Tip.start(VENUE)
        self.held: dict[int, bytes] = {}

    def answer(self, data: bytes) -> Answer | Rejected:
        asked = read_request(data)
        if isinstance(asked, AskHead):
            return read_answer(accepted(self.tip))
        result = take(self.tip, asked, self.held)
        if isinstance(result, Rejected):
            return read_answer(rejected(result))
        self.held.update({link.entry.seq: link.hash for link in result.links})
        self.tip = result.tip
        return read_answer(accepted(self.tip))


def test_entries_are_taken_in_order_and_repeats_are_harmless(links: list[Link]) -> None:  # [LE40] [LE41]
    mirror = Mirror()
    for first, last in ((1, 4), (1, 4), (3, 9), (2, 3), (10, 25)):
        answer = mirror.answer(request(links, first, last))
        assert isinstance(answer, Answer)
    assert mirror.tip == links[-1].tip
    assert mirror.held == {link.entry.seq: link.hash for link in links}


def test_a_gap_says_where_to_go_on(links: list[Link]) -> None:  # [LE41]
    mirror = Mirror()
    mirror.answer(request(links, 1, 4))
    answer = mirror.answer(request(links, 7, 9))
    assert isinstance(answer, Rejected)
    assert (answer.code, answer.details) == ("gap", {"seq": 4})
    assert mirror.tip.seq == 4


def test_a_fork_overwrites_nothing(links: list[Link], tmp_path: Path) -> None:  # [LE41]
    with Till(tmp_path) as other:
        for n in range(1, 8):
            other.post("vault_in", amount=n + (n == 5))
        theirs = [link for seq in range(1, 9) if (link := other.journal.link(seq))]
    mirror = Mirror()
    mirror.answer(request(links, 1, 8))
    before = dict(mirror.held)
    for first in (1, 4, 6):
        answer = mirror.answer(request(theirs, first, 8))
        assert isinstance(answer, Rejected)
        assert (answer.code, answer.details) == ("fork", {"seq": 6})
    assert mirror.held == before
    step = next_step(links[-1].tip, Answer(6, theirs[5].hash.hex(), 1), links[5].hash)
    assert step.trouble == "fork"


def test_entries_that_do_not_give_their_head_are_refused(links: list[Link]) -> None:  # [LE41]
    mirror = Mirror()
    wrong = append_request(1, 1, [link.body for link in links[:3]], SIGNER.sign(links[3].tip))
    answer = mirror.answer(wrong)
    assert isinstance(answer, Rejected)
    assert answer.code == "hash"
    skipped = [links[0].body, links[2].body]
    answer = mirror.answer(append_request(1, 1, skipped, SIGNER.sign(links[2].tip)))
    assert isinstance(answer, Rejected)
    assert answer.code == "gap"
    answer = mirror.answer(append_request(1, 1, [b"{}"], SIGNER.sign(links[0].tip)))
    assert isinstance(answer, Rejected)
    assert answer.code == "malformed"
    assert mirror.held == {}


def test_a_damaged_repeat_proves_no_fork(links: list[Link]) -> None:  # [LE41]
    mirror = Mirror()
    mirror.answer(request(links, 1, 8))
    for first in (1, 4, 7):
        damaged = request(links, first, 8).replace(b"1000006", b"1000007")  # one entry's time
        answer = mirror.answer(damaged)
        assert isinstance(answer, Rejected)
        assert answer.code == "hash"
    assert isinstance(mirror.answer(request(links, 1, 12)), Answer)


def test_another_venue_and_an_old_term_are_refused(links: list[Link]) -> None:  # [LE41]
    asked = read_request(request(links, 1, 2))
    assert isinstance(asked, Append)
    other = take(Tip.start("other"), asked, {})
    newer = take(Tip(VENUE, 2, 3, links[2].hash, 0), asked, {})
    assert isinstance(other, Rejected)
    assert isinstance(newer, Rejected)
    assert (other.code, newer.code) == ("unknown_venue", "term")


def test_the_leaf_goes_on_only_from_its_own_hash(links: list[Link]) -> None:  # [LE42]
    tip = links[-1].tip
    ours = links[4].hash
    assert next_step(tip, Answer(5, ours.hex(), 1), ours).trouble == ""
    assert next_step(tip, Answer(0, "00" * 32, 0), None).trouble == ""
    assert next_step(tip, Answer(5, "11" * 32, 1), ours).trouble == "fork"
    assert next_step(tip, Answer(99, "11" * 32, 1), None).trouble == "behind"
    assert next_step(tip, Answer(5, ours.hex(), 2), ours).trouble == "term"


@given(st.integers(0, 10**9))
@settings(max_examples=40)
def test_any_line_brings_every_entry_once(links: list[Link], seed: int) -> None:  # [LE40] [LE41]
    chance = random.Random(seed)
    mirror, after, line = Mirror(), 0, [head_request()]
    for _ in range(2_000):
        if mirror.tip == links[-1].tip:
            break
        first = max(1, after + 1 - chance.randrange(3))
        line.append(request(links, first, min(25, first + chance.randrange(6))))
        chance.shuffle(line)
        for data in list(line):
            if chance.random() < 0.3:
                line.remove(data)  # lost
            elif chance.random() < 0.6:
                answer = mirror.answer(data)  # may come again
                after = answer.seq if isinstance(answer, Answer) else answer.details["seq"]
        line = line[-6:]
    assert mirror.held == {link.entry.seq: link.hash for link in links}


@given(st.data())
@settings(max_examples=100)
def test_a_damaged_request_never_gets_in(links: list[Link], data: st.DataObject) -> None:  # [LE41]
    good = bytearray(request(links, 1, 3))
    for _ in range(data.draw(st.integers(1, 3))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    mirror = Mirror()
    try:
        mirror.answer(bytes(good))
    except RequestMalformed:
        return
    assert mirror.held.items() <= {link.entry.seq: link.hash for link in links}.items()


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b'{"v":1}', b'{"v":1,"op":"append"}', b'{"v":2,"op":"head"}', b"[" * 99_999,
     b'{"v":1,"op":"head","x":1}', b'{"v":1,"op":"append","term":1,"first":0,"entries":[""],"head":{}}',
     b'{"v":1,"op":"append","term":1,"first":1,"entries":[7],"head":{}}',
     b'{"v":1,"op":"append","term":1,"first":1,"entries":["\\ud800"],"head":{}}', b"x" * 800_000],
)  # fmt: skip
def test_what_is_no_request_is_malformed(data: bytes) -> None:  # [LE40]
    with pytest.raises(RequestMalformed):
        read_request(data)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"v":1}', b'{"v":1,"seq":-1,"hash":"","term":1}', b"7"]
)
def test_what_is_no_answer_is_malformed(data: bytes) -> None:
    with pytest.raises(RequestMalformed):
        read_answer(data)


def test_batches_are_cut_by_size_and_number() -> None:  # [LE40]
    assert cut_batch([b"x"] * 900) == 500
    assert cut_batch([b"x" * 200_000] * 3) == 1
    assert cut_batch([b"x" * 300_000] * 3) == 1


def test_a_term_that_jumps_is_taken_with_its_lost_numbers(links: list[Link]) -> None:  # [LE6] [LE41]
    mirror = Mirror()
    mirror.answer(request(links, 1, 5))
    entry = opening(
        links[4].tip, at_ms=9 * 10**6, person="mia", why="restored", currency="EUR", key_id="k",
        public_key="p", highest_seq=9,
    )  # fmt: skip
    link = extend(links[4].tip, entry)
    asked = read_request(append_request(2, 10, [link.body], SIGNER.sign(link.tip)))
    assert isinstance(asked, Append)
    taken = take(mirror.tip, asked, mirror.held)
    assert isinstance(taken, Taken)
    assert taken.tip.seq == 10


@pytest.mark.parametrize("at_once", [1, 3, 7, 100])
def test_a_batch_looked_at_in_pieces_is_the_same_batch(links: list[Link], at_once: int) -> None:  # [LE166]
    asked = read_request(request(links, 1, 8))
    assert isinstance(asked, Append)
    mirror = Mirror()
    mirror.answer(request(links, 1, 2))
    pieces, verdict = in_pieces(taking(mirror.tip, asked, mirror.held, at_once))
    assert verdict == take(mirror.tip, asked, mirror.held)
    assert [link for piece in pieces for link in piece] == links[2:8]
    assert [len(piece) for piece in pieces[:-1]] == [at_once] * (len(pieces) - 1)


def in_pieces(
    run: Generator[Sequence[Link], None, Taken | Rejected],
) -> tuple[list[Sequence[Link]], Taken | Rejected]:
    pieces = []
    while True:
        try:
            pieces.append(next(run))
        except StopIteration as end:
            return pieces, end.value
