"""The ingest takes a venue's ledger in order, whole and once, or says why not; the database is real."""

import json
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core_server.db import Database
from core_server.forks import forks_of
from core_server.ingest import Ingest
from core_server.ledger_mirror import LOWER_MAX, QUARANTINE_MAX, LedgerMirror
from core_server.ownership import Ownership
from core_server.venues import Venues
from ledger.chain import Link, Tip, extend
from ledger.entry import Entry
from ledger.heads import Signer, to_base64url
from ledger.terms import certificate, opening
from serving.nats_link import Incoming
from tests.core_server.chains import chain, longer, reopened, request
from tests.fix_venues import EnrolledVenue, enrol_venue

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


class Desk:
    """The ingest of one process, asked as the leaf of one venue asks it."""

    def __init__(self, ingest: Ingest, mirror: LedgerMirror, venue: EnrolledVenue) -> None:
        self.ingest, self.mirror, self.venue = ingest, mirror, venue

    async def ask(self, payload: bytes, account: str | None = None) -> dict[str, object]:
        subject = f"felt.{account or self.venue.known.account}.ledger"
        answer = await self.ingest.answer(Incoming(subject, payload, True))
        assert answer is not None
        found = json.loads(answer)
        assert isinstance(found, dict)
        return found

    async def code(self, payload: bytes, account: str | None = None) -> object:
        error = (await self.ask(payload, account)).get("error")
        return error["code"] if isinstance(error, dict) else "taken"

    def request(self, links: Sequence[Link]) -> bytes:
        return request(self.venue.signer, links)

    async def stored(self) -> list[tuple[int, bytes]]:
        return [(entry.seq, entry.body) for entry in await self.mirror.entries(self.venue.id, 0, 100_000)]


@pytest.fixture
async def desk(database: Database, ownership: Ownership, venue: EnrolledVenue) -> Desk:
    return await desk_of(database, ownership, venue)


async def desk_of(database: Database, ownership: Ownership, venue: EnrolledVenue) -> Desk:
    venues, mirror = Venues(database), LedgerMirror(database)
    await venues.read()
    return Desk(Ingest(venues, ownership, mirror), mirror, venue)


def bodies(links: Sequence[Link]) -> list[tuple[int, bytes]]:
    return [(link.entry.seq, link.body) for link in links]


async def test_entries_are_taken_in_order_and_answered_with_what_is_durable(desk: Desk) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 30)
    assert await desk.ask(desk.request(links[:10])) == {
        "v": 1, "seq": 10, "hash": links[9].hash.hex(), "term": 1,
    }  # fmt: skip
    await desk.ask(desk.request(links[10:]))
    assert await desk.stored() == bodies(links)
    assert (await desk.ask(b'{"v":1,"op":"head"}'))["seq"] == 30


async def test_a_repeat_is_harmless_and_an_overlap_brings_only_what_is_new(desk: Desk) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 20)
    for part in (links[:10], links[:10], links[5:15], links[2:8], links[9:20]):
        assert await desk.code(desk.request(part)) == "taken"
    assert await desk.stored() == bodies(links)


async def test_a_gap_is_not_taken_and_says_where_to_go_on(desk: Desk) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 20)
    await desk.ask(desk.request(links[:5]))
    answer = await desk.ask(desk.request(links[7:]))
    assert answer["error"] == {
        "code": "gap",
        "message": "Entries are missing in between.",
        "details": {"seq": 5},
    }
    assert len(await desk.stored()) == 5


async def test_a_fork_stops_the_venue_and_overwrites_nothing(desk: Desk, database: Database) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 10)
    other = longer(links[:4], 6, cents=999)
    await desk.ask(desk.request(links))
    assert await desk.code(desk.request(other[4:])) == "fork"
    assert await desk.stored() == bodies(links)
    assert await desk.code(desk.request(longer(links, 1)[10:])) == "fork"  # until a person has looked
    state = await desk.mirror.state(desk.venue.id)
    assert state.stopped is not None
    assert state.tip.seq == 10
    async with database.venue(desk.venue.id) as transaction:
        kept = await (await transaction.execute("SELECT seq, request FROM mirror_quarantine")).fetchall()
    assert [(seq, bytes(sent)) for seq, sent in kept] == [(5, desk.request(other[4:]))]


