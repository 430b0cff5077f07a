"""Boxes that burn, come back, are promoted and copied: real leaves, a real line and a real core."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from anyio import to_thread

from core_server.enrolment import enrol_leaf
from felt.backup import make_backup, restore_backup
from felt.cli import run
from felt.demo.plain_http import NO_TLS
from felt.venue_key import new_venue_key
from leaf_server.identity.keys import KeyFiles
from ledger.heads import to_base64url
from ledger.journal_file import all_stored, open_read_only
from serving.settings import CoreSettings
from tests.core_server.fix_core import running as core_running
from tests.fix_nats import Hub
from tests.leaf_server.fix_leaf import Leaf, found, running

pytestmark = [pytest.mark.anyio, pytest.mark.servers]
SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "verify_export.py"
TERM = "/api/v1/ledger/term"


class House:
    """A venue at a core, whose boxes are folders; one box at a time has the line."""

    def __init__(self, folder: Path, core_url: str, database_url: str) -> None:
        self.folder, self.core_url, self.database_url = folder, core_url, database_url
        self.nats_url = ""
        self.founded: Any = None
        self.devices: dict[str, dict[str, str]] = {}
        self.key = folder / "venue.key"

    @asynccontextmanager
    async def box(self, name: str, *, line: bool = True) -> AsyncIterator["Box"]:
        told = {"nats_url": self.nats_url} if line else {}
        async with running(self.folder / name, self.founded, **told) as leaf:
            if not self.devices:
                await leaf.enrol()
                self.devices = leaf.devices
            leaf.devices.update(self.devices)
            yield Box(leaf, await leaf.token("ana", "cage"), self)

    async def forked(self) -> list[int]:
        """The numbers at which ledgers have two branches, as an operator lists them."""
        command = [sys.executable, "-m", "felt", "ledger", "forks", "--json"]
        environment = {**os.environ, "DATABASE_URL": self.database_url}
        told = await to_thread.run_sync(
            lambda: subprocess.run(command, env=environment, capture_output=True, check=False)
        )
        found = [one["seq"] for one in json.loads(told.stdout)["forked"]]
        assert told.returncode == (1 if found else 0)
        return found

    def promote(self, name: str) -> None:
        said = ["--by", "ana", "--why", "The box burnt.", "--venue-key", str(self.key)]
        assert run(["promote", "--data", str(self.folder / name), *said]) == 0

    async def verifies(self, name: str) -> None:
        """Felt's own command, against the core, and the auditor's script agree."""
        await to_thread.run_sync(self._verifies, name)

    def _verifies(self, name: str) -> None:
        ledger, export = self.folder / name / "ledger.db", self.folder / f"{name}.jsonl"
        export.unlink(missing_ok=True)
        assert run(["ledger", "verify", str(ledger), "--against", self.core_url]) == 0
        assert run(["ledger", "export", str(ledger), "--to", str(export)]) == 0
        assert subprocess.run([sys.executable, SCRIPT, export], capture_output=True).returncode == 0


class Box:
    """A running leaf, as the cage's till of a manager sees it."""

    def __init__(self, leaf: Leaf, headers: dict[str, str], house: House) -> None:
        self._leaf, self._headers, self._house = leaf, headers, house

    async def book(self, key: str, cents: int = 100, head: str = "") -> httpx.Response:
        headers = {**self._headers, "Idempotency-Key": key, **({"Ledger-Head": head} if head else {})}
        body = {"kind": "vault_in", "amount": {"amount": cents, "currency": "EUR"}}
        return await self._leaf.http.post("/api/v1/ledger/commands", json=body, headers=headers)

    async def posted(self, key: str, cents: int = 100) -> dict[str, Any]:
        answer = await self.book(key, cents)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def refused(self, key: str, head: str = "") -> str:
        answer = await self.book(key, head=head)
        assert answer.status_code == 503, answer.text
        return str(answer.json()["error"]["code"])

    async def term(self) -> dict[str, Any]:
        return dict((await self._leaf.http.get(TERM, headers=self._headers)).json())

    async def open_term(self, **said: str) -> httpx.Response:
        body = {"why": "Checked by two.", **said}
        return await self._leaf.http.post(TERM, json=body, headers=self._headers)

    async def hand_in(self, entries: list[dict[str, Any]], heads: list[Any] = []) -> dict[str, Any]:  # noqa: B006
        kept = [{"entry": one["entry"], "head": one["head"]} for one in entries]
        body = {"entries": kept, "heads": heads}
        answer = await self._leaf.http.post(f"{TERM}/tail", json=body, headers=self._headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def proposals(self) -> list[int]:
        answer = await self._leaf.http.get(f"{TERM}/proposals", headers=self._headers)
        return [one["entry"]["seq"] for one in answer.json()["proposals"]]

    async def forks(self, shown: dict[str, Any]) -> tuple[str | None, list[tuple[int, bool]]]:
        """As the core tells a manager who shows it a head: why it stopped; the numbers, settled or not."""
        async with httpx.AsyncClient(base_url=self._house.core_url, trust_env=False, verify=NO_TLS) as core:
            await core.post("/api/v1/ledger/heads", json={"heads": [shown]}, headers=self._headers)
            told = (await core.get("/api/v1/ledger/forks", headers=self._headers)).json()
        return told["stopped"], [(one["seq"], one["cleared_ms"] is not None) for one in told["forks"]]

    async def fork(self, shown: dict[str, Any]) -> tuple[str, list[tuple[int, bool]]]:
        """As `forks`, once the core has stopped."""
        with anyio.fail_after(60):
            while True:
                why, found = await self.forks(shown)
                if why is not None:
                    return why, found
                await anyio.sleep(0.02)

    async def seen_by(self, name: str) -> list[str]:
        """Who said that they know of each fork, once somebody of that name has."""
        async with httpx.AsyncClient(base_url=self._house.core_url, trust_env=False, verify=NO_TLS) as core:
            said = await core.post("/api/v1/ledger/forks/seen", json={"name": name}, headers=self._headers)
            assert said.status_code == 204, said.text
            told = (await core.get("/api/v1/ledger/forks", headers=self._headers)).json()
        return sorted({one["seen_by"] for one in told["forks"]})

    async def until(self, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        with anyio.fail_after(60):
            while True:
                if what(told := await self.term()):
                    return told
                await anyio.sleep(0.02)

    async def core_is_at(self, seq: int) -> None:
        async with httpx.AsyncClient(base_url=self._house.core_url, trust_env=False, verify=NO_TLS) as core:
            with anyio.fail_after(60):
                while True:
                    answer = await core.get(f"/api/v1/venues/{self._house.founded.venue}")
                    if answer.json().get("ledger", {}).get("seq", 0) >= seq:
                        return
                    await anyio.sleep(0.02)


@pytest.fixture
async def house(core_settings: CoreSettings, hub: Hub, tmp_path: Path) -> AsyncIterator[House]:
    house = House(tmp_path, f"http://127.0.0.1:{core_settings.port}", core_settings.database_url or "")
    data = tmp_path / "old"
    house.founded = await found(data)
    owner, _ = new_venue_key(house.key)
    KeyFiles(data).name_venue_key(to_base64url(owner.public_key))
    await enrol_leaf(core_settings, data, [hub.hub.leaf_url], house.core_url)
    node = await hub.start_node(house.founded.venue, (data / "keys" / "venue.creds").read_text())
    house.nats_url = node.server.url
    async with core_running(core_settings):
        yield house


async def test_a_restored_box_gets_its_tail_from_the_core_and_the_old_one_is_fenced(house: House) -> None:
    """[LE96] [LE97] [LE98] [LE100]"""
    async with house.box("old") as box:
        await box.posted("a")
        make_backup(house.folder / "old", house.folder / "backup")
        after = [await box.posted(key) for key in ("b", "c", "d")]
        await box.core_is_at(5)
    restore_backup(house.folder / "backup", house.folder / "new", by="ana", venue_key=house.key)
    async with house.box("new") as box:
        assert await box.refused("e") == "term_needed"
        told = await box.until(lambda told: told["core"]["asked"])
        assert (told["state"], told["seq"], told["lost"], told["may_open"]) == ("new_term", 5, 0, True)
        opened = await box.open_term()
        assert (opened.status_code, opened.json()) == (201, {"term": 2, "seq": 6, "lost": 0})
        assert (await box.book("c")).json()["entry"] == after[1]["entry"]  # the first outcome, for ever
        new = await box.posted("e")
        assert (new["entry"]["term"], new["entry"]["seq"]) == (2, 7)
        await box.core_is_at(7)
    await house.verifies("new")
    async with house.box("old") as box:
        told = await box.until(lambda told: told["state"] == "fenced")
        assert "opened term 2" in told["why"]
        assert await box.refused("f") == "fenced"
        assert (await box.open_term()).status_code == 409
    async with house.box("old", line=False) as box:  # it does not forget
        assert await box.refused("f") == "fenced"


async def test_a_burnt_box_loses_nothing_that_a_till_holds(house: House) -> None:
    """[LE97] [LE99]"""
    async with house.box("old", line=False) as box:
        await box.posted("a")
        make_backup(house.folder / "old", house.folder / "backup")
        kept = [await box.posted(key) for key in ("b", "c", "d")]
    restore_backup(house.folder / "backup", house.folder / "new", by="ana", venue_key=house.key)
    async with house.box("new", line=False) as box:
        assert (await box.open_term()).json()["error"]["code"] == "nobody_asked"
        forged = {**kept[0], "entry": {**kept[0]["entry"], "person": "eve"}}
        assert (await box.hand_in([forged]))["restored"] == 0
        handed = await box.hand_in(kept[:2][::-1], [kept[2]["head"]])
        assert (handed["restored"], handed["standing"]["seq"], handed["standing"]["lost"]) == (2, 4, 1)
        assert (await box.open_term()).json() == {"term": 2, "seq": 6, "lost": 1}
        new = await box.posted("e")
        assert new["entry"]["seq"] == 7
        late = await box.hand_in(kept)  # the tablet that was away with the last one
        assert (late["restored"], late["known"], late["proposed"]) == (0, 2, 1)
        assert (await box.hand_in(kept))["proposed"] == 0
        assert await box.proposals() == [5]
        assert (await box.book("f", head=text(kept[2]["head"]))).status_code == 201
    async with house.box("new") as box:  # now the line: old entries as the old box signed them
        await box.core_is_at(8)
    await house.verifies("new")


async def test_a_term_is_opened_at_a_stopped_box_in_writing(house: House) -> None:
    """[LE97]"""
    async with house.box("old", line=False) as box:
        await box.posted("a")
    shutil.copytree(house.folder / "old", house.folder / "spare")
    said = [
        "--data",
        str(house.folder / "spare"),
        "--by",
        "ana",
        "--why",
        "It burnt.",
        "--override",
        "No line.",
    ]
    assert run(["ledger", "open-term", *said]) == 1  # it is open
    house.promote("spare")
    async with house.box("spare", line=False) as box:
        assert await box.refused("b") == "term_needed"
    assert run(["ledger", "open-term", *said]) == 0
    async with house.box("spare", line=False) as box:
        assert (await box.posted("b"))["entry"]["seq"] == 4
    ledger = str(house.folder / "spare" / "ledger.db")
    assert run(["ledger", "verify", ledger]) == 0
    assert "nobody was asked: No line." in opening_of(ledger)


async def test_a_till_stops_a_box_that_was_set_back_and_one_that_was_rewritten(house: House) -> None:
    """[LE96]"""
    async with house.box("old", line=False) as box:
        await box.posted("a")
    shutil.copytree(house.folder / "old", house.folder / "copy")
    shutil.copytree(house.folder / "old", house.folder / "other")
    async with house.box("old", line=False) as box:
        seen = await box.posted("b")
    async with house.box("copy", line=False) as box:
        assert (await box.book("x", head="{}")).status_code == 422
        strange = text({**seen["head"], "seq": 9})
        assert (await box.book("x", head=strange)).status_code == 201  # nobody signed that: it proves nothing
        assert await box.refused("b", head=text(seen["head"])) == "fenced"
        assert "rewritten" in (await box.term())["why"]
    async with house.box("other", line=False) as box:
        assert await box.refused("b", head=text(seen["head"])) == "term_needed"
        assert "set back" in (await box.term())["why"]
        handed = await box.hand_in([seen])
        assert (handed["restored"], handed["standing"]["lost"]) == (1, 0)


async def test_a_promoted_spare_goes_on_where_the_core_is(house: House) -> None:
    """[LE98]"""
    async with house.box("old") as box:
        await box.posted("a")
        await box.core_is_at(2)
    shutil.copytree(house.folder / "old", house.folder / "spare")
    async with house.box("old") as box:
        await box.posted("b")
        await box.core_is_at(3)
    house.promote("spare")
    async with house.box("spare") as box:
        told = await box.until(lambda told: told["core"]["asked"])
        assert told["seq"] == 3
        assert (await box.open_term()).status_code == 201
        await box.posted("c")
        await box.core_is_at(5)
    await house.verifies("spare")


async def test_a_box_that_nobody_vouches_for_is_not_taken_by_the_core(house: House, tmp_path: Path) -> None:
    """[LE98]"""
    async with house.box("old") as box:
        await box.posted("a")
        await box.core_is_at(2)
    make_backup(house.folder / "old", house.folder / "backup")
    new_venue_key(tmp_path / "stolen.key")
    data = ["--data", str(house.folder / "new"), "--from", str(house.folder / "backup")]
    assert run(["restore", *data, "--venue-key", str(tmp_path / "stolen.key")]) == 1
    shutil.rmtree(house.folder / "new")
    restore_backup(house.folder / "backup", house.folder / "new", by="eve")
    async with house.box("new") as box:
        await box.until(lambda told: told["core"]["asked"])
        await box.open_term()
        await box.posted("b")
    assert run(["ledger", "verify", str(house.folder / "new" / "ledger.db")]) == 1


async def test_a_copied_disk_forks_and_a_person_clears_it(house: House) -> None:
    """[LE101] [LE146]"""
    async with house.box("old") as box:
        await box.posted("a")
        await box.core_is_at(2)
    shutil.copytree(house.folder / "old", house.folder / "copy")
    async with house.box("old") as box:
        await box.posted("b")
        await box.core_is_at(3)
    async with house.box("copy", line=False) as box:
        other = await box.posted("z", 7)
    async with house.box("copy") as box:
        await box.until(lambda told: told["state"] == "fenced")
        why, found = await box.fork(other["head"])
        assert why == "fork at entry 3: the leaf sent another content than it had sent before"
        assert found == [(3, False)]  # once: by the till's head, and by the box's own branch [LE164]
        assert await box.seen_by("Mara") == ["Mara"]
        assert await box.seen_by("Another") == ["Mara"]  # who said so first stays
        assert await house.forked() == [3]
    said = ["--by", "ana", "--why", "Two boxes ran.", "--venue-key", str(house.key)]
    data = ["--data", str(house.folder / "copy")]
    assert run(["ledger", "set-aside", "--after", "2", *data, *said]) == 0
    async with house.box("copy") as box:
        await box.until(lambda told: told["core"]["asked"])
        assert (await box.open_term()).json() == {"term": 2, "seq": 4, "lost": 0}
        assert await box.proposals() == [3]
        await box.posted("z", 7)  # the same key: what it stood for is booked on this branch now
        await box.core_is_at(5)
        assert (await house.forked(), await box.seen_by("Another")) == ([], ["Mara"])
        assert (await box.book("y", head=text(other["head"]))).status_code == 201  # its till goes on too
        (told,) = (await box.term())["contradictions"]
        assert told.startswith("Entry 3 of term 1 is not the one")
    await house.verifies("copy")


def opening_of(ledger: str) -> str:
    db, _ = open_read_only(Path(ledger))
    bodies = [body.decode() for body, _ in all_stored(db)]
    db.close()
    return next(body for body in reversed(bodies) if '"kind":"open_term"' in body)


def text(head: dict[str, Any]) -> str:
    return json.dumps(head)
