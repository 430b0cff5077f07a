"""What tablets see of flights that are booked to one event: each its own counts, all the one pool."""

from typing import Any

import pytest

from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.test_ledger_api import LEDGER, Till, open_house
from tests.leaf_server.test_prizes_api import cage_shows
from tests.ledger.till import RULES, sale

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]

ALL_PAID = {"ids": ["t1a", "t1b"], "field_bp": 10_000}


async def weekend(leaf: Leaf, **flights: Any) -> Till:
    """Two in the first flight, one of them again in the second."""
    till = await open_house(leaf)
    payout = {**RULES["payout"], "min_cash_cents": 3_000}
    rules = {**RULES, "guarantee_cents": 50_000, "payout": payout, "flights": {**ALL_PAID, **flights}}
    await till.post("adopt_tournament", tournament="t", rules=rules)
    for player, entry in (("ann", "a1"), ("bob", "b1")):
        await till.post(**sale("buy_in", player, entry, flight="t1a"))
    await till.post(**sale("re_entry", "ann", "a2", flight="t1b"))
    return till


async def now(till: Till) -> dict[str, Any]:
    """Fact → value, as of the last entry."""
    seq = (await till.get(f"{LEDGER}/head"))["seq"]
    return {name: fact["value"] for name, fact in (await cage_shows(till, seq)).items()}


async def test_a_flight_shows_its_counts_and_the_pool_of_all(leaf: Leaf) -> None:  # [LE170]
    till = await weekend(leaf)
    facts = await now(till)
    first, second, event = (facts[f"tournament/{name}"] for name in ("t1a", "t1b", "t"))
    assert [one["entries"] for one in (first, second, event)] == [2, 1, 3]
    assert [one.get("entries_all", 0) for one in (first, second, event)] == [3, 3, 0]
    assert {one["pool_cents"] for one in (first, second, event)} == {24_000}
    assert (first["of"], event["flights"]) == ("t", ["t1a", "t1b"])
    assert (first["in_money"], first["cash_cents"]) == (2, 3_000)
    assert facts["entry/a2"] == {
        "tournament": "t1b", "of": "t", "player": "ann", "kind": "re_entry", "seq": facts["entry/a2"]["seq"],
        "rebuys": 0, "add_ons": 0, "dealer_add_ons": 0,
    }  # fmt: skip
    told = await till.get(f"{LEDGER}/tournaments/t1b")
    assert (told["of"], told["rules"]["name"], told["entries"]) == ("t", RULES["name"], 1)
    heads = await till.get(f"{LEDGER}/tournaments/t1a/heads")
    assert [entry for entry, *_ in heads["heads"]] == ["a1", "b1"]


async def test_a_closed_flight_is_closed_and_the_event_still_provisional(leaf: Leaf) -> None:  # [LE171]
    till = await weekend(leaf)
    seq = (await till.post("close_flight", tournament="t", flight="t1a"))["entry"]["seq"]
    facts = await now(till)
    states = [facts[f"tournament/{name}"]["state"] for name in ("t1a", "t1b", "t")]
    assert states == ["closed", "selling", "selling"]
    assert facts["tournament/t1a"]["provisional"]
    await till.post("reverse", seq=seq, reason="too early")
    assert (await now(till))["tournament/t1a"]["state"] == "selling"
    await till.post("close_flight", tournament="t", flight="t1a")
    await till.post("close_flight", tournament="t", flight="t1b")
    await till.post("close_registration", tournament="t")
    assert not (await now(till))["tournament/t1b"]["provisional"]


async def test_prizes_of_a_flight_stand_under_it_until_they_are_withdrawn(leaf: Leaf) -> None:  # [LE173]
    till = await weekend(leaf)
    await till.post("close_flight", tournament="t", flight="t1a")
    told = {"tournament": "t", "flight": "t1a", "places": [["bob", "b1", 2]]}
    seq = (await till.post("confirm_flight", **told))["entry"]["seq"]
    facts = await now(till)
    prize = {"tournament": "t1a", "of": "t", "player": "bob", "place": 2, "amount_cents": 3_000}
    assert facts["prize/t1a.2.bob"] == {**prize, "paid_cents": 0, "seq": seq}
    assert facts["tournament/t1a"]["told"]
    paying = {"tournament": "t", "flight": "t1a", "player": "bob", "place": 2, "amount": 1_000}
    paid = (await till.post("pay_prize", method="cash", drawer="d", **paying))["entry"]["seq"]
    assert (await now(till))["prize/t1a.2.bob"]["paid_cents"] == 1_000
    await till.post("reverse", seq=paid, reason="other player")
    assert (await now(till))["prize/t1a.2.bob"]["paid_cents"] == 0
    await till.post("reverse", seq=seq, reason="miscounted")
    facts = await now(till)
    assert facts.get("prize/t1a.2.bob") is None
    assert not facts["tournament/t1a"]["told"]


async def test_what_is_no_flight_any_more_shows_no_money(leaf: Leaf) -> None:  # [LE175]
    till = await weekend(leaf)
    flights = {**RULES, "flights": {"ids": ["t1a", "t1b", "t1c"]}}
    await till.post("adopt_tournament", tournament="t", rules=flights)
    assert (await now(till))["tournament/t1c"]["entries"] == 0
    await till.post("adopt_tournament", tournament="t", rules={**RULES, "flights": {"ids": ["t1a", "t1b"]}})
    assert (await now(till)).get("tournament/t1c") is None
