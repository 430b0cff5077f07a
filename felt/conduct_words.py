"""What acts about penalties and seat changes did, in words; parts of `act_words`."""

from typing import Any, Protocol

__all__ = ["change", "penalty", "served"]


class Names(Protocol):
    """How people call what has an id."""

    def player(self, ident: str) -> str: ...
    def table(self, ident: str) -> str: ...


def penalty(_ident: str, before: Any, after: Any, names: Names) -> str:
    who = names.player((after or before or {}).get("player", ""))
    if after is None:
        return f"took back a penalty of {who}"
    missed = _missed(after)
    given = f"gave {who} a penalty of {missed}" if missed else f"warned {who}"
    return f"{given}: {after['reason']}"


def served(_penalty: str, before: Any, after: Any, names: Names) -> str:
    who = names.player((after or before or {}).get("player", ""))
    if after is None:
        return f"took back that {who} missed a hand"
    return f"ended the penalty of {who}" if after.get("ended") else f"saw {who} miss hand {after['hands']}"


def change(player: str, _before: Any, after: Any, names: Names) -> str:
    who = names.player(player)
    if after is None:
        return f"took {who} off the list for another seat"
    other = "another table" if after.get("kind") == "table" else "another seat"
    return f"put {who} on the list for {other}"


def _missed(penalty: Any) -> str:
    """ "2 rounds (18 hands)", "10 minutes", "3 hands and 5 minutes"; "" for a warning."""
    hands, rounds, minutes = (penalty.get(name, 0) for name in ("hands", "rounds", "minutes"))
    of_hands = f"{_count(rounds, 'round')} ({_count(hands, 'hand')})" if rounds else _count(hands, "hand")
    return " and ".join(part for part in (of_hands, _count(minutes, "minute")) if part)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}" if number else ""
