"""Cash that moves inside the house: owner's cash, floats, drops, and the count at a drawer's close."""

from ..commands import Asked, CloseDrawer, DropToVault, OpenDrawer, VaultIn
from ..errors import Refusal
from ..state import State
from .draft import Draft, drawer_open, legs

__all__ = ["close_drawer", "drop_to_vault", "open_drawer", "vault_in"]


def vault_in(_state: State, _asked: Asked, command: VaultIn) -> Draft | Refusal:
    """Owner's cash into the vault."""
    cents = command.amount.amount
    return Draft(legs(("1000", cents), ("3000", -cents)))


def open_drawer(state: State, _asked: Asked, command: OpenDrawer) -> Draft | Refusal:
    """A shift begins; the float comes from the vault, on top of what was left in the drawer."""
    drawer = state.drawer(command.drawer)
    if drawer.is_open:
        return Refusal("drawer_open", "This drawer is open already.", {"person": drawer.person})
    cents = command.amount.amount
    return Draft(legs((f"1010/{command.drawer}", cents), ("1000", -cents)), {"shift": drawer.shift + 1})


def drop_to_vault(state: State, _asked: Asked, command: DropToVault) -> Draft | Refusal:
    """Cash out of an open drawer."""
    closed = drawer_open(state, command.drawer)
    if closed:
        return closed
    cents = command.amount.amount
    return Draft(legs(("1000", cents), (f"1010/{command.drawer}", -cents)))


def close_drawer(state: State, _asked: Asked, command: CloseDrawer) -> Draft | Refusal:
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
