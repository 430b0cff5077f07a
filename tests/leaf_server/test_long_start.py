"""A long ledger is replayed after an update: money waits and says how far it is, everything else works."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

import anyio
import pytest
from anyio import to_thread

from felt.doctor import examine
from ledger import replay as replay_module
from ledger.chain import Tip, follow_signed
from ledger.entry import Entry
from tests.leaf_server.fix_leaf import Leaf, found, running
from tests.leaf_server.test_ledger_api import LEDGER, Till, open_house

pytestmark = pytest.mark.anyio
HALFWAY = "the books are being checked, 40 %"


@pytest.fixture
def halfway(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """The replay stands still behind half of five entries until this is set."""
    go_on = Event()

    def slowly(tip: Tip, *run: Sequence[bytes]) -> tuple[list[Entry], Tip]:
        if tip.seq == 2:
            go_on.wait(60)
        return follow_signed(tip, *run)

    monkeypatch.setattr(replay_module, "TOLD_EVERY", 1)
    monkeypatch.setattr(replay_module, "_RUN", 1)
    monkeypatch.setattr(replay_module, "follow_signed", slowly)
    yield go_on
    go_on.set()


async def ready(leaf: Leaf) -> None:
    with anyio.fail_after(60):
        while (await leaf.http.get("/health")).status_code != 200:  # noqa: ASYNC110 (seen from outside)
            await anyio.sleep(0.01)


async def test_documents_and_displays_work_while_the_books_are_checked(
    tmp_path: Path, halfway: Event
) -> None:  # [LE127] [LE165]
    data = tmp_path / "leaf"
    founded = await found(data)
    halfway.set()
    async with running(data, founded) as leaf:
        await leaf.enrol()
        till = await open_house(leaf)
        devices, keys = leaf.devices, till.keys
    halfway.clear()
    async with running(data, founded) as leaf:
        leaf.devices.update(devices)
        with anyio.fail_after(60):
            while (why := (await leaf.http.get("/health")).json()["why"]) != [HALFWAY]:
                assert "the books are being checked" in why[0]
                await anyio.sleep(0.01)
        seen = await to_thread.run_sync(examine, data, leaf.settings.port)
        assert [one.seen for one in seen if one.name == f"port {leaf.settings.port}"] == [
            f"a leaf runs here: {HALFWAY}"
        ]
        till = Till(leaf.http, await leaf.token("ana", "cage"))
        refused = await till.ask("vault_in", amount=5, key="later")
        assert refused.status_code == 503
        assert HALFWAY in refused.json()["error"]["message"]
        assert refused.json()["error"]["details"] == {"checked_percent": 40}
        told = await till.get(f"{LEDGER}/term")  # no number yet, rather than one of an empty ledger
        assert told == {"state": "checking", "why": "The books are being checked, 40 %.", "percent": 40}
        facts = await till.get("/api/v1/documents/config/facts")
        assert facts["facts"]["venue"]["value"]["name"] == "Test"
        wall = devices["display"]
        mine = {"authorization": f"Device {wall['device']}.{wall['device_secret']}"}
        with anyio.fail_after(60):
            async with leaf.http.stream("GET", f"/events/display/{wall['device']}", headers=mine) as stream:
                assert (await anext(stream.aiter_lines())).startswith(("event", "data", "id", "retry"))
        halfway.set()
        await ready(leaf)
        assert (await till.ask("vault_in", amount=5, key="later")).status_code == 201
        assert (await till.get(f"{LEDGER}/head"))["seq"] == keys + 2  # the term, what was asked, and this
        assert (await till.get(f"{LEDGER}/term"))["state"] == "open"
