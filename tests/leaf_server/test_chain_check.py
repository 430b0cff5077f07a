"""A receipt that stands where it was booked, and one of a ledger that somebody changed."""

from pathlib import Path

import anyio
import apsw
import pytest

from leaf_server.money.cage import Cage
from leaf_server.money.chain_check import CHECKED_MAX, check_chain
from serving.problems import Problem
from tests.leaf_server.fix_cage import new_cage, open_house, post, running
from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.test_ledger_api import Till
from tests.leaf_server.test_ledger_api import open_house as open_leaf_house
from tests.ledger.till import sale

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]


async def test_a_receipt_fits_the_chain_up_to_the_head(leaf: Leaf) -> None:  # [LE177]
    await open_leaf_house(leaf)
    till = Till(leaf.http, await leaf.token("cat", "cage"))
    till.keys = 100
    booked = await till.post(**sale("buy_in", "ann", "a1"))
    later = await till.post(**sale("buy_in", "bob", "b1"))
    said = await till.get("/api/v1/receipts/6/chain")
    assert said == {
        "seq": 6,
        "hash_short": booked["receipt"]["hash_short"],
        "to_seq": 7,
        "head": later["head"],
    }
    assert (await till.get("/api/v1/receipts/1/chain"))["to_seq"] == 7
    assert (await till.get("/api/v1/receipts/8/chain", 404))["error"]["code"] == "no_entry"


async def test_a_changed_entry_is_named(tmp_path: Path) -> None:  # [LE177]
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        await post(cage, "k", **sale("buy_in", "ann", "a1"))
        db = apsw.Connection(str(tmp_path / "ledger.db"))
        db.execute("DROP TRIGGER entries_stay")
        db.execute("UPDATE entries SET body = replace(body, '100000', '900000') WHERE seq = 4")
        db.close()
        assert (await check_chain(cage, 5)).to_seq == 6  # what lies behind it follows
        with pytest.raises(Problem) as refused:
            await check_chain(cage, 3)
        assert (refused.value.code, refused.value.details) == ("chain_broken", {"seq": 4})
        assert "entry 4" in (cage.why_not_ready() or "")  # no more money


async def tip(cage: Cage, key: str) -> None:
    await post(cage, key, "take_tip", drawer="d", amount=1, method="cash")


async def test_one_check_goes_so_far_and_the_next_goes_on(tmp_path: Path) -> None:  # [LE177]
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        async with anyio.create_task_group() as tips:
            for n in range(CHECKED_MAX):
                if n % 500 == 0:
                    await cage.look(lambda journal: journal.tip)  # the line holds no more than so many
                tips.start_soon(tip, cage, f"t{n}")
        first = await check_chain(cage, 1)
        assert (first.to_seq, first.head.seq) == (CHECKED_MAX, CHECKED_MAX + 5)
        assert (await check_chain(cage, first.to_seq)).to_seq == CHECKED_MAX + 5
