"""What the end of an evening must look like, said without the engine: plain functions over what was written.

Nothing here imports a room, the gate, an index or the pruner. A `Written` says itself whether it is fit: who
wrote it knows.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["Written", "conflict_faults", "live_stamps", "refused_stamps", "rivals", "written"]

NO_CONFLICT: Final = ("setup", "conflict/", "settled/", "arrived/", "stack/", "button/", "move/", "request/")
SAME_BY: Final[Mapping[str, tuple[str, ...]]] = {"call/": (), "bust/": (), "clock": ("level", "state")}


@dataclass(frozen=True, slots=True)
class Written:
    """One edit as its author meant it."""

    stamp: str
    name: str
    value: Any
    replaces: tuple[str, ...]
    act: str = ""
    fit: bool = True  # of a model, of a size, in a name that its author may use


def written(stamp: str, text: str, *, fit: bool = True) -> Written:
    """Reads the text of an edit that its own author wrote."""
    name, value, replaces, (_person, act) = json.loads(text)
    return Written(stamp, name, value, tuple(replaces), act, fit)


def refused_stamps(written: Mapping[str, Written]) -> set[str]:
    """Unfit ones, and all of their acts."""
    acts = {(_replica(w.stamp), w.act) for w in written.values() if not w.fit and w.act}
    return {s for s, w in written.items() if not w.fit or (_replica(s), w.act) in acts}


def live_stamps(written: Mapping[str, Written]) -> set[str]:
    """Accepted edits that no accepted edit of their name takes the place of.

    Who names a refused edit takes the place of what that one named, in turn.
    """
    refused = refused_stamps(written)
    accepted = {s for s, w in written.items() if s not in refused and w.name}
    return accepted - {
        older
        for s in accepted
        for older in _below(s, written, refused)
        if written[older].name == written[s].name
    }


def rivals(written: Mapping[str, Written], live: Iterable[str]) -> dict[str, set[str]]:
    """Names whose live edits say different things, with the stamps of those."""
    by_name: dict[str, set[str]] = {}
    for stamp in live:
        by_name.setdefault(written[stamp].name, set()).add(stamp)
    return {
        name: stamps
        for name, stamps in by_name.items()
        if not name.startswith(NO_CONFLICT)
        and _meanings(name, [written[stamp].value for stamp in stamps]) > 1
    }


def conflict_faults(
    written: Mapping[str, Written], live: set[str], facts: Mapping[str, Any], *, tray_max: int = 12
) -> list[str]:
    """What is wrong with the conflicts that `facts` (name → value) tells of; empty where all is right."""
    settled = [w.value for s in live if (w := written[s]).name.startswith("settled/") and w.value is not None]
    looked_at = {stamp for value in settled for stamp in value["stamps"]}
    faults: list[str] = []
    for name, stamps in rivals(written, live).items():
        told = facts.get(f"conflict/{name}")
        shown = set() if told is None else {answer["stamp"] for answer in told["answers"]}
        if not stamps <= looked_at and not stamps <= shown and len(shown) < tray_max:
            faults.append(f"{name}: {sorted(stamps)} are rivals, the tray has {sorted(shown)}")
    for name, value in facts.items():
        if name.startswith("conflict/") and value is not None:
            faults += _false_answers(written, name.removeprefix("conflict/"), value["answers"])
    return faults


def _false_answers(written: Mapping[str, Written], name: str, answers: list[Any]) -> Iterator[str]:
    refused = refused_stamps(written)
    for answer in answers:
        edit = written.get(answer["stamp"])
        if edit is None or edit.name != name or edit.stamp in refused:
            yield f"conflict/{name}: {answer['stamp']} is no accepted edit of it"
    if len({answer["stamp"] for answer in answers}) < max(2, len(answers)):
        yield f"conflict/{name}: not two different answers"


def _below(stamp: str, written: Mapping[str, Written], refused: set[str]) -> set[str]:
    found, waiting = set[str](), list(written[stamp].replaces)
    while waiting:
        named = waiting.pop()
        if named in written and named not in found:
            found.add(named)
            waiting += written[named].replaces if named in refused else ()
    return found


def _meanings(name: str, values: list[Any]) -> int:
    fields = next((by for prefix, by in SAME_BY.items() if name.startswith(prefix)), None)
    return len({_meaning(value, fields) for value in values})


def _meaning(value: Any, fields: tuple[str, ...] | None) -> str:
    said = value if fields is None or value is None else {field: value.get(field) for field in fields}
    return json.dumps(said, sort_keys=True)


def _replica(stamp: str) -> str:
    return stamp.split(".", 2)[2]
