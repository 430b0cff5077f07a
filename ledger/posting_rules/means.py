"""The account that stands for a means of payment, in both directions, if money may move that way now."""

from ..commands import ByMeans
from ..errors import Refusal
from ..state import State
from .draft import drawer_open, may_take_cash

__all__ = ["account_of_means", "may_use"]


def account_of_means(state: State, command: ByMeans, player: str = "") -> str | Refusal:
    """`player` owns the balance; the command's own if not given. Whether it holds enough is for `decide`."""
    refused = may_use(state, command.method)
    if refused:
        return refused
    match command.method:
        case "cash":
            return drawer_open(state, command.drawer or "") or f"1010/{command.drawer}"
        case "balance":
            return f"2030/{player or getattr(command, 'player')}"  # noqa: B009 (`faults` has seen it)
        case "card" | "bank":
            return "1015"
        case "comp":
            return "5010"
        case "chips":
            return "2000"
        case _:
            return Refusal("no_such_method", "This can't be paid that way.", {"method": command.method})


def may_use(state: State, method: str) -> Refusal | None:
    """The profile decides how money may move at all."""
    if method == "cash" or state.profile is None:
        refused = may_take_cash(state)
        if refused:
            return refused
    assert state.profile is not None  # `may_take_cash` refuses that
    methods = state.profile.methods
    if methods is not None and method not in methods:
        details = {"method": method, "methods": list(methods)}
        return Refusal("no_such_method", "The house profile does not allow money to move this way.", details)
    return None
