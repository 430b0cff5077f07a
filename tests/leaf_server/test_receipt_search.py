"""Receipts found again: what fits, where a search stops, and how the next one goes on."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from leaf_server.money.cage import Cage
from leaf_server.money.receipt_search import READ_MAX, Found, Wanted, search
from tests.leaf_server.fix_cage import Clock, new_cage, open_house, post, running
from tests.leaf_server.fix_leaf import Leaf, leaf
from tests.leaf_server.test_ledger_api import Till
from tests.leaf_server.test_ledger_api import open_house as open_leaf_house
from tests.ledger.till import sale

pytestmark = pytest.mark.anyio
__all__ = ["leaf"]

RECEIPTS = "/api/v1/receipts"
DAY_MS = 86_400_000
ANY = 2**53 - 1


async def found(till: Till, query: str = "", status: int = 200) -> Any:
    return await till.get(f"{RECEIPTS}?{query}", status)


async def seqs(till: Till, query: str) -> list[int]:
    return [one["seq"] for one in (await found(till, query))["receipts"]]


async def a_shift(leaf: Leaf) -> Till:
    """House open (1 to 5), ann and bob bought in (6, 7), ann's rebuy (8), bob voided (9), a tip (10)."""
    manager = await open_leaf_house(leaf)
    await manager.post(**sale("buy_in", "ann", "a1"))
    await manager.post(**sale("buy_in", "bob", "b1"))
    await manager.post(**sale("rebuy", "ann", "a1"))
    await manager.post("reverse", seq=7, drawer="d", reason="Wrong player")
    await manager.post("take_tip", drawer="d", amount=500, method="cash")
    return Till(leaf.http, await leaf.token("cat", "cage"))


async def test_receipts_are_found_by_player_kind_amount_and_drawer(leaf: Leaf) -> None:  # [LE176]
    till = await a_shift(leaf)
    assert await seqs(till, "") == [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert await seqs(till, "players=ann") == [8, 6]
    assert await seqs(till, "players=bob") == [9, 7]
    assert await seqs(till, "players=ann,bob&kinds=buy_in,reverse") == [9, 7, 6]
    assert await seqs(till, "amount=10000") == [9, 7, 6]
    assert await seqs(till, "amount=0") == [3, 2, 1]
    assert await seqs(till, "drawer=d&after=5") == [10, 9, 8, 7, 6]
    assert await seqs(till, "drawer=e") == []
    assert await seqs(till, "before=7&after=5") == [6]


async def test_a_row_says_what_it_moved_and_what_became_of_it(leaf: Leaf) -> None:  # [LE176]
    till = await a_shift(leaf)
    void, _, bought = (await found(till, "before=10&limit=3"))["receipts"]
    assert (void["kind"], void["undoes"], void["player"], void["direction"]) == ("reverse", 7, "bob", "out")
    assert (bought["seq"], bought["reversed_by"], bought["amount_cents"]) == (7, 9, 10_000)
    assert (bought["direction"], bought["tournament"], bought["drawer"]) == ("in", "t", "d")
    assert bought["at_ms"] == (await till.get(f"{RECEIPTS}/7"))["at_ms"]


async def test_the_next_page_begins_where_the_last_one_ended(leaf: Leaf) -> None:  # [LE176]
    till = await a_shift(leaf)
    pages, before = [], ""
    while True:
        page = await found(till, f"limit=4{before}")
        pages.append([one["seq"] for one in page["receipts"]])
        if page["before"] is None:
            break
        before = f"&before={page['before']}"
    assert pages == [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]]
    assert (await found(till, "after=6&limit=4"))["before"] is None


async def test_what_a_search_does_not_take(leaf: Leaf) -> None:  # [LE176]
    till = await a_shift(leaf)
    assert len(await seqs(till, "limit=100")) == 10
    many = ",".join(f"p{n}" for n in range(33))
    for query in ("limit=101", "limit=0", "amount=1.5", f"players={many}", f"kinds={many}", "before=0"):
        assert (await found(till, query, 422))["error"]["code"] == "invalid"
    assert await seqs(till, f"players={many[:-8]},ann") == [8, 6]
    assert (await found(till, "day=28.11.2026", 404))["error"]["code"] == "no_day"
    assert (await found(till, "name=Ann", 422))["error"]["code"] == "unknown_field"
    floor = Till(leaf.http, await leaf.token("ben"))
    assert (await found(floor, "", 403))["error"]["code"] == "forbidden"


async def look(cage: Cage, wanted: Wanted | None = None, before: int = ANY, day: int | None = None) -> Found:
    return await search(cage, wanted or Wanted(), before=before, after=0, day=day, limit=40)


async def test_a_gaming_day_has_its_own(tmp_path: Path) -> None:  # [LE176]
    now = Clock()
    async with running(new_cage(tmp_path, now_ms=now)) as cage:
        await open_house(cage)
        today = await cage.look(lambda journal: journal.book.state.days.of(now()))
        now.ms += DAY_MS
        await post(cage, "k1", **sale("buy_in", "ann", "a1"))
        now.ms += 2 * DAY_MS
        await post(cage, "k2", **sale("buy_in", "bob", "b1"))
        days = [
            [row["seq"] for row in (await look(cage, day=today + more)).rows] for more in (-1, 0, 1, 2, 3, 4)
        ]
    assert days == [[], [5, 4, 3, 2, 1], [6], [], [7], []]


async def test_one_search_reads_so_much_and_the_next_goes_on(tmp_path: Path) -> None:  # [LE176]
    ann = Wanted(players=frozenset({"ann"}))
    async with running(new_cage(tmp_path)) as cage:
        await open_house(cage)
        await post(cage, "k1", **sale("buy_in", "ann", "a1"))
        async with anyio.create_task_group() as tips:
            for n in range(READ_MAX):
                if n % 500 == 0:
                    await cage.look(lambda journal: journal.tip)  # the line holds no more than so many
                tips.start_soon(
                    lambda n=n: post(cage, f"t{n}", "take_tip", drawer="d", amount=1, method="cash")
                )
        first = await look(cage, ann)
        assert (first.rows, first.before) == ([], 7)
        second = await look(cage, ann, before=first.before or 0)
        assert ([row["seq"] for row in second.rows], second.before) == ([6], None)
        await post(cage, "k2", **sale("rebuy", "ann", "a1"))
        assert [row["seq"] for row in (await look(cage, ann)).rows] == [READ_MAX + 7]
