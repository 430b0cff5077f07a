"""The whole ledger is verified beside the leaf, by a process of its own."""

from pathlib import Path

import anyio
import apsw
import pytest

from leaf_server.auditor import Auditor
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
