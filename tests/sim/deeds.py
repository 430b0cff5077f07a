"""What people do in a simulated evening: acts of one or a few edits on few facts, so that they often meet."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from crdt_models.edits import Json

__all__ = ["DOCUMENTS", "Deed", "deed", "setup"]

DOCUMENTS: Final = ("floor", "tournament/t1", "displays")
PLAYERS: Final = ("p1", "p2", "p3")


@dataclass(frozen=True, slots=True)
class Deed:
    """An act before it is written. `fit` says of each change whether a server can take it."""

    changes: tuple[tuple[str, Json], ...]
    fit: tuple[bool, ...]
    person: str


def setup(document: str) -> Deed:
    kind = document.partition("/")[0]
    value: dict[str, Json] = {"kind": kind}
    if kind == "tournament":
        value |= {"name": "Friday", "starts_ms": 0, "seats_per_table": 9, "starting_stack": 10}
        value["late_until_level"] = 6
    return Deed((("setup", value),), (True,), "ana")


def deed(document: str, dice: random.Random, now: int, facts: Mapping[str, Any], unfit: float) -> Deed:
    """`facts`: name → value as the writer sees them; `unfit`: the chance of each change to be refused."""
    if dice.random() < 0.1:
        settling = _settle(dice, facts)
        if settling is not None:
            return Deed((settling,), (True,), "ana")
    size = dice.choice([1, 1, 1, 1, 2, 3])
    changes, fit = list[tuple[str, Json]](), list[bool]()
    for _ in range(size):
        good = dice.random() >= unfit
        changes.append(_change(document, dice, now) if good else _unfit(dice))
        fit.append(good)
    stranger = dice.random() < unfit / 4
    return Deed(tuple(changes), tuple(good and not stranger for good in fit), "zoe" if stranger else "bea")


def _settle(dice: random.Random, facts: Mapping[str, Any]) -> tuple[str, Json] | None:
    names = sorted(name for name, value in facts.items() if name.startswith("conflict/") and value)
    if not names:
        return None
    name = dice.choice(names)
    stamps = [answer["stamp"] for answer in facts[name]["answers"]]
    return "settled/" + name.removeprefix("conflict/"), {"stamps": stamps}


def _change(document: str, dice: random.Random, now: int) -> tuple[str, Json]:
    name, value = _CHANGES[document.partition("/")[0]](dice, now)
    return (name, None) if dice.random() < 0.1 else (name, value)


def _floor(dice: random.Random, now: int) -> tuple[str, Json]:
    player = dice.choice(PLAYERS)
    match dice.randrange(4):
        case 0:
            entry: Json = {"list": "l1", "player": player, "state": dice.choice(["waiting", "away", "left"])}
            return f"waitlist/e{dice.randrange(4)}", entry
        case 1:
            return f"call/e{dice.randrange(4)}", {"table": "t1", "until_ms": now + 60_000}
        case _:
            return f"seat/{player}", {"table": "t1", "seat": dice.randrange(1, 10)}


def _tournament(dice: random.Random, now: int) -> tuple[str, Json]:
    player = dice.choice(PLAYERS)
    match dice.randrange(5):
        case 0:
            state = dice.choice(["running", "paused"])
            return "clock", {
                "level": dice.randrange(1, 3), "state": state, "anchor_ms": now, "remaining_ms": 60_000,
            }  # fmt: skip
        case 1:
            return f"stack/{player}", {"chips": dice.randrange(1, 99), "at_ms": now}
        case 2:
            return f"bust/e{dice.randrange(3)}", {"player": player, "at_ms": now, "hand": f"h{now}"}
        case 3:
            number = dice.randrange(1, 3)
            return f"entry/e{dice.randrange(3)}", {"player": player, "number": number}
        case _:
            return f"seat/{player}", {"table": f"t{dice.randrange(2)}", "seat": dice.randrange(1, 10)}


def _displays(dice: random.Random, now: int) -> tuple[str, Json]:
    views: list[Json] = [dice.choice(["clock", "seating", "blank"])]
    return f"show/d{dice.randrange(3)}", {"views": views, "seconds": dice.randrange(3, 20)}


def _unfit(dice: random.Random) -> tuple[str, Json]:
    """Refused by every server, for a reason that lies in the edit alone."""
    return dice.choice(
        [
            ("seat/p1", {"bad": True}),
            ("seat/p2", {"table": "t1", "seat": 1, "more": "x" * 5_000}),
            ("nonsense", 1),
            ("conflict/seat/p1", None),
            ("setup", None),
        ]
    )


_CHANGES: Final = {"floor": _floor, "tournament": _tournament, "displays": _displays}
