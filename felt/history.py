"""`felt docs history` and `felt docs take-back`: who changed what, and having it taken back.

History is read from a copy beside the running leaf; taking back is asked of the leaf itself, in the name of
one of its managers, with a token signed by the key that lies beside its data.
"""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer

from crdt_models.acts import taken_back
from crdt_models.documents.catalogue import CATALOGUE
from crdt_models.stamps import order
from crdt_models.update_log import HistoryQuery, NumberedChange
from felt.act_words import Said, act_words
from felt.documents import AsJson, Data, facts_of, kind_or_fail, read_copy
from felt.failure import CommandFailed
from felt.times import clock_time, day, leaf_ms
from leaf_server.box.database import Database
from leaf_server.documents.doc_store import LeafDocStore
from leaf_server.identity.keys import KeyFiles, KeyUnreadable
from leaf_server.identity.venue import VenueMissing, VenueRecord, read_venue
from serving.tokens import SignIn

__all__ = ["history", "take_back"]

LIMIT_MAX: Final = 10_000
TOKEN_SECONDS: Final = 120
LATE_MS: Final = 60_000  # written so long before it was accepted: the tablet was off line
_MANAGERS: Final = "SELECT person, name FROM person WHERE active = 1 AND role IN ('admin', 'manager')"
_WAYS: Final = {"core": "via core", "handed_in": "handed in"}
_Text = str | None


@dataclass(frozen=True)
class _Known:
    """How people call what has an id."""

    venue: VenueRecord
    people: Mapping[str, str]
    managers: Mapping[str, str]
    devices: Mapping[str, str]
    players: Mapping[str, str]
    tables: Mapping[str, str]
    lists: Mapping[str, str]
    waiting: Mapping[str, str]  # list entry → player

    def player(self, ident: str) -> str:
        return self.players.get(ident, f"player {ident[-4:]}")

    def table(self, ident: str) -> str:
        return self.tables.get(ident, ident)

    def list(self, ident: str) -> str:
        return self.lists.get(ident, "a list")

    def listed(self, entry: str) -> str:
        player = self.waiting.get(entry)
        return "a player" if player is None else self.player(player)


@dataclass(frozen=True)
class _Asked:
    """The filters as they were typed."""

    document: str
    name: str
    about: str
    person: str
    device: str
    via: str
    since: str
    until: str
    act: str | None

    def query(self, known: _Known) -> HistoryQuery:
        """Raises CommandFailed for a time that is none."""
        now = datetime.now(UTC)
        kinds = [kind for kind in CATALOGUE.values() if kind.writers]
        every = [f"{kind.name}/" if kind.many else kind.name for kind in kinds]
        return HistoryQuery(
            [self.document] if self.document else every,
            name=self.name,
            about=_ident(self.about, {**known.players, **known.tables}),
            person=_ident(self.person, known.people),
            device=_ident(self.device, known.devices),
            via=self.via,
            since_ms=leaf_ms(self.since, known.venue, now) if self.since else 0,
            until_ms=leaf_ms(self.until, known.venue, now) if self.until else None,
            act=self.act,
        )


