"""`felt ledger`: an auditor's commands. They read, also beside a running leaf; none writes."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import apsw
import httpx
import typer

from felt.failure import CommandFailed
from ledger.audit import Audit, audit, compare, head_fault, outcome_faults
from ledger.entry import read_entry
from ledger.errors import EntryInvalid, LedgerError
from ledger.export import entry_line, head_line, read_lines
from ledger.heads import Head
from ledger.journal_file import all_stored, last_head, open_read_only, outcomes, stored_after
from ledger.money import render

__all__ = ["app"]

app = typer.Typer(help="Prove, export and read a ledger.", no_args_is_help=True, rich_markup_mode=None)

File = Annotated[Path, typer.Argument(help="A leaf's ledger.db, or an export (JSON lines).")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
_SLICE: Final = 2_000
_TIMEOUT_S: Final = 10.0


@app.command(epilog="Example: felt ledger verify /var/lib/felt/leaf/ledger.db --against https://core.example")
def verify(
    file: File,
    against: Annotated[
        str | None, typer.Option(help="Address of a core or leaf, or another export or ledger file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check every entry, hash and signature; exit code 1 if anything does not hold."""
    remote = _remote_head(file, against) if against and _is_address(against) else None
    with _open(file) as source:
        found = audit(source.stored(), hashes_of=[remote.seq] if remote else [])
        faults = found.faults + _own_faults(found, source)
    if remote and found.ok:
        faults += [f"against {against}: {fault}"] if (fault := _remote_fault(found, remote)) else []
    if against and remote is None:
        faults += _other_faults(file, Path(against))
    if as_json:
        _say(_report(found, faults))
    elif not faults:
        _say(f"{file.name}: {found.entries} entries of venue {found.venue}, up to {found.tip.seq}: verified.")
    for fault in faults:
        print(f"felt: {file.name}: {fault}", file=sys.stderr)
    if faults:
        raise typer.Exit(1)


@app.command(epilog="Example: felt ledger export ledger.db --to friday.jsonl")
def export(
    file: File, to: Annotated[Path | None, typer.Option(help="New file; stdout if not given.")] = None
) -> None:
    """Write all entries as JSON lines, the signed head last; nothing of a ledger that does not verify."""
    with _open(file) as source:
        found = audit(source.stored())
        if not found.ok:
            raise CommandFailed(f"{file.name} does not verify: {found.faults[0]}")
        try:
            with to.open("xb") if to else nullcontext(sys.stdout.buffer) as out:
                out.writelines(entry_line(body, hash_) for body, hash_ in source.stored())
                out.write(head_line(source.head) if source.head else b"")
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
    with _open(file) as source:
        if balances:
            _show_balances(audit(source.stored()), as_json)
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


@dataclass(frozen=True)
class _Source:
    """A ledger file or an export, read as often as asked."""

    path: Path
    db: Any  # apsw.Connection, or None for an export
    head: Head | None
    venue: str | None = None  # as a ledger file says

    def stored(self) -> Iterator[tuple[bytes, bytes]]:
        """(entry bytes, hash) in order."""
        if self.db is not None:
            yield from all_stored(self.db)
            return
        with self.path.open("rb") as lines:
            for found in read_lines(lines):
                if not isinstance(found, Head):
                    yield found


@contextmanager
def _open(path: Path) -> Iterator[_Source]:
    """Raises CommandFailed for what is neither; what breaks while it is read is told as one sentence."""
    if not path.is_file():
        raise CommandFailed(f"there is no file {path}", exit_code=2)
    db = None
    try:
        with path.open("rb") as start:
            is_database = start.read(16) == b"SQLite format 3\x00"
        if is_database:
            db, venue = open_read_only(path)
            text = last_head(db)
            yield _Source(path, db, Head.from_text(text) if text else None, venue)
        else:
            yield _Source(path, None, _export_head(path))
    except (LedgerError, apsw.Error, OSError) as error:
        raise CommandFailed(f"{path.name}: {error}") from error
    finally:
        if db is not None:
            db.close()


def _export_head(path: Path) -> Head | None:
    """The last line's, if it holds one."""
    head = None
    with path.open("rb") as lines:
        for line in lines:
            if line.startswith(b'{"head"'):
                head = next(read_lines([line]))
    return head if isinstance(head, Head) else None


def _own_faults(found: Audit, source: _Source) -> list[str]:
    """Its own head and, of a ledger file, its stored outcomes."""
    if not found.ok:
        return []
    if source.venue not in (None, found.venue):
        return [f"the file says it is of another venue, {source.venue!r}, than its entries, {found.venue!r}"]
    if source.head is None:
        return ["no signed head stands at its end"]
    if source.head.seq != found.tip.seq:
        return [f"it ends at entry {found.tip.seq}, its last signed head is of {source.head.seq}"]
    fault = head_fault(found, source.head)
    faults = [fault] if fault else []
    if source.db is not None:
        faults += _stored_outcome_faults(source.db)
    return faults


def _stored_outcome_faults(db: Any) -> list[str]:
    seq = 0
    while rows := stored_after(db, seq, _SLICE):
        entries = [read_entry(body) for _, body, _ in rows]
        faults = outcome_faults(entries, outcomes(db, rows[0][0], rows[-1][0]))
        if faults:
            return faults[:1]
        seq = rows[-1][0]
    return []


def _is_address(text: str) -> bool:
    return text.startswith(("http://", "https://"))


def _remote_head(file: Path, address: str) -> Head:
    with _open(file) as source:
        first = next(source.stored(), None)
    try:
        venue = read_entry(first[0]).venue if first else ""
        answer = httpx.get(
            f"{address.rstrip('/')}/api/v1/ledger/head", params={"venue": venue}, timeout=_TIMEOUT_S
        )
        answer.raise_for_status()
        return Head.from_json(answer.json())
    except (httpx.HTTPError, ValueError, EntryInvalid) as error:
        raise CommandFailed(f"{address} gave no signed head: {error}") from error


def _remote_fault(found: Audit, head: Head) -> str | None:
    return head_fault(found, head) if head.seq else None


def _other_faults(file: Path, other: Path) -> list[str]:
    with _open(file) as ours, _open(other) as theirs:
        fault = compare(ours.stored(), theirs.stored())
        if fault:
            return [f"against {other.name}: {fault}"]
        if theirs.head is None:
            return []
        found = audit(ours.stored(), hashes_of=[theirs.head.seq])
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
