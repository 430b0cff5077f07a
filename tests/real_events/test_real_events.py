"""Complete published tournaments, sold, played out and paid on a real leaf: the prizes are those published.

Where they differ, the file says by how many cents at each place, and which rule is the cause.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.prizes.payouts import MILLIONTHS, fixed_payouts
from tests.real_events.playing import CURRENCY, Played, open_house, play
from tests.real_events.venue import House, leaf_process

pytestmark = [pytest.mark.servers, pytest.mark.anyio]

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "real_events.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One leaf for all events, as a room has one."""
    with leaf_process(tmp_path_factory.mktemp("real") / "leaf", CURRENCY) as house:
        house.work(open_house)
        yield house


def repeated(text: str) -> list[int]:
    parts = [share.partition("*") for share in text.split()]
    return [int(value) for value, _, times in parts for _ in range(int(times or 1))]


@pytest.mark.parametrize("event", VECTORS["events"], ids=lambda event: event["id"])
async def test_a_published_event_pays_what_was_published(event: dict[str, Any], house: House) -> None:
    async with house.desk() as desk:
        before = (await desk.http.get("/api/v1/ledger/balances"))["balances"].get("2060", 0)
        played = await play(desk, event)
    assert played.pool_cents == event["pool_cents"]
    if "seat_cents" in event:
        assert (played.seats, played.prizes) == (event["seats"], repeated(event["rest_cents"]))
    else:
        the_differences_are_those_that_a_rule_explains(event, played)
    assert played.bounties_cents == event.get("bounties_cents", 0)
    assert (played.money["state"], played.money["open"]) == ("settled", [])
    assert not {f"{number}/{event['id']}" for number in ("2010", "2020", "2070")} & played.balances.keys()
    if "seat_cents" in event:
        assert before - played.balances["2060"] == event["seats"] * event["seat_cents"]


def the_differences_are_those_that_a_rule_explains(event: dict[str, Any], played: Played) -> None:
    published = repeated(event["published_cents"])
    assert sum(published) == sum(played.prizes) == event["pool_cents"]
    differs = [ours - theirs for ours, theirs in zip(played.prizes, published, strict=True)]
    assert differs == (repeated(event["differs_cents"]) or [0] * len(published))
    if any(differs):
        assert event["why"].startswith("millionths")
        assert max(abs(cents) for cents in differs[1:]) <= event["pool_cents"] / MILLIONTHS
        assert differs[0] == -sum(differs[1:])  # takes what rounding left
        exact = fixed_payouts(event["pool_cents"], published)
        assert list(exact) == published  # as a house pays it that adopts the published amounts


def test_the_sources_are_named_and_the_figures_are_whole() -> None:
    for event in VECTORS["events"]:
        assert event["source"]
        price, sold = event["price"], event["players"] + event.get("re_entries", 0) + event.get("rebuys", 0)
        assert price["prize_cents"] * sold + event.get("added_cents", 0) == event["pool_cents"]
        assert price.get("bounty_cents", 0) * sold == event.get("bounties_cents", 0)
