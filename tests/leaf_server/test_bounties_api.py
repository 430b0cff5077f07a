"""What a cage sees of heads, envelopes and seats before it books one."""

from typing import Any

import pytest

from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.test_ledger_api import LEDGER, Till, open_house
from tests.ledger.till import RULES, sale

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]

NAMES = ("ann", "bob", "cid", "dan")


async def event(leaf: Leaf, **rules: Any) -> Till:
    """Four paid 80.00 into the pool and 10.00 for bounties; registration is closed."""
    till = await open_house(leaf)
    await till.post("adopt_tournament", tournament="t", rules={**RULES, **rules})
    for name in NAMES:
        await till.post(**sale("buy_in", name, f"{name[0]}1"))
    await till.post("close_registration", tournament="t")
    return till


async def seen(till: Till, status: int = 200, tournament: str = "t") -> dict[str, Any]:
    return dict(await till.get(f"{LEDGER}/tournaments/{tournament}/heads", status))


async def test_envelopes_left_and_what_is_due_are_shown(leaf: Leaf) -> None:  # [LE152] [LE153]
    till = await event(leaf, bounty="mystery")
    before = await seen(till)
    assert (before["bounty"], before["state"], before["sealed"]) == ("mystery", "closed", False)
    assert before["heads"][0] == ["a1", "ann", 1_000, False]
    assert before["cash_bp"] == 10_000
    await till.post("seal_envelopes", tournament="t", envelopes=[[500, 3], [2_500, 1]])
    sealed = await seen(till)
    assert (sealed["sealed"], sealed["envelopes"]) == (True, [[2_500, 1], [500, 3]])
    amount = {"amount": 2_500, "currency": "EUR"}
    await till.post("draw_envelope", tournament="t", entry="d1", by=["a1", "b1"], amount=amount)
    drawn = await seen(till)
    assert (drawn["envelopes"], drawn["due"]) == ([[500, 3]], [["ann", 1_250], ["bob", 1_250]])
    assert [entry for entry, _, _, out in drawn["heads"] if out] == ["d1"]
    assert drawn["seats"] is None


async def test_seats_the_pool_still_pays_are_shown(leaf: Leaf) -> None:  # [LE156]
    till = await event(leaf, satellite={"target": "main", "seat_cents": 10_000, "again": "cash"})
    assert (await seen(till))["seats"] == {
        "target": "main", "seat_cents": 10_000, "step_cents": None, "again": "cash", "holders": [],
        "awarded": [], "left": 3, "rest_cents": 2_000,
    }  # fmt: skip
    await till.post("award_seat", tournament="t", player="bob", entry="b1")
    after = (await seen(till))["seats"]
    assert (after["awarded"], after["left"], after["rest_cents"]) == (["b1"], 2, 2_000)
    assert after["holders"] == ["bob"]  # [LE163]


async def test_only_the_till_looks_and_only_at_what_was_adopted(leaf: Leaf) -> None:
    till = await open_house(leaf)
    await seen(till, 404, "x")
    await seen(Till(leaf.http, await leaf.token("ben", "floor")), 403, "x")
