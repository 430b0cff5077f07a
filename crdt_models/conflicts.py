"""Open conflicts: rivals that do not mean the same, kept until a person settled them (DESIGN 3.1).

*Seen by the replica* is not *seen by a person*: the next tap on a fact replaces its rivals, but the conflict
stays open until `settled/<name>` names its stamps. The leaf alone writes these facts.
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from .edits import Json
from .facts import Index
from .stamps import order

__all__ = ["conflicts"]

ANSWERS_MAX: Final = 12
VALUE_MAX: Final = 200  # characters of a value's JSON shown
OFFLINE_MS: Final = 60_000  # an edit that comes this late was written without the leaf
_CONFLICT, _SETTLED = "conflict/", "settled/"


def conflicts(facts: Index, names: Iterable[str], now: int) -> list[tuple[str, Json]]:
    """What the leaf has to write after these facts changed: conflicts opened, joined by a rival, closed."""
    concerned = {name.removeprefix(_SETTLED) for name in names if not name.startswith(_CONFLICT)}
    written: list[tuple[str, Json]] = []
    for name in sorted(concerned):
        is_open: Any = facts.get(_CONFLICT + name)
        if is_open is None and not facts.contested(name):
            continue
        wanted = _conflict(facts, name, is_open, now)
        if wanted != is_open:
            written.append((_CONFLICT + name, wanted))
    return written


def _conflict(facts: Index, name: str, is_open: Any, now: int) -> Json:
    """What `conflict/<name>` should say: None is closed."""
    settled = _settled(facts, name)
    answers: list[Any] = [] if is_open is None else list(is_open["answers"])
    held = {answer["stamp"] for answer in answers}
    if held and held <= settled:
        answers, held = [], set()
    rivals = facts.live(name) if facts.meanings(name) > 1 else []
    if not set(rivals) <= settled:
        answers += [_answer(facts, stamp, now) for stamp in rivals if stamp not in held]
    if len(answers) < 2:
        return None
    opened: Json = now if is_open is None else is_open["opened_ms"]
    return {"answers": answers[:ANSWERS_MAX], "opened_ms": opened}


def _settled(facts: Index, name: str) -> set[str]:
    """Stamps that a person has looked at, by any live settling write."""
    values: list[Any] = [facts.edits[stamp].value for stamp in facts.live(_SETTLED + name)]
    return {stamp for value in values if value is not None for stamp in value["stamps"]}


def _answer(facts: Index, text: str, now: int) -> Json:
    edit, stamp = facts.edits[text], order(text)
    value = json.dumps(edit.value, ensure_ascii=False, separators=(",", ":"))
    return {
        "stamp": text,
        "person": edit.person,
        "device": stamp.device,
        "at_ms": stamp.ms,
        "value": value[:VALUE_MAX],
        "offline": stamp.ms < now - OFFLINE_MS,
    }
