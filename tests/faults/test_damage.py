"""A damaged file is said to be damaged: never an empty document, never another one than was written."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from crdt_models import judge as judging_module
from crdt_models import server_replica
from crdt_models.documents.catalogue import kind_of
from crdt_models.errors import StoreUnreadable
from crdt_models.replay import replay
from crdt_models.update_log import StoredDocument
from leaf_server.box import database as database_module
from leaf_server.box.database import Database
from leaf_server.documents.doc_store import LeafDocStore
from tests.faults.disk import Disk
from tests.faults.hands import LONG, Clock, open_leaf
from tests.faults.lives import DOCUMENTS, Run

pytestmark = pytest.mark.anyio
PAGE: Final = 4096
FLIPS: Final = 200 if LONG else 4  # of each page


@pytest.fixture
async def whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A closed `leaf.db` with snapshots, younger rows, refusals, epochs."""
    monkeypatch.setattr(server_replica, "SNAPSHOT_ROWS", 12)
    monkeypatch.setattr(judging_module, "PRUNE_AT", 3)
    monkeypatch.setattr(database_module, "WAL_PAGES", 20)
    run = Run(tmp_path / "lives", 4)
    await run.live(None, 800)
    return tmp_path / "lives" / "life1" / "leaf.db"


def damages(whole: Path, chance: random.Random) -> Iterator[tuple[str, bytes]]:
    """Every page lost, overwritten, and with a bit turned here and there; the file cut off."""
    content = whole.read_bytes()
    for start in range(0, len(content), PAGE):
        page = content[start : start + PAGE]
        changed = {"zeros": bytes(PAGE), "noise": chance.randbytes(PAGE)}
        for _ in range(FLIPS):
            at = chance.randrange(PAGE)
            turned = bytes((page[at] ^ 1 << chance.randrange(8),))
            changed[f"byte {at}"] = page[:at] + turned + page[at + 1 :]
        for how, damaged in changed.items():
            yield f"page {start // PAGE}: {how}", content[:start] + damaged + content[start + PAGE :]
        if start:  # what is empty is a new database
            yield f"cut off before page {start // PAGE}", content[:start]


def shown(document: str, stored: StoredDocument | None) -> object:
    kind = kind_of(document)
    assert kind is not None
    replayed = replay(kind, stored, 1)
    known = replayed.known
    return replayed.facts.digest, known.edits, known.clocks, known.vector, known.bound, known.refused


async def read(path: Path, disk: Disk) -> dict[str, object]:
    """What each document shows, or that it says it can't be read."""
    database = Database(path, vfs=disk.name)
    try:
        await database.open()
        await database.look_through()
        if database.damage:
            return dict.fromkeys(DOCUMENTS, StoreUnreadable)
        store, found = LeafDocStore(database), dict[str, object]()
        for document in DOCUMENTS:
            try:
                found[document] = shown(document, await store.load(document))
            except StoreUnreadable:
                found[document] = StoreUnreadable
        return found
    except StoreUnreadable:
        return dict.fromkeys(DOCUMENTS, StoreUnreadable)
    finally:
        await database.close()


async def test_any_damage_of_the_file_is_said_or_harmless(whole: Path, tmp_path: Path) -> None:
    """[DO79]"""
    path = tmp_path / "damaged.db"
    with Disk(lies=True) as disk:
        as_written = await read(whole, disk)
        assert StoreUnreadable not in as_written.values()
        wrong = []
        for what, damaged in damages(whole, random.Random(5)):
            path.write_bytes(damaged)
            found = await read(path, disk)
            if any(found[one] not in (as_written[one], StoreUnreadable) for one in DOCUMENTS):
                wrong.append(what)
    assert wrong == []


async def test_an_unreadable_document_is_named_and_the_others_go_on(whole: Path) -> None:
    """[DO79]"""
    async with open_leaf(whole, None, Clock(10**6), 4_100_000_000) as leaf:
        spoil = "UPDATE document SET hash = x'00' WHERE name = 'floor'"
        await leaf.database.write(lambda db: db.execute(spoil))
        with pytest.raises(StoreUnreadable):
            await leaf.rooms.enter("floor")
        (why,) = leaf.rooms.why_not_ready()
        assert why.startswith("floor can't be read: ")
        assert leaf.rooms.statistics().unreadable == 1
        await leaf.rooms.write("displays", [("announce/b1", {"text": "on we go", "until_ms": 1})])
