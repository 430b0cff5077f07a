"""Boxes are counted once a gaming day; jackpots go by the rules adopted last."""

from collections.abc import Mapping
from typing import Any, Final

from ..entry import Entry
from ..jackpot_rules import JackpotRules
from ..state import Jackpot, State
from .effect import Effect, Undo

__all__ = ["EFFECTS", "UNDO"]

_DAYS_KEPT: Final = 2


def _count_drop(state: State, entry: Entry) -> None:
    day = state.gaming_day(entry.at_ms)
    state.drops.setdefault(day, {})[entry.data["table"], entry.data["box"]] = entry.seq
    for old in sorted(state.drops)[:-_DAYS_KEPT]:
        del state.drops[old]


def _uncount_drop(state: State, _entry: Entry, undone: Mapping[str, Any]) -> None:
    box = (undone["table"], undone["box"])
    for boxes in state.drops.values():
        if boxes.get(box) == undone["seq"]:
            del boxes[box]


def _adopt_jackpot(state: State, entry: Entry) -> None:
    rules = JackpotRules.model_validate_json(entry.data["rules"])
    state.jackpots[entry.data["jackpot"]] = Jackpot(rules, entry.seq)


EFFECTS: Final[dict[str, Effect]] = {"count_drop": _count_drop, "adopt_jackpot": _adopt_jackpot}
UNDO: Final[dict[str, Undo]] = {"count_drop": _uncount_drop}
