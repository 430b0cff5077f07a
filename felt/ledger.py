"""`felt ledger`: an auditor's commands. They read, also beside a running leaf; none writes."""

import json
import sys
from collections.abc import Collection, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import anyio
import httpx
import typer

from core_server.db import DatabaseDown, opened
from core_server.ledger_mirror import Forked, LedgerMirror
from core_server.venues import Venues
from felt.failure import CommandFailed
from felt.ledger_files import Source, chain, heads_alone, open_ledger, own_faults, proof, signed_faults
from ledger.audit import Audit, compare, head_fault
from ledger.bookkeeping import FORMATS
from ledger.entry import read_entry
from ledger.errors import EntryInvalid
from ledger.heads import Head
from ledger.money import render

__all__ = ["app"]

app = typer.Typer(help="Prove, export and read a ledger.", no_args_is_help=True, rich_markup_mode=None)

File = Annotated[Path, typer.Argument(help="A leaf's ledger.db, or an export (JSON lines).")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
_TIMEOUT_S: Final = 10.0


@app.command(epilog="Example: felt ledger verify /var/lib/felt/leaf/ledger.db --against https://core.example")
def verify(
    file: File,
    against: Annotated[
        str | None,
        typer.Option(
            help="Address of a core or leaf; another export or ledger file; heads that a till kept."
        ),
    ] = None,
    chain_alone: Annotated[
        bool,
        typer.Option(
            "--chain",
            help="Only whether every entry is still the one that was signed; in a third of the time.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check every entry, hash and signature, and the books; exit code 1 if anything does not hold."""
    if against == "":  # as an unset variable of a script would be: nothing would be compared
        raise CommandFailed("--against needs an address or a file", exit_code=2)
    heads = _heads(file, against) if against else []
    with open_ledger(file) as source:
        found, faults = (_signed if chain_alone else _proved)(source, [head.seq for head in heads])
    if found.ok:
        told = [head_fault(found, head) for head in heads]
        faults += [f"against {against}: {fault}" for fault in told if fault]
    if against and not heads:
        faults += _other_faults(file, Path(against))
    if as_json:
        _say(_report(found, faults))
    elif not faults:
        said = "as they were signed; the books were not looked at" if chain_alone else "verified"
        _say(f"{file.name}: {found.entries} entries of venue {found.venue}, up to {found.tip.seq}: {said}.")
    for fault in faults:
        print(f"felt: {file.name}: {fault}", file=sys.stderr)
    if faults:
        raise typer.Exit(1)


def _proved(source: Source, hashes_of: Collection[int]) -> tuple[Audit, list[str]]:
    proved = proof(source, hashes_of)
    return proved.found, proved.found.faults + own_faults(proved, source)


def _signed(source: Source, hashes_of: Collection[int]) -> tuple[Audit, list[str]]:
    found = chain(source, hashes_of)
    return found, found.faults + signed_faults(found, source)


@app.command(epilog="Example: felt ledger export ledger.db --to friday.jsonl")
def export(
    file: File,
    to: Annotated[Path | None, typer.Option(help="New file; stdout if not given.")] = None,
    form: Annotated[str, typer.Option("--format", help=f"One of: {', '.join(FORMATS)}.")] = "jsonl",
) -> None:
    """Write all entries, in JSON lines the signed head last; nothing of a ledger that does not verify."""
    if form not in FORMATS:
        raise CommandFailed(f"there is no format {form!r}; there are {', '.join(FORMATS)}", exit_code=2)
    with open_ledger(file) as source:
        found, exporter = proof(source).found, FORMATS[form]()
        if not found.ok:
            raise CommandFailed(f"{file.name} does not verify: {found.faults[0]}")
        try:
            with to.open("xb") if to else nullcontext(sys.stdout.buffer) as out:
                out.write(exporter.start())
                out.writelines(exporter.entry(body, hash_) for body, hash_ in source.stored())
                out.write(exporter.end(source.head) if source.head else b"")
        except OSError as error:
            raise CommandFailed(f"{to or 'stdout'} can't be written: {error.strerror}") from error


@app.command(epilog="Example: felt ledger show ledger.db --after 1200 --limit 20")
def show(
    file: File,
    after: Annotated[int, typer.Option(min=0, help="Entries behind this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="At most so many entries.")] = 50,
    balances: Annotated[bool, typer.Option("--balances", help="Every account instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print entries, or what is on every account."""
    with open_ledger(file) as source:
        if balances:
            _show_balances(proof(source).found, as_json)
            return
        shown = 0
        for body, hash_ in source.stored():
            entry = read_entry(body)
            if entry.seq <= after:
                continue
            if as_json:
                _say({"entry": entry.as_json(), "hash": hash_.hex()})
            else:
                moved = ", ".join(f"{p.account} {p.amount:+d}" for p in entry.postings)
                _say(f"{entry.seq:>6}  {entry.kind:<18} {entry.person:<12} {moved}")
            shown += 1
            if shown == limit:
                return


@app.command(epilog="Example: DATABASE_URL=postgresql://… felt ledger forks")
def forks(
    database: Annotated[str, typer.Option(envvar="DATABASE_URL", help="PostgreSQL of the core.")],
    as_json: AsJson = False,
) -> None:
    """List all venues of a core whose ledger has two branches; exit code 1 if there is one."""
    try:
        found = anyio.run(_forked, database)
    except DatabaseDown as error:
        raise CommandFailed(f"the core's database does not answer: {error}") from error
    if as_json:
        _say({"forked": [asdict(one) for one in found]})
    elif not found:
        _say("No ledger has two branches.")
    for one in [] if as_json else found:
        stopped = f", {one.stopped}" if one.stopped else ""
        where = f"{one.name} ({one.venue})"
        _say(f"{where}: two contents from number {one.seq} on, since {_when(one.since_ms)}{stopped}")
    if found:
        raise typer.Exit(1)


async def _forked(database: str) -> Sequence[Forked]:
    async with opened(database) as core:
        directory = Venues(core)
        await directory.read()
        return await LedgerMirror(core).forked({venue.id: venue.name for venue in directory.all()})


def _when(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1_000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _heads(file: Path, against: str) -> list[Head]:
    """The signed heads to hold the ledger against; none: it is another ledger."""
    if against.startswith(("http://", "https://")):
        return [_remote_head(file, against)]
    return heads_alone(Path(against)) or []


def _remote_head(file: Path, address: str) -> Head:
    with open_ledger(file) as source:
        first = next(source.stored(), None)
    try:
        venue = read_entry(first[0]).venue if first else ""
        answer = httpx.get(
            f"{address.rstrip('/')}/api/v1/ledger/head", params={"venue": venue}, timeout=_TIMEOUT_S
        )
        if answer.status_code != httpx.codes.OK:
            raise CommandFailed(f"{address} gave no signed head: it answered {answer.status_code}")
        return Head.from_text(answer.text)
    except (httpx.HTTPError, EntryInvalid) as error:
        raise CommandFailed(f"{address} gave no signed head: {error}") from error


def _other_faults(file: Path, other: Path) -> list[str]:
    with open_ledger(file) as ours, open_ledger(other) as theirs:
        if next(theirs.stored(), None) is None:
            raise CommandFailed(f"{other.name} holds nothing to compare with", exit_code=2)
        fault = compare(ours.stored(), theirs.stored())
        if fault:
            return [f"against {other.name}: {fault}"]
        if theirs.head is None:
            return []
        found = proof(ours, [theirs.head.seq]).found
        beyond = head_fault(found, theirs.head) if found.ok else None
        return [f"against {other.name}: {beyond}"] if beyond else []


def _report(found: Audit, faults: list[str]) -> dict[str, Any]:
    return {
        "ok": not faults,
        "venue": found.venue,
        "term": found.tip.term,
        "entries": found.entries,
        "seq": found.tip.seq,
        "hash": found.tip.hash.hex(),
        "faults": faults,
    }


def _show_balances(found: Audit, as_json: bool) -> None:
    if not found.ok:
        raise CommandFailed(f"it does not verify: {found.faults[0]}")
    balances = found.book.balances()
    if as_json:
        _say({"balances": balances, "currency": found.book.state.currency, "seq": found.tip.seq})
        return
    for account, cents in balances.items():
        _say(f"{account:<32} {render(cents, found.book.state.currency):>20}")


def _say(answer: str | dict[str, Any]) -> None:
    print(answer if isinstance(answer, str) else json.dumps(answer))