async def test_a_fork_of_one_venue_does_not_stop_another(
    desk: Desk, database: Database, ownership: Ownership
) -> None:
    links = chain("east", desk.venue.signer, 3)
    await desk.ask(desk.request(links))
    assert await desk.code(desk.request(longer(links[:1], 2, cents=7)[1:])) == "fork"
    west = await desk_of(database, ownership, await enrol_venue(database, "west"))
    assert await west.code(west.request(chain("west", west.venue.signer, 3))) == "taken"


async def test_a_changed_entry_is_caught_by_its_hash(desk: Desk) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 6)
    forged = json.loads(desk.request(links))
    forged["entries"][3] = forged["entries"][3].replace('"amount_cents":100', '"amount_cents":999')
    assert await desk.code(json.dumps(forged).encode()) == "hash"
    assert await desk.stored() == []


@pytest.mark.parametrize("at", [5, 99, 100, 249])
async def test_of_a_long_batch_all_or_nothing_is_kept(desk: Desk, at: int) -> None:
    """[LE166] Its beginning is written while the rest is looked at."""
    links = chain(desk.venue.id, desk.venue.signer, 250)
    forged = json.loads(desk.request(links))
    forged["entries"][at] = forged["entries"][at].replace('"amount_cents":100', '"amount_cents":999')
    assert await desk.code(json.dumps(forged).encode()) == "hash"
    forged["entries"][at] = "{}"
    assert await desk.code(json.dumps(forged).encode()) == "malformed"
    del forged["entries"][at]
    assert await desk.code(json.dumps(forged).encode()) in ("gap", "hash")
    assert await desk.stored() == []
    assert (await desk.mirror.state(desk.venue.id)).tip.seq == 0
    assert await desk.code(desk.request(links)) == "taken"
    assert await desk.stored() == bodies(links)


async def test_a_head_of_an_unknown_key_is_refused(desk: Desk) -> None:
    stranger = Signer(Ed25519PrivateKey.generate())
    links = chain(desk.venue.id, stranger, 3)
    assert await desk.code(request(stranger, links)) == "hash"
    own = chain(desk.venue.id, desk.venue.signer, 3)
    signed = desk.venue.signer.sign(own[-1].tip)
    bad = replace(signed, at_ms=signed.at_ms + 1)
    altered = json.loads(desk.request(own)) | {"head": bad.as_json()}
    assert await desk.code(json.dumps(altered).encode()) == "hash"
    assert await desk.stored() == []


async def test_an_older_term_is_fenced(desk: Desk) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 5)
    second = longer([*links, reopened(links[-1].tip, desk.venue.signer)], 2)
    await desk.ask(desk.request(links))
    await desk.ask(desk.request(second[5:]))
    old_box = longer(links, 1)
    assert await desk.code(desk.request(old_box[5:])) == "term"
    assert await desk.stored() == bodies(second)


async def test_a_new_term_may_declare_numbers_lost(desk: Desk) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 5)
    await desk.ask(desk.request(links))
    second = longer([reopened(links[-1].tip, desk.venue.signer, highest=9)], 2)
    assert [link.entry.seq for link in second] == [10, 11, 12]
    assert await desk.code(desk.request(second)) == "taken"
    assert [seq for seq, _ in await desk.stored()] == [1, 2, 3, 4, 5, 10, 11, 12]


