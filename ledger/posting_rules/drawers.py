"""Cash that moves inside the house: owner's cash, floats, drops, and the count at a drawer's close."""

from typing import Final

from ..commands import Asked, CloseDrawer, DropToVault, OpenDrawer, VaultIn
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule, StandsOnIt, drawer_open, legs, nothing_stands

__all__ = ["REVERSIBLE", "RULES"]


def _vault_in(_state: State, _asked: Asked, command: VaultIn) -> Draft | Refusal:
    """Owner's cash into the vault."""
    cents = command.amount.amount
    return Draft(legs(("1000", cents), ("3000", -cents)))


def _open_drawer(state: State, _asked: Asked, command: OpenDrawer) -> Draft | Refusal:
    """A shift begins; the float comes from the vault, on top of what was left in the drawer."""
    drawer = state.drawer(command.drawer)
    if drawer.is_open:
        return Refusal("drawer_open", "This drawer is open already.", {"person": drawer.person})
    cents = command.amount.amount
    return Draft(legs((f"1010/{command.drawer}", cents), ("1000", -cents)), {"shift": drawer.shift + 1})


def _drop_to_vault(state: State, _asked: Asked, command: DropToVault) -> Draft | Refusal:
    """Cash out of an open drawer."""
    closed = drawer_open(state, command.drawer)
    if closed:
        return closed
    cents = command.amount.amount
    return Draft(legs(("1000", cents), (f"1010/{command.drawer}", -cents)))


def _close_drawer(state: State, _asked: Asked, command: CloseDrawer) -> Draft | Refusal:
    """The shift ends with a blind count; what differs from what should be there is over or short."""
    closed = drawer_open(state, command.drawer)
    if closed:
        return closed
    expected = state.balance(f"1010/{command.drawer}")
    counted = command.counted_cents
    over = counted - expected
    shift = state.drawer(command.drawer).shift
    data = {"shift": shift, "expected_cents": expected, "counted_cents": counted, "difference_cents": over}
    return Draft(legs((f"1010/{command.drawer}", over), ("5020", -over)), data)


RULES: Final[dict[str, Rule]] = {
    "vault_in": _vault_in,
    "open_drawer": _open_drawer,
    "drop_to_vault": _drop_to_vault,
    "close_drawer": _close_drawer,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = {"vault_in": nothing_stands, "drop_to_vault": nothing_stands}
