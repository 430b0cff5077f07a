"""The whole ledger is verified beside the leaf, by a process of its own."""

from pathlib import Path

import anyio
import apsw
import pytest

from leaf_server.money.auditor import Auditor
from ledger import journal as journal_module
from ledger.audit import accounts_apart
from ledger.checkpoint import checkpoint_bytes, read_checkpoint
from ledger.journal import Journal
from serving.problems import Problem
from tests.leaf_server.fix_cage import new_cage, open_house, post, running

pytestmark = pytest.mark.anyio


async def test_a_ledger_that_holds_leaves_its_checkpoint(tmp_path: Path) -> None:  # [LE111]
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        auditor = Auditor(cage, tmp_path / "ledger.db", every=3)
        with anyio.fail_after(60):
            assert await auditor.recheck() == ""
        assert auditor.checked_seq == cage.seq
        assert (tmp_path / "ledger.book").stat().st_mode & 0o777 == 0o600
        await post(cage, "k", "vault_in", amount=5)


async def test_one_that_does_not_hold_takes_no_more_money(tmp_path: Path) -> None:  # [LE111]
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        db = apsw.Connection(str(tmp_path / "ledger.db"))
        db.execute("DROP TRIGGER entries_stay")
        db.execute("UPDATE entries SET body = replace(body, '100000', '900000') WHERE seq = 4")
        db.close()
        with anyio.fail_after(60):
            await Auditor(cage, tmp_path / "ledger.db", every=3).run()
        assert "entry 4" in (cage.why_not_ready() or "")
        with pytest.raises(Problem) as refused:
            await post(cage, "k", "vault_in", amount=5)
        assert refused.value.code == "not_ready"


async def test_a_start_from_a_checkpoint_has_all_before_it_verified_however_short_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE111]
    monkeypatch.setattr(journal_module, "CHECKPOINT_SEQ_MIN", 1)
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        assert cage.replayed_from == 0
        assert await Auditor(cage, tmp_path / "ledger.db").recheck() == ""
    db = apsw.Connection(str(tmp_path / "ledger.db"))
    db.execute("DROP TRIGGER entries_stay")
    db.execute("UPDATE entries SET body = replace(body, '100000', '900000') WHERE seq = 4")
    db.close()
    async with running(new_cage(tmp_path)) as cage:
        with anyio.fail_after(60):
            await Auditor(cage, tmp_path / "ledger.db").run()
        assert "entry 4" in (cage.why_not_ready() or "")


async def test_a_forged_checkpoint_is_found_by_what_its_entries_come_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # [LE111]
    monkeypatch.setattr(journal_module, "CHECKPOINT_SEQ_MIN", 1)
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        assert await Auditor(cage, tmp_path / "ledger.db").recheck() == ""
    kept = tmp_path / "ledger.book"
    state = read_checkpoint(kept.read_bytes())
    assert state is not None
    async with running(new_cage(tmp_path)) as cage:
        assert cage.replayed_from == state.tip.seq
        assert await Auditor(cage, tmp_path / "ledger.db").recheck() == ""
    state.balances["2030/eve"] = -90_000  # the house owes eve 900.00, says who can write here
    kept.write_bytes(checkpoint_bytes(state))
    async with running(new_cage(tmp_path)) as cage:
        assert cage.replayed_from == state.tip.seq
        with anyio.fail_after(60):
            await Auditor(cage, tmp_path / "ledger.db").run()
        assert "from which this box began" in (cage.why_not_ready() or "")


async def test_books_that_do_not_agree_are_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:  # [LE181]
    """A fault of ours in memory: the pool of an event is not what its account holds."""
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        auditor = Auditor(cage, tmp_path / "ledger.db")

        def pool(journal: Journal, cents: int) -> None:
            next(iter(journal.book.state.tournaments.values())).pool_cents = cents

        async def look() -> list[str]:
            auditor.look(await cage.look(lambda journal: accounts_apart(journal.book.state)))
            return auditor.apart

        assert await look() == []
        await cage.look(lambda journal: pool(journal, 700))
        (sentence,) = await look()
        assert "its prize pool should be 7.00 EUR by its entries, account 2010 holds 0.00 EUR" in sentence
        assert await look() == [sentence]
        assert [record.message for record in caplog.records if record.name == "felt.auditor"] == [
            f"the books do not agree: {sentence}"
        ]
        await cage.look(lambda journal: pool(journal, 0))
        assert await look() == []


async def test_what_is_over_and_holds_nothing_is_left_to_the_audit(tmp_path: Path) -> None:  # [LE181]
    """Once a minute nobody goes through the entries of all events there ever were."""
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)

        def lie(journal: Journal) -> None:
            event = next(iter(journal.book.state.tournaments.values()))
            event.state, event.bounties_due = "confirmed", {"ann": 500}

        await cage.look(lie)
        assert await cage.look(lambda journal: accounts_apart(journal.book.state, all_events=False)) == []
        (sentence,) = await cage.look(lambda journal: accounts_apart(journal.book.state))
        assert "prizes due should be 5.00 EUR" in sentence
