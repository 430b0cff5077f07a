"""Shares of what is left and published tables over HTTP, and a deal that all tablets see."""

from typing import Any

import pytest

from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.test_ledger_api import LEDGER, Till, open_house
from tests.ledger.till import RULES, sale

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]

TABLE = {"entries_min": 1, "entries_max": 99, "basis_points": [5_000, 3_000, 2_000]}
THREE = {"unit_cents": 100, "tables": [TABLE]}


async def closed_event(leaf: Leaf) -> Till:
    """Three paid 80.00 into the pool of 240.00, and registration is closed."""
    till = await open_house(leaf)
    await till.post("adopt_tournament", tournament="t", rules={**RULES, "payout": THREE})
    for name in ("ann", "bob", "cid"):
        await till.post(**sale("buy_in", name, f"{name[0]}1"))
    await till.post("close_registration", tournament="t")
    return till


async def asked(till: Till, status: int = 200, **fields: Any) -> dict[str, Any]:
    stacks = {"stacks": [["ann", 6_000], ["bob", 3_000], ["cid", 1_000]]}
    answer = await till.http.post(
        f"{LEDGER}/tournaments/t/shares", json={**stacks, **fields}, headers=till.sign_in
    )
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_ways_to_share_what_is_left_stand_side_by_side(leaf: Leaf) -> None:  # [RU106]
    till = await closed_event(leaf)
    found = await asked(till)
    assert (found["left_cents"], found["first_cents"]) == (24_000, 12_000)
    assert found["players"] == ["ann", "bob", "cid"]
    ways = {way["way"]: way["amounts"] for way in found["ways"]}
    assert ways["table"] == [12_000, 7_200, 4_800]
    assert ways["even"] == [8_000, 8_000, 8_000]
    assert ways["chips"] == [10_560, 7_680, 5_760]
    assert sum(ways["icm"]) == 24_000
    assert [way["amounts"] for way in (await asked(till))["ways"]] == list(ways.values())
    aside = await asked(till, aside_cents=4_800)
    assert {sum(way["amounts"]) for way in aside["ways"]} == {19_200}


async def test_more_than_first_has_over_second_is_not_set_aside(leaf: Leaf) -> None:  # [RU106]
    till = await closed_event(leaf)
    refused = await asked(till, 422, aside_cents=4_801)
    assert refused["error"]["code"] == "invalid"
    assert (await asked(till, 422, stacks=[["ann", 5]]))["error"]["code"] == "invalid"
    assert (await asked(till, 422, stacks=[["p", 5]] * 201))["error"]["code"] == "invalid"
    floor = Till(leaf.http, await leaf.token("ben", "floor"))
    await asked(floor)


async def test_twenty_one_are_told_as_an_estimate(leaf: Leaf) -> None:  # [RU105]
    till = await closed_event(leaf)
    found = await asked(till, stacks=[[f"p{n}", 100 + n] for n in range(21)])
    errors = {way["way"]: way["errors"] for way in found["ways"]}
    assert len(errors["icm"]) == 21
    assert errors["chips"] == []


async def test_published_tables_can_be_adopted(leaf: Leaf) -> None:  # [RU102]
    till = await open_house(leaf)
    for one in (await till.get(f"{LEDGER}/payout-tables"))["sets"]:
        payout = {"unit_cents": 100, "tables": one["tables"]}
        await till.post("adopt_tournament", tournament=one["name"], rules={**RULES, "payout": payout})
    cashier = Till(leaf.http, await leaf.token("cat", "cage"))
    await cashier.get(f"{LEDGER}/payout-tables", 403)


async def test_a_deal_is_seen_on_every_tablet_until_it_is_reversed(leaf: Leaf) -> None:  # [LE150]
    till = await closed_event(leaf)
    shares = [["ann", "a1", 11_000], ["bob", "b1", 7_000], ["cid", "c1", 5_000]]
    consents = [player for player, _, _ in shares]
    said = {"way": "custom", "shares": shares, "aside_cents": 1_000, "consents": consents}
    seq = (await till.post("agree_deal", tournament="t", **said))["entry"]["seq"]
    shown = await cage_shows(till, seq)
    assert shown["deal/t"]["value"] == {
        "place": 3, "players": consents, "amounts": [11_000, 7_000, 5_000], "aside_cents": 1_000, "seq": seq,
    }  # fmt: skip
    await till.post("reverse", seq=seq, reason="bob wants to play")
    assert (await cage_shows(till, seq + 1)).get("deal/t", {}).get("value") is None


async def cage_shows(till: Till, seq: int) -> dict[str, Any]:
    """The facts of the document once it shows that entry."""
    while True:
        facts: dict[str, Any] = (await till.get("/api/v1/documents/cage/facts"))["facts"]
        if facts.get("head", {}).get("value", {}).get("seq", 0) >= seq:
            return facts
