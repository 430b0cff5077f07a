"""What acts about chips and hand-for-hand did, in words; parts of `act_words`."""

from typing import Any, Protocol

__all__ = ["bag", "checked", "dealt", "hand_for_hand", "in_play", "knocker", "wanted"]


class Names(Protocol):
    """How people call what has an id."""

    def player(self, ident: str) -> str: ...
    def table(self, ident: str) -> str: ...


def hand_for_hand(_ident: str, before: Any, after: Any, _names: Names) -> str:
    if after is None:
        return "removed hand for hand"
    if after["state"] == "finishing":
        return "said: finish the hand, then hold"
    if after["state"] == "off":
        return "ended hand for hand"
    was = before or {}
    goes_on = was.get("state") == "on" and was.get("run") == after["run"]
    return f"ended hand {after['hand'] - 1} of hand for hand" if goes_on else "began hand for hand"


def dealt(table: str, _before: Any, after: Any, names: Names) -> str:
    which = names.table(table)
    return f"saw {which} still dealing" if after is None else f"saw {which} finish hand {after['hand']}"


def knocker(_life: str, _before: Any, after: Any, _names: Names) -> str:
    if after is None:
        return "took back who won a bounty"
    count = len(after["by"])
    if count == 0:
        return "said that nobody won a bounty"
    return "said who won a bounty" if count == 1 else f"split a bounty among {count}"


def checked(table: str, _before: Any, after: Any, names: Names) -> str:
    if after is None:
        return f"removed the count of {names.table(table)}"
    off, reason = after["counted"] - after["expected"], after.get("reason")
    tail = f", {_signed(off)}" if off else ""
    return f"counted {names.table(table)}: {after['counted']:,}{tail}{f' ({reason})' if reason else ''}"


def bag(player: str, _before: Any, after: Any, names: Names) -> str:
    who = names.player(player)
    if after is None:
        return f"opened the bag of {who}"
    return f"bagged {who}: {after['chips']:,}{', signed' if after.get('signed') else ''}"


def in_play(_ident: str, _before: Any, after: Any, names: Names) -> str:
    if after is None:
        return "took a change of chips back"
    where = f" at {names.table(after['table'])}" if after.get("table") else ""
    whose = f" of {names.player(after['player'])}" if after.get("player") else ""
    what = {
        "early_bird": "early-bird chips", "raced": "by the chip race", "forfeited": "forfeited",
        "correction": "put right",
    }[after["why"]]  # fmt: skip
    return f"chips {_signed(after['chips'])} {what}{where}{whose}"


def wanted(_ident: str, before: Any, after: Any, names: Names) -> str:
    if after is None:
        return "took back what was asked of the cage"
    return f"asked the cage for a {after['kind'].replace('_', '-')} of {names.player(after['player'])}"


def _signed(number: int) -> str:
    return f"{'−' if number < 0 else '+'}{abs(number):,}"