def history(
    data: Data,
    document: Annotated[str, typer.Argument(help="Name, such as floor; none: all that people write.")] = "",
    name: Annotated[str, typer.Option(help="Only this fact; seat/ is all seats.")] = "",
    about: Annotated[str, typer.Option(help="Only what concerns this player or table: name or id.")] = "",
    person: Annotated[str, typer.Option(help="Only by this person: name or id.")] = "",
    device: Annotated[str, typer.Option(help="Only on this tablet: name or id.")] = "",
    via: Annotated[str, typer.Option(help="Only this way: device, core, leaf, handed_in.")] = "",
    since: Annotated[str, typer.Option(help="From then: 2h, 21:30, '2026-11-28 21:30'.")] = "",
    until: Annotated[str, typer.Option(help="Before then.")] = "",
    act: Annotated[_Text, typer.Option(help="Only this act.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=LIMIT_MAX)] = 50,
    as_json: AsJson = False,
) -> None:
    """Who changed what, newest first."""
    if document:
        kind_or_fail(document)
    asked = _Asked(document, name, about, person, device, via, since, until, act)

    async def ask(store: LeafDocStore, database: Database) -> tuple[_Known, list[NumberedChange]]:
        known = await _known(store, database)
        return known, await _pages(store, asked.query(known), limit)

    known, changes = read_copy(data, ask)
    if as_json:
        print(json.dumps([_row(one) for one in changes], ensure_ascii=False))
        return
    for line in _lines(changes, known):
        print(line)


def take_back(
    data: Data,
    since: Annotated[str, typer.Option(help="From then: 2h, 21:30, '2026-11-28 21:30'.")],
    via: Annotated[_Text, typer.Option(help="What came this way: core, handed_in, device.")] = None,
    device: Annotated[_Text, typer.Option(help="What this tablet wrote: name or id.")] = None,
    person: Annotated[_Text, typer.Option(help="What this person wrote: name or id.")] = None,
    until: Annotated[str, typer.Option(help="Before then.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Do it; else it is only said what would be done.")
    ] = False,
    by: Annotated[_Text, typer.Option("--as", help="In whose name: a manager, by name or id.")] = None,
    url: Annotated[str, typer.Option(envvar="FELT_URL", help="The leaf.")] = "http://127.0.0.1:8700",
    as_json: AsJson = False,
) -> None:
    """Take back all that came one way since then, by new edits; what others built on stays and is listed."""
    if via is None and device is None and person is None:
        raise CommandFailed("say what to take back: --via, --device or --person", exit_code=2)
    known = read_copy(data, _known)
    now = datetime.now(UTC)
    body: dict[str, Any] = {"since": leaf_ms(since, known.venue, now), "dry_run": not yes}
    if until:
        body["until"] = leaf_ms(until, known.venue, now)
    body |= {"via": via} if via else {}
    body |= {"device": _ident(device, known.devices)} if device else {}
    body |= {"person": _ident(person, known.people)} if person else {}
    answer = _post(url, data, _manager(by, known), known.venue, body)
    if as_json:
        print(json.dumps(answer, ensure_ascii=False))
        return
    for line in _taken_lines(answer, known):
        print(line)


def _manager(by: str | None, known: _Known) -> str:
    """The id of the manager of that name, or of the only one. Raises CommandFailed."""
    wanted = known.managers if by is None else {_ident(by, known.managers)} & known.managers.keys()
    if len(wanted) != 1:
        names = ", ".join(sorted(known.managers.values()))
        raise CommandFailed(f"say in whose name with --as: {names}", exit_code=2)
    return next(iter(wanted))


def _post(url: str, data: Path, manager: str, venue: VenueRecord, body: dict[str, Any]) -> dict[str, Any]:
    """Raises CommandFailed."""
    try:
        now = int(httpx.get(f"{url}/api/v1/venue", timeout=10).json()["now"])
        until_s = (venue.start_ms + now) // 1_000 + TOKEN_SECONDS
        signed = SignIn(venue.id, manager, "manager", "box", "leaf", until_s, secrets.token_hex(8))
        headers = {"authorization": f"Bearer {KeyFiles(data).issuer().issue(signed)}"}
        answer = httpx.post(f"{url}/api/v1/take-back", json=body, headers=headers, timeout=60)
        told: dict[str, Any] = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError) as error:
        raise CommandFailed(f"the leaf at {url} does not answer: {error}") from error
    except (KeyUnreadable, OSError) as error:
        raise CommandFailed(f"the keys of this leaf can't be read: {error}") from error
    if answer.status_code != 200:
        raise CommandFailed(str(told.get("error", {}).get("message", answer.status_code)))
    return told


async def _known(store: LeafDocStore, database: Database) -> _Known:
    try:
        venue = await read_venue(database)
    except VenueMissing as error:
        raise CommandFailed(str(error)) from error
    roster, config, floor = [await facts_of(store, name) for name in ("roster", "config", "floor")]
    people = await database.read(lambda db: dict(db.execute("SELECT person, name FROM person")))
    managers = await database.read(lambda db: dict(db.execute(_MANAGERS)))
    devices = await database.read(lambda db: dict(db.execute("SELECT device, name FROM device")))
    return _Known(
        venue, people, managers, devices,
        players={ident: str(value["name"]) for ident, value in roster.get("player/", {}).items()},
        tables={ident: f"T{value['number']}" for ident, value in config.get("table/", {}).items()},
        lists={ident: str(value["name"]) for ident, value in floor.get("list/", {}).items()},
        waiting={ident: str(value["player"]) for ident, value in floor.get("waitlist/", {}).items()},
    )  # fmt: skip


async def _pages(store: LeafDocStore, query: HistoryQuery, limit: int) -> list[NumberedChange]:
    found: list[NumberedChange] = []
    before: int | None = None
    while len(found) < limit:
        page = await store.history(query, before, limit - len(found))
        found += page.changes
        before = page.next
        if before is None:
            break
    return found


def _ident(text: str, names: Mapping[str, str]) -> str:
    """An id as it is, or the id of what people call so."""
    if text in names:
        return text
    return next((ident for ident, name in names.items() if name.casefold() == text.casefold()), text)


def _row(numbered: NumberedChange) -> dict[str, Any]:
    change, stamp = numbered.change, order(numbered.change.stamp)
    return {
        "document": numbered.document,
        **change._asdict(),
        "before": json.loads(change.before or "null"),
        "after": json.loads(change.after or "null"),
        "device": stamp.device,
        "written_ms": stamp.ms,
        "takes_back": taken_back(change.act),
    }


def _lines(changes: Sequence[NumberedChange], known: _Known) -> Iterator[str]:
    today = ""
    for _, group in groupby(changes, key=_act_key):
        act = list(group)[::-1]
        first = act[0].change
        written = order(first.stamp).ms
        if day(written, known.venue) != today:
            today = day(written, known.venue)
            yield today
        said = [Said(*_values(one)) for one in act]
        if taken_back(first.act):  # what it took back, which is its own way round
            said = [Said(one.name, one.after, one.before) for one in said]
        verb = "took back: " if taken_back(first.act) else ""
        words = f"{_who(act[0], known)} {verb}{act_words(said, known)}{_marks(act, known)}"
        yield f"{clock_time(written, known.venue)}  {words}"


def _act_key(one: NumberedChange) -> tuple[str, str, str]:
    return (one.document, one.change.replica, one.change.act or one.change.stamp)


def _values(one: NumberedChange) -> tuple[str, Any, Any]:
    change = one.change
    return change.name, json.loads(change.before or "null"), json.loads(change.after or "null")


def _who(one: NumberedChange, known: _Known) -> str:
    device = order(one.change.stamp).device
    name = known.people.get(one.change.person) or known.players.get(one.change.person, one.change.person)
    where = known.devices.get(device, device)
    return f"{name} ({where})" if name else f"the {where}"


def _marks(act: Sequence[NumberedChange], known: _Known) -> str:
    first = act[0].change
    marks: list[str] = []
    if first.at_ms - order(first.stamp).ms > LATE_MS:
        marks.append(f"offline, sent {clock_time(first.at_ms, known.venue)}")
    if first.via in _WAYS:
        marks.append(_WAYS[first.via])
    if first.claimed:
        marks.append("name not proved")
    return "".join(f" · {mark}" for mark in marks)


def _taken_lines(answer: Mapping[str, Any], known: _Known) -> Iterator[str]:
    verb = "took back" if answer["written"] else "would take back"
    taken = stays = 0
    for document in answer["documents"]:
        for act in document["taken"]:
            taken += 1
            said = [Said(edit["name"], edit["now"], edit["afterwards"]) for edit in act["edits"]]
            yield f"{verb} {_when(act, known)}: {act_words(said, known) or 'with the others'}"
        for act in document["stays"]:
            stays += 1
            words = act_words([Said(act["name"], act["before"], act["after"])], known)
            yield f"stays   {_when(act, known)}: {words}: {act['message']}"
    done = "taken back" if answer["written"] else "to take back (--yes does it)"
    yield f"{taken} acts {done}, {stays} stay"


def _when(act: Mapping[str, Any], known: _Known) -> str:
    return clock_time(order(act["stamp"]).ms, known.venue)
