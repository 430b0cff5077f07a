"""Cash of drawers inside the house: floats, drops, loans, and the counts of a shift.

A count is blind: no refusal before it tells what should be there. What differs is over or short.
"""

from typing import Final

from ..commands import (
    Asked,
    CloseDrawer,
    CountDrawer,
    DropToVault,
    FillDrawer,
    LendCash,
    OpenDrawer,
    SignOverDrawer,
)
from ..errors import Refusal
from ..limits import is_above
from ..state import State
from .draft import Draft, Rule, StandsOnIt, drawer_open, legs, nothing_stands

__all__ = ["REVERSIBLE", "RULES", "is_flagged", "may_differ"]


def may_differ(state: State, asked: Asked, over_cents: int, reason: str | None) -> Refusal | None:
    """Where the profile has a limit: a difference needs a reason, beyond the limit a second person."""
    limit = state.profile.over_short_limit_cents if state.profile else None
    if limit is None or over_cents == 0:
        return None
    if reason is None:
        return Refusal("reason_missing", "The count differs: count again, or give a reason.")
    if asked.second is None and is_above(abs(over_cents), limit):
        why = "The difference is beyond the limit: a second person must approve with their PIN."
        return Refusal("needs_second", why, {"limit_cents": limit})
    return None


def is_flagged(state: State, over_cents: int) -> dict[str, int]:
    """What an entry says of a difference beyond the limit."""
    limit = state.profile.over_short_limit_cents if state.profile else None
    return {"flagged_above_cents": limit} if limit is not None and abs(over_cents) > limit else {}


def _open_drawer(state: State, _asked: Asked, command: OpenDrawer) -> Draft | Refusal:
    """A shift begins; the float comes from the vault, on top of what was left in the drawer."""
    drawer = state.drawer(command.drawer)
    if drawer.is_open:
        return Refusal("drawer_open", "This drawer is open already.", {"person": drawer.person})
    cents = command.amount.amount
    return Draft(legs((f"1010/{command.drawer}", cents), ("1000", -cents)), {"shift": drawer.shift + 1})


def _fill_drawer(state: State, _asked: Asked, command: FillDrawer) -> Draft | Refusal:
    """More from the vault into an open drawer."""
    cents = command.amount.amount
    return drawer_open(state, command.drawer) or Draft(
        legs((f"1010/{command.drawer}", cents), ("1000", -cents))
    )


def _drop_to_vault(state: State, _asked: Asked, command: DropToVault) -> Draft | Refusal:
    """Cash out of an open drawer."""
    cents = command.amount.amount
    return drawer_open(state, command.drawer) or Draft(
        legs(("1000", cents), (f"1010/{command.drawer}", -cents))
    )


def _lend_cash(state: State, _asked: Asked, command: LendCash) -> Draft | Refusal:
    """Both drawers are open; it is given back by a loan the other way."""
    cents = command.amount.amount
    return (
        drawer_open(state, command.drawer)
        or drawer_open(state, command.to)
        or Draft(legs((f"1010/{command.to}", cents), (f"1010/{command.drawer}", -cents)))
    )


def _count_drawer(state: State, _asked: Asked, command: CountDrawer) -> Draft | Refusal:
    """Nothing moves, the count stays in the ledger: a recount can't hide it."""
    return drawer_open(state, command.drawer) or Draft((), _found(state, command))


def _close_drawer(state: State, asked: Asked, command: CloseDrawer) -> Draft | Refusal:
    """The shift ends with a count."""
    closed = drawer_open(state, command.drawer)
    if closed:
        return closed
    data = _found(state, command)
    over = data["difference_cents"]
    return may_differ(state, asked, over, command.reason) or Draft(
        legs((f"1010/{command.drawer}", over), ("5020", -over)), {**data, **is_flagged(state, over)}
    )


def _sign_over_drawer(state: State, asked: Asked, command: SignOverDrawer) -> Draft | Refusal:
    """One shift ends with a count and the next begins with it; who comes has approved."""
    closed = drawer_open(state, command.drawer)
    if closed:
        return closed
    data = _found(state, command)
    over = data["difference_cents"]
    limit = state.profile.over_short_limit_cents if state.profile else None
    if is_above(abs(over), limit):
        details = {"limit": "over_short_limit_cents", "limit_cents": limit}
        return Refusal("limit", "The difference is beyond the limit: close the drawer instead.", details)
    return may_differ(state, asked, over, command.reason) or Draft(
        legs((f"1010/{command.drawer}", over), ("5020", -over)),
        {**data, "next_shift": data["shift"] + 1},
    )


def _found(state: State, command: CountDrawer | CloseDrawer | SignOverDrawer) -> dict[str, int]:
    expected = state.balance(f"1010/{command.drawer}")
    counted = command.counted_cents
    return {
        "shift": state.drawer(command.drawer).shift,
        "expected_cents": expected,
        "counted_cents": counted,
        "difference_cents": counted - expected,
    }


RULES: Final[dict[str, Rule]] = {
    "open_drawer": _open_drawer,
    "fill_drawer": _fill_drawer,
    "drop_to_vault": _drop_to_vault,
    "lend_cash": _lend_cash,
    "count_drawer": _count_drawer,
    "close_drawer": _close_drawer,
    "sign_over_drawer": _sign_over_drawer,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(("fill_drawer", "drop_to_vault"), nothing_stands)
