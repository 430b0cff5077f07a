"""Whatever tills kept, in whatever order they come: nothing of it is lost, or put in a wrong place."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leaf_server.money.kept_entries import Kept
from leaf_server.money.new_term import NewTerm
from leaf_server.money.standing import Standing, mark_new_term
from ledger.audit import audit
from ledger.canonical import canonical
from ledger.heads import Signer
from ledger.terms import certificate
from serving.problems import Problem
from tests.leaf_server.fix_cage import Clock, new_cage, running, signed_in
from tests.leaf_server.test_full_disk import no_file_may_grow_beyond
from tests.ledger.test_terms import key
from tests.ledger.till import SIGNER, VENUE, Till, body

pytestmark = pytest.mark.anyio
SPARE = Signer.from_seed(b"s" * 32)
ENTRIES = 14
TILLS = 3


@pytest.fixture(scope="module")
def burnt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Kept]]:
    """Folders `1` … `14`: the ledger as it was after so many entries; and all entries with their heads."""
    folder = tmp_path_factory.mktemp("burnt")
    with Till(folder / "box") as till:
        for count in range(1, ENTRIES + 1):
            till.journal.rest()
            shutil.copytree(folder / "box", folder / str(count))
            if count < ENTRIES:
                till.post("vault_in", amount=count)
        rows = till.journal.stored_after(0, ENTRIES)
        links = [till.journal.link(seq) for seq, _, _ in rows]
        kept = [(link.body, till.journal.head(link.tip)) for link in links if link is not None]
    return folder, kept


@given(
    backed_up=st.integers(1, ENTRIES),
    holders=st.lists(st.integers(-1, TILLS - 1), min_size=ENTRIES, max_size=ENTRIES),  # -1: no till has it
    order=st.permutations(range(TILLS)),
)
@settings(max_examples=25)
async def test_every_entry_that_a_till_holds_comes_back_or_is_proposed(
    burnt: tuple[Path, list[Kept]], backed_up: int, holders: list[int], order: list[int]
) -> None:
    """[LE97] [LE99]"""
    folder, kept = burnt
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "new"
        shutil.copytree(folder / str(backed_up), data)
        mark_new_term(data, "The box burnt.", "mia")
        vouched = certificate(SIGNER, venue=VENUE, term=2, public_key=key(SPARE))
        async with running(new_cage(data, signer=SPARE)) as cage:
            box = NewTerm(cage, data, vouched, Clock())
            bags = [
                [one for one, by in zip(kept, holders, strict=True) if by == till] for till in range(TILLS)
            ]
            for till in order:
                await box.hand_in(f"till{till}", [], bags[till])
            override = "" if any(bags) else "There are no tills."
            opened = await box.open("mia", "", override or "in a hurry")
            for till in order:
                await box.hand_in(f"till{till}", [], bags[till])
            proposals = await box.proposals()
            rows = await cage.look(
                lambda journal: [(body, hash_) for _, body, hash_ in journal.stored_after(0, 99)]
            )
        assert audit(rows).faults == audit(rows).unvouched == []
        before = opened.entry.data["from_seq"]
        assert rows[:before] == [(body, bytes.fromhex(head.hash)) for body, head in kept[:before]]
        held = {body for bag in bags for body, _ in bag}
        reach = backed_up
        while reach < ENTRIES and kept[reach][0] in held:
            reach += 1
        assert before == reach  # as far as all tills together can bring it
        assert {canonical(one["entry"]) for one in proposals} == held - {body for body, _ in kept[:reach]}
        assert opened.entry.seq > max([before, *(head.seq for bag in bags for _, head in bag)])


async def test_what_is_dealt_with_is_proposed_no_more(burnt: tuple[Path, list[Kept]], tmp_path: Path) -> None:
    """[LE145]"""
    folder, kept = burnt
    data = tmp_path / "new"
    shutil.copytree(folder / "10", data)
    mark_new_term(data, "The box burnt.", "mia")
    async with running(new_cage(data, signer=SPARE)) as cage:
        box = NewTerm(cage, data, None, Clock())
        await box.open("mia", "", "There are no tills.")
        await box.hand_in("till1", [], kept[10:])
        one, two, three, four = await box.proposals()
        assert (one["command"]["kind"], one["command"]["rebooks"]) == ("vault_in", one["hash"])
        till, zoe = signed_in(device="till9"), {"person": "zoe", "pin": "73915531"}
        await cage.command(till, "again", json.dumps(one["command"]).encode())
        aside = {"old_entry": three["hash"], "reason": "not so", "second": zoe}
        await cage.command(till, "aside", body("set_aside", **aside))
        assert await box.proposals() == [two, four]


@pytest.mark.parametrize("damaged", [b"", b"{", b"[]", b'{"state": "open"}', b"\xff"])
def test_a_note_that_does_not_read_stops_money(tmp_path: Path, damaged: bytes) -> None:
    """[LE97]"""
    (tmp_path / "ledger-term.json").write_bytes(damaged)
    problem = Standing(tmp_path / "ledger-term.json").problem()
    assert problem is not None
    assert problem.code == "term_needed"


async def test_a_box_that_is_open_or_fenced_opens_no_term(tmp_path: Path) -> None:
    """[LE97] [LE100]"""
    async with running(new_cage(tmp_path)) as cage:
        box = NewTerm(cage, tmp_path, None, Clock())
        for name in ("open", "fenced"):
            if name == "fenced":
                cage.standing.fence("Another box opened term 2.", 2)
            with pytest.raises(Problem, match="no_term_needed"):
                await box.open("mia", "why not", "because")
    assert Standing(tmp_path / "ledger-term.json").now.name == "fenced"


async def test_a_till_hands_in_again_what_a_full_disk_did_not_take(
    burnt: tuple[Path, list[Kept]], tmp_path: Path
) -> None:
    """[LE99] [LE32] Whether it goes into the ledger or waits beside it: said so, and nothing half written."""
    folder, kept = burnt
    data = tmp_path / "new"
    shutil.copytree(folder / "5", data)
    mark_new_term(data, "The box burnt.", "mia")
    async with running(new_cage(data)) as cage:
        box = NewTerm(cage, data, None, Clock())
        assert (await box.hand_in("till1", [], kept[9:11]))["proposed"] == 2
        waiting = (data / "ledger-proposals.jsonl").read_bytes()
        for bag, limit in ((kept[5:8], 0), (kept[11:], len(waiting)), (kept[11:], len(waiting) + 300)):
            with no_file_may_grow_beyond(limit), pytest.raises(Problem) as refused:
                await box.hand_in("till2", [], bag)
            assert (refused.value.status, refused.value.code) == (503, "not_ready")
            assert (data / "ledger-proposals.jsonl").read_bytes() == waiting
        assert (await box.hand_in("till2", [], kept[11:]))["proposed"] == 3
        handed = await box.hand_in("till3", [], kept[5:9])
        assert (handed["restored"], cage.seq) == (9, ENTRIES)


async def test_a_line_that_a_power_cut_tore_costs_nothing(
    burnt: tuple[Path, list[Kept]], tmp_path: Path
) -> None:
    """[LE99]"""
    folder, kept = burnt
    data = tmp_path / "new"
    shutil.copytree(folder / "5", data)
    mark_new_term(data, "The box burnt.", "mia")
    async with running(new_cage(data)) as cage:
        box, file = NewTerm(cage, data, None, Clock()), data / "ledger-proposals.jsonl"
        await box.hand_in("till1", [], kept[8:10])
        whole = file.read_bytes()
        for cut in (1, 40, len(whole) // 2, len(whole) - 1):
            file.write_bytes(whole[:cut])
            await box.hand_in("till1", [], kept[8:10])
            assert file.read_bytes() == whole


def test_a_box_that_can_not_write_down_why_it_is_fenced_is_fenced_all_the_same(tmp_path: Path) -> None:
    """[LE100] [LE32] A disk without room delays the note, and stops neither the box nor what it found out."""
    path = tmp_path / "ledger-term.json"
    standing = Standing(path)
    with no_file_may_grow_beyond(0):
        standing.fence("Another box opened term 2.", 2)
        assert standing.now.name == "fenced"
        assert (standing.problem() or Problem(0, "", "")).code == "fenced"
        assert Standing(path).now.name == "open"  # nothing half written
    assert standing.problem() is not None
    assert Standing(path).now.why == standing.now.why
