"""`felt docs`: what a leaf's documents say now, read from a copy beside the running leaf."""

import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import anyio
import typer

from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import Json
from crdt_models.errors import StoreUnreadable
from crdt_models.facts import Index
from crdt_models.graves import update_of
from crdt_models.replica import Replica
from felt.backup import copy_database
from felt.failure import CommandFailed
from leaf_server.box.database import Database
from leaf_server.documents.doc_store import LeafDocStore
from leaf_server.documents.terms import NoWindow, close_window

__all__ = ["AsJson", "Data", "app", "facts_of", "index_of", "kind_or_fail", "read_copy"]

app = typer.Typer(
    help="Read a leaf's documents: facts, rivals, history.", no_args_is_help=True, rich_markup_mode=None
)

Data = Annotated[Path, typer.Option("--data", envvar="FELT_DATA", help="Data folder of the leaf.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
T = TypeVar("T")
AT_THE_BOX: Final = "somebody at the box"


@app.command(epilog="Example: felt docs close-hand-in --data /var/lib/felt/leaf")
def close_hand_in(data: Data) -> None:
    """After a restore: take no more edits that tablets hand in. Works beside the running leaf."""
    try:
        anyio.run(_close_hand_in, data)
    except NoWindow as error:
        raise CommandFailed(f"{data}: {error}") from error
    print("Handing in is closed.")


async def _close_hand_in(data: Path) -> None:
    if not (data / "leaf.db").exists():
        raise CommandFailed(f"{data} holds no leaf: there is no leaf.db")
    database = Database(data / "leaf.db")
    await database.open()
    try:
        await database.write(lambda db: close_window(db, AT_THE_BOX, time.time_ns() // 1_000_000))
    finally:
        await database.close()


@app.command(epilog="Example: felt docs show floor --data demo-data/leaf")
def show(
    data: Data,
    document: Annotated[str, typer.Argument(help="Name, such as floor; none: which there are.")] = "",
    as_json: AsJson = False,
) -> None:
    """The facts of a document with their rivals, or the names of all documents."""
    if not document:
        sizes = read_copy(data, lambda store, _: store.sizes())
        rows: list[Json] = [
            {"document": name, "epoch": epoch, "bytes": size, "edits": edits}
            for name, epoch, size, edits in sizes
        ]
        _tell(
            rows,
            as_json,
            lambda row: f"{row['document']:<50} {row['edits']:>7} edits {row['bytes']:>9} bytes",
        )
        return
    facts = _facts(data, document)
    if as_json:
        print(json.dumps({"document": document, "facts": facts}, ensure_ascii=False))
        return
    for name, fact in facts.items():
        rivals = f"   ({fact['rivals']} rivals)" if fact["rivals"] else ""
        print(f"{name} = {json.dumps(fact['value'], ensure_ascii=False)}{rivals}")


@app.command(epilog="Example: felt docs export --data demo-data/leaf > friday.jsonl")
def export(data: Data) -> None:
    """All documents as JSON lines: one fact a line."""
    names = read_copy(data, lambda store, _: store.names())
    for document in names:
        for name, fact in _facts(data, document).items():
            print(json.dumps({"document": document, "name": name, **fact}, ensure_ascii=False))


def kind_or_fail(document: str) -> None:
    if kind_of(document) is None:
        raise CommandFailed(f"there can be no document {document!r}", exit_code=2)


async def facts_of(store: LeafDocStore, document: str) -> dict[str, dict[str, Any]]:
    """What counts now, by prefix and id; nothing where there is no such document."""
    index = await _index(store, document)
    if index is None:
        return {}
    prefixes = {name.partition("/")[0] + "/" for name in index.names() if "/" in name}
    return {prefix: dict(index.group(prefix)) for prefix in prefixes}


def index_of(data: Path, document: str) -> Index:
    """What counts now. Raises CommandFailed where there is no such document."""
    kind_or_fail(document)
    facts = read_copy(data, lambda store, _: _index(store, document))
    if facts is None:
        raise CommandFailed(f"this leaf has no document {document!r}")
    return facts


def _facts(data: Path, document: str) -> dict[str, dict[str, Json]]:
    """Name → value, stamp, number of rivals."""
    facts = index_of(data, document)
    rivals = facts.rivals()
    return {
        name: {"value": facts.get(name), "stamp": facts.stamp(name), "rivals": rivals.get(name, 0)}
        for name in facts.names()
    }


async def _index(store: LeafDocStore, document: str) -> Index | None:
    stored = await store.load(document)
    if stored is None:
        return None
    replica = Replica(document, device="reader", nonce="1", client_id=1)
    for update in (update_of(stored.snapshot), *stored.updates):
        if update:
            replica.apply(update)
    return replica.facts


def read_copy(data: Path, ask: Callable[[LeafDocStore, Database], Awaitable[T]]) -> T:
    """Asks a copy of the leaf's database, made for this one question. Raises CommandFailed."""
    if not (data / "leaf.db").exists():
        raise CommandFailed(f"{data} holds no leaf: there is no leaf.db")

    async def read(path: Path) -> T:
        database = Database(path)
        await database.open()
        try:
            return await ask(LeafDocStore(database), database)
        finally:
            await database.close()

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "leaf.db"
        copy_database(data / "leaf.db", copy)
        try:
            return anyio.run(read, copy)
        except StoreUnreadable as error:
            raise CommandFailed(str(error)) from error


def _tell(rows: list[Json], as_json: bool, line: Callable[[dict[str, Json]], str]) -> None:
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        if isinstance(row, dict):
            print(line(row))
