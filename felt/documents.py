"""`felt docs`: what a leaf's documents say now, and said before, read from a copy beside the running leaf."""

import json
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import anyio
import typer

from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import Json
from crdt_models.errors import StoreUnreadable
from crdt_models.facts import Index
from crdt_models.replica import Replica
from crdt_models.update_log import HistoryQuery
from felt.backup import copy_database
from felt.failure import CommandFailed
from leaf_server.database import Database
from leaf_server.doc_store import LeafDocStore

__all__ = ["app"]

app = typer.Typer(
    help="Read a leaf's documents: facts, rivals, history.", no_args_is_help=True, rich_markup_mode=None
)

Data = Annotated[Path, typer.Option("--data", envvar="FELT_DATA", help="Data folder of the leaf.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
LIMIT_MAX: Final = 10_000
T = TypeVar("T")


@app.command(epilog="Example: felt docs show floor --data demo-data/leaf")
def show(
    data: Data,
    document: Annotated[str, typer.Argument(help="Name, such as floor; none: which there are.")] = "",
    as_json: AsJson = False,
) -> None:
    """The facts of a document with their rivals, or the names of all documents."""
    if not document:
        sizes = _read(data, lambda store: store.sizes())
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


@app.command(epilog="Example: felt docs history floor --name seat/ana --data demo-data/leaf")
def history(
    document: Annotated[str, typer.Argument(help="Name, such as floor.")],
    data: Data,
    name: Annotated[str | None, typer.Option(help="Only this fact.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=LIMIT_MAX)] = 50,
    as_json: AsJson = False,
) -> None:
    """Who changed what, newest first."""
    kind_or_fail(document)
    changes = _read(data, lambda store: store.history(HistoryQuery([document], name=name or ""), None, limit))
    rows: list[Json] = [
        {
            "at_ms": change.at_ms,
            "name": change.name,
            "before": json.loads(change.before or "null"),
            "after": json.loads(change.after or "null"),
            "person": change.person,
            "replica": change.replica,
            "stamp": change.stamp,
            "via": change.via,
            "claimed": change.claimed,
        }
        for change in (numbered.change for numbered in changes.changes)
    ]
    _tell(
        rows,
        as_json,
        lambda row: (
            f"{row['at_ms']:>11} ms  {row['person'] or row['via']:<8} {row['name']} = "
            f"{json.dumps(row['after'], ensure_ascii=False)}"
        ),
    )


@app.command(epilog="Example: felt docs export --data demo-data/leaf > friday.jsonl")
def export(data: Data) -> None:
    """All documents as JSON lines: one fact a line."""
    names = _read(data, lambda store: store.names())
    for document in names:
        for name, fact in _facts(data, document).items():
            print(json.dumps({"document": document, "name": name, **fact}, ensure_ascii=False))


def kind_or_fail(document: str) -> None:
    if kind_of(document) is None:
        raise CommandFailed(f"there can be no document {document!r}", exit_code=2)


def _facts(data: Path, document: str) -> dict[str, dict[str, Json]]:
    """Name → value, stamp, number of rivals."""
    kind_or_fail(document)
    stored = _read(data, lambda store: store.load(document))
    if stored is None:
        raise CommandFailed(f"this leaf has no document {document!r}")
    replica = Replica(document, device="reader", nonce="1", client_id=1)
    for update in (stored.snapshot, *stored.updates):
        if update:
            replica.apply(update)
    facts: Index = replica.facts
    rivals = facts.rivals()
    return {
        name: {"value": facts.get(name), "stamp": facts.stamp(name), "rivals": rivals.get(name, 0)}
        for name in facts.names()
    }


def _read(data: Path, ask: Callable[[LeafDocStore], Awaitable[T]]) -> T:
    """Asks a copy of the store, made for this one question. Raises CommandFailed."""
    if not (data / "leaf.db").exists():
        raise CommandFailed(f"{data} holds no leaf: there is no leaf.db")

    async def read(path: Path) -> T:
        database = Database(path)
        await database.open()
        try:
            return await ask(LeafDocStore(database))
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
