"""The house at a glance, over HTTP: a manager sees the cash, who counts it blind does not."""

import pytest

from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.test_ledger_api import LEDGER, Till, open_house
from tests.ledger.house_notebook import JACKPOT

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]


async def test_the_house_shows_what_it_owes_and_what_covers_it(leaf: Leaf) -> None:  # [LE78]
    till = await open_house(leaf)
    await till.post("cash_buy_in", player="ann", drawer="d", amount=9_000)
    await till.post("take_tip", table="c1", amount=500)
    await till.post("adopt_jackpot", jackpot="j", rules=JACKPOT)
    await till.post("vault_in", amount=100, source="bank", reference="W 1")
    await till.post("send_cash", to="d", courier="kim", amount=700)
    house = await till.get(f"{LEDGER}/house")
    owed = {row["account"]: row["cents"] for row in house["liabilities"] if row["cents"]}
    assert owed == {"2000": 8_500, "2040": 500}
    assert (house["liability_cents"], house["uncovered_cents"], house["staff_cents"]) == (9_000, 0, 500)
    assert (house["cash_cents"], house["clearing_cents"], house["bank_cents"]) == (109_100, -100, 0)
    assert house["covering_cents"] == 109_000
    assert [(one["drawer"], one["open"], one["cents"]) for one in house["drawers"]] == [("d", True, 29_000)]
    assert [(one["to"], one["cents"]) for one in house["transits"]] == [("d", 700)]
    assert [(one["jackpot"], one["fund_cents"]) for one in house["jackpots"]] == [("j", 0)]
    assert (house["chips"]["out_cents"], house["credits"]) == (8_500, [])


async def test_who_counts_blind_is_told_no_cash(leaf: Leaf) -> None:  # [LE74]
    till = await open_house(leaf)
    await till.post("send_cash", to="d", courier="kim", amount=700)
    house = await Till(leaf.http, await leaf.token("cat", "cage")).get(f"{LEDGER}/house")
    assert house["cash_cents"] is None
    assert [one["cents"] for one in (*house["drawers"], *house["transits"])] == [None, None]
