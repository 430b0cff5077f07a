"""Entries of a branch that was left behind are dealt with once: booked again, or set aside."""

from typing import Final

from ..commands import Asked, Command, SetAside
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule

__all__ = ["RULES", "dealt_with"]


def dealt_with(state: State, command: Command) -> Refusal | None:
    """Refuses a second time."""
    hash_ = command.old_entry if isinstance(command, SetAside) else command.rebooks
    seq = state.dealt_with.get(hash_) if hash_ is not None else None
    if seq is None:
        return None
    return Refusal(
        "already_dealt_with", "That entry of the other branch is dealt with already.", {"seq": seq}
    )


def _set_aside(_state: State, _asked: Asked, _command: SetAside) -> Draft | Refusal:
    """Nothing moves; that it was set aside, by whom and why, stays in the ledger."""
    return Draft()


RULES: Final[dict[str, Rule]] = {"set_aside": _set_aside}
