"""What the counter looks at before it asks: drawers, a player's money, what waits to be settled."""

import pytest

from leaf_server.api.standings import RECEIVED_SHOWN
from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.test_ledger_api import LEDGER, Till, cage_facts, open_house
from tests.ledger.till import PROFILE, sale

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]


async def test_a_player_is_told_with_stakes_and_limits(leaf: Leaf) -> None:  # [LE125]
    till = await open_house(leaf)
    limits = {"stake_per_day_cents": 40_000, "stake_per_tournament_cents": 30_000, "age_min": 18}
    await till.post("adopt_profile", key="strict", profile={**PROFILE, **limits})
    await till.post(**sale("buy_in", "ann", "a1", age_seen=18))
    await till.post("deposit", player="ann", drawer="d", method="cash", amount=2_500)
    said = await till.get(f"{LEDGER}/players/ann")
    assert (said["balance_cents"], said["stake_day_cents"], said["stake_per_day_cents"]) == (
        2_500,
        10_000,
        40_000,
    )
    assert said["age_seen"] == 18
    (event,) = said["events"]
    assert (event["entries"], event["entries_per_player"], event["stake_cents"]) == (1, 2, 10_000)
    nobody = await till.get(f"{LEDGER}/players/bob")
    assert (nobody["balance_cents"], nobody["events"], nobody["age_seen"]) == (0, [], 0)
    assert (await till.get(f"{LEDGER}/players/a%20b", 422))["error"]["code"] == "invalid"


async def test_money_that_waits_is_told_with_what_it_was_for(leaf: Leaf) -> None:  # [LE125]
    till = await open_house(leaf)
    booked = await till.post(**sale("rebuy", "ann", "a1", intent={"recorded_ms": 5}))
    assert booked["entry"]["kind"] == "suspense"
    seq = booked["entry"]["seq"]
    (waiting,) = (await till.get(f"{LEDGER}/received"))["received"]
    assert (waiting["seq"], waiting["left_cents"], waiting["player"]) == (seq, 5_000, "ann")
    assert (waiting["asked"], waiting["refusal"]) == ("rebuy", "unknown_player_entry")
    settled = {"received": seq, "to": "back", "drawer": "d", "reason": "no entry"}
    await till.post("settle", **settled, amount=2_000)
    assert (await till.get(f"{LEDGER}/received"))["received"][0]["left_cents"] == 3_000
    await till.post("settle", **settled, amount=3_000)
    assert await till.get(f"{LEDGER}/received") == {"received": [], "count": 0, "seq": seq + 2}


async def test_so_much_that_waits_is_told_at_once(leaf: Leaf) -> None:  # [LE125]
    till = await open_house(leaf)
    for n in range(RECEIVED_SHOWN + 1):
        await till.post(**sale("rebuy", "ann", f"a{n}", intent={"recorded_ms": 5}))
    said = await till.get(f"{LEDGER}/received")
    assert (len(said["received"]), said["count"]) == (RECEIVED_SHOWN, RECEIVED_SHOWN + 1)


async def test_only_a_manager_is_told_what_a_drawer_should_hold(leaf: Leaf) -> None:  # [LE123]
    manager = await open_house(leaf)
    till = Till(leaf.http, await leaf.token("cat", "cage"))
    (seen,) = (await till.get(f"{LEDGER}/drawers"))["drawers"]
    assert (seen["drawer"], seen["state"], seen["opened_seq"], seen["counts"]) == ("d", "open", 5, 0)
    assert "expected_cents" not in seen
    assert (await manager.get(f"{LEDGER}/drawers"))["drawers"][0]["expected_cents"] == 20_000


async def test_a_drawer_signed_over_shows_who_has_it_now(leaf: Leaf) -> None:  # [LE123]
    till = await open_house(leaf)
    second = {"person": "cat", "pin": "3333"}
    await till.post("sign_over_drawer", drawer="d", counted={"10000": 2}, second=second)
    facts = await cage_facts(leaf, till.sign_in, 6)
    assert (facts["drawer/d"]["state"], facts["drawer/d"]["person"], facts["drawer/d"]["shift"]) == (
        "open", "cat", 2,
    )  # fmt: skip