async def test_heads_that_tills_kept_are_held_against_what_is_here(desk: Desk) -> None:
    """[LE103]"""
    links, other = (chain(desk.venue.id, desk.venue.signer, 5, cents) for cents in (100, 700))
    await desk.ask(desk.request(links[:4]))
    sign, stranger = desk.venue.signer.sign, Signer(Ed25519PrivateKey.generate())
    judged = [await desk.mirror.judge(desk.venue.id, head) for head in (
        sign(links[2].tip), sign(links[4].tip), sign(other[2].tip), stranger.sign(other[2].tip),
        sign(other[2].tip),
    )]  # fmt: skip
    assert judged == ["extends", "not_here_yet", "rewritten", "unproved", "rewritten"]
    (aside,) = await desk.mirror.quarantine(desk.venue.id)
    assert (aside.seq, json.loads(aside.request)) == (3, sign(other[2].tip).as_json())
    assert await desk.code(desk.request(links[4:])) == "taken"  # it stops nothing: a person looks


async def test_many_heads_of_a_branch_hide_neither_its_lowest_number_nor_the_next_fork(desk: Desk) -> None:
    """[LE101] [LE103] As tills show them: the newest first, each of its own, far more than are kept."""
    owner, venue = desk.venue.signer, desk.venue.id
    links, other = chain(venue, owner, 40), longer(chain(venue, owner, 3), 60, cents=700)
    await desk.ask(desk.request(links))
    for link in [*reversed(other[20:40]), *other[19:40], *reversed(other[10:20])]:
        await desk.mirror.judge(venue, owner.sign(link.tip))
    (fork,) = forks_of(await desk.mirror.quarantine(venue))
    assert (fork.seq, len(fork.witnesses)) == (other[10].entry.seq, QUARANTINE_MAX + 10)
    assert await desk.code(desk.request(other[3:])) == "fork"  # the box's own branch has a place of its own
    (fork,) = forks_of(await desk.mirror.quarantine(venue))
    assert fork.seq == 4
    for link in reversed(other[3:40]):
        await desk.mirror.judge(venue, owner.sign(link.tip))
    assert len(await desk.mirror.quarantine(venue)) <= LOWER_MAX
    first = reopened(links[-1].tip, owner)
    assert await desk.code(desk.request([first])) == "taken"  # a person has opened a term: all is cleared
    on, off = longer([first], 2), longer([first], 2, cents=9)
    assert await desk.code(desk.request(on[1:])) == "taken"
    assert await desk.code(desk.request(off[1:])) == "fork"
    assert [(one.seq, one.cleared_ms > 0) for one in forks_of(await desk.mirror.quarantine(venue))] == [
        (first.entry.seq + 1, False), (4, True),
    ]  # fmt: skip
    assert [one.seq for one in await desk.mirror.forked({venue: "East"})] == [first.entry.seq + 1]


async def test_the_key_of_a_box_that_was_followed_opens_no_term_again(desk: Desk) -> None:
    """[LE98] Also where it is still enrolled; nor does a stranger's, nor one that vouches for itself."""
    first = chain(desk.venue.id, desk.venue.signer, 3)
    spare, stranger = Signer(Ed25519PrivateKey.generate()), Signer(Ed25519PrivateKey.generate())
    await desk.ask(desk.request(first))

    def opened(links: Sequence[Link], by: Signer, vouching: Signer, number: int) -> Link:
        key = to_base64url(by.public_key)
        vouched = certificate(vouching, venue=desk.venue.id, term=number, public_key=key)
        entry = opening(
            links[-1].tip, at_ms=0, person="ana", why="test", currency="EUR", key_id=by.key_id,
            public_key=key, vouched=vouched,
        )  # fmt: skip
        return extend(links[-1].tip, entry)

    for by in (stranger, spare):
        taken = opened(first, by, by, 2)
        assert await desk.code(request(by, [taken])) == "hash"
    second = [*first, opened(first, spare, desk.venue.signer, 2)]
    assert await desk.code(request(spare, second[3:])) == "taken"
    for voucher in (desk.venue.signer, stranger):
        old_box = opened(second, desk.venue.signer, voucher, 3)
        assert await desk.code(desk.request([old_box])) == "term"
    assert await desk.stored() == bodies(second)
    assert await desk.code(request(spare, longer(second, 2)[4:])) == "taken"


async def test_who_asks_is_said_by_the_subject_alone(
    desk: Desk, database: Database, ownership: Ownership
) -> None:
    west = await desk_of(database, ownership, await enrol_venue(database, "west"))
    links = chain("east", desk.venue.signer, 3)
    assert await west.code(desk.request(links)) == "hash"  # east's entries over west's account
    assert await west.code(request(west.venue.signer, chain("east", west.venue.signer, 3))) == "unknown_venue"
    assert await desk.code(desk.request(links), "A" + "B" * 55) == "unknown_venue"
    assert await desk.stored() == await west.stored() == []


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"\xff\xfe", b"null", b"[]", b"{}", b'{"v":1}', b'{"v":2,"op":"head"}', b"[" * 100_000,
        b'{"v":1,"op":"append"}', b'{"v":1,"op":"head","more":1}', b'{"v":1,"op":"drop table venues"}',
        b'{"v":1,"op":"append","term":1e400,"first":1,"entries":[],"head":{}}', b" " * 900_000,
        b'{"v":1,"op":"append","term":1,"first":1,"entries":["\\ud800"],"head":{}}',
    ],
)  # fmt: skip
async def test_what_is_no_request_is_answered_malformed(desk: Desk, payload: bytes) -> None:
    assert await desk.code(payload) == "malformed"
    assert await desk.code(b'{"v":1,"op":"head"}') == "taken"  # and it goes on


async def test_a_text_that_postgres_cannot_hold_is_malformed(desk: Desk) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 1)
    tip = links[0].tip
    nul = extend(
        tip,
        Entry(
            venue=tip.venue,
            term=1,
            seq=2,
            at_ms=tip.at_ms,
            kind="a\0b",
            key="k",
            person="ana",
            device="desk1",
            content="",
            rules={},
            postings=(),
            data={},
        ),
    )
    assert await desk.code(desk.request([*links, nul])) == "malformed"
    assert await desk.stored() == []


async def test_a_long_ledger_arrives_in_the_largest_batches(desk: Desk) -> None:
    links = chain(desk.venue.id, desk.venue.signer, 3_000)
    for start in range(0, 3_000, 500):
        assert await desk.code(desk.request(links[start : start + 500])) == "taken"
    assert await desk.stored() == bodies(links)


async def test_rows_of_the_mirror_cannot_be_changed(desk: Desk, database: Database) -> None:
    await desk.ask(desk.request(chain(desk.venue.id, desk.venue.signer, 3)))
    for statement in ("UPDATE mirror_entries SET kind = 'x'", "DELETE FROM mirror_entries"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with database.venue(desk.venue.id) as transaction:
                await transaction.execute(statement.encode())


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(parts=st.lists(st.tuples(st.integers(0, 39), st.integers(1, 15)), min_size=1, max_size=12))
async def test_whatever_order_batches_come_in_the_mirror_is_a_prefix_of_the_ledger(
    database: Database, ownership: Ownership, parts: list[tuple[int, int]]
) -> None:
    name = f"v{uuid4().hex}"  # a venue of its own for each example
    desk = await desk_of(database, ownership, await enrol_venue(database, name, account=_account(name)))
    links = chain(name, desk.venue.signer, 40)
    reach = 0
    for start, count in parts:
        batch = links[start : start + count]
        took = await desk.code(desk.request(batch))
        assert took == ("taken" if start <= reach else "gap")
        reach = max(reach, start + len(batch)) if took == "taken" else reach
        assert await desk.stored() == bodies(links[:reach])
    tip = (await desk.mirror.state(name)).tip
    assert tip == (links[reach - 1].tip if reach else Tip.start(name))


def _account(name: str) -> str:
    return "A" + "".join("ABCDEFGHIJKLMNOP"[int(digit, 16)] for digit in name[1:]).ljust(55, "A")
