"""Who else must approve: two people above a limit, for what always takes two, and one cashier per drawer.

Looked at after a kind's own rule, on what it would post. `decide` has judged who the second person is.
"""

from ..accounts import number_of
from ..adopted import Profile
from ..commands import Asked, ByMeans, Command, LendCash
from ..errors import Refusal
from ..limits import is_above, left_cents
from ..state import State
from .draft import Draft, needs_second

__all__ = ["comp_approved", "must_approve", "not_without_the_leaf"]


def must_approve(state: State, asked: Asked, draft: Draft) -> Refusal | None:
    """Refuses what one person alone may not do."""
    return _other_cashier(state, asked, draft) or _two_people(state, asked, draft)


def not_without_the_leaf(state: State, command: Command) -> Refusal | None:
    """Recorded without the leaf: only what comes in, and not beyond the profile's limit."""
    if command.intent is None:
        return None
    if not command.receives:
        return Refusal("needs_leaf", "Without the leaf only money that comes in is recorded; ask again now.")
    limit = state.profile.offline_limit_cents if state.profile else None
    cents = _amount_cents(command)
    if not is_above(cents, limit):
        return None
    details = {"limit": "offline_limit_cents", "limit_cents": limit, "would_be_cents": cents}
    return Refusal("limit", "That is more than may be taken without the leaf.", details)


def _other_cashier(state: State, asked: Asked, draft: Draft) -> Refusal | None:
    """Where the profile says so, a cashier moves cash in their own drawer only, or lends it to another."""
    if asked.role != "cashier" or state.profile is None or not state.profile.own_drawers:
        return None
    command = asked.read.command
    touched = {account.partition("/")[2] for account, _ in draft.postings if number_of(account) == "1010"}
    if command.drawer is not None:
        touched.add(command.drawer)  # counted to the cent, nothing moves
    if isinstance(command, LendCash):
        touched.discard(command.to)
    for name in sorted(touched):
        drawer = state.drawer(name)
        if drawer.is_open and drawer.person != asked.person:
            details = {"drawer": name, "person": drawer.person}
            return Refusal("other_cashier", "This drawer is another cashier's.", details)
    return None


def _two_people(state: State, asked: Asked, draft: Draft) -> Refusal | None:
    command, profile = asked.read.command, state.profile
    if asked.second is not None:
        return None
    if command.takes_two or (command.two_names and profile is not None and profile.two_names):
        return _takes_two(command.kind)
    if profile is None:
        return None
    refused = None
    if command.limited_by:
        limit: int | None = getattr(profile, command.limited_by)
        refused = needs_second(asked, _amount_cents(command), -1 if limit is None else limit)
    return refused or (_payout_limits(state, profile, asked, draft) if command.pays_out else None)


def _takes_two(kind: str) -> Refusal:
    why = "This takes two people: a second person must approve with their PIN."
    return Refusal("needs_second", why, {"kind": kind})


def _payout_limits(state: State, profile: Profile, asked: Asked, draft: Draft) -> Refusal | None:
    """One payout, and all to one person on a gaming day."""
    left = left_cents(draft.postings)
    refused = needs_second(asked, left, profile.payout_limit_cents)
    if refused or profile.payout_day_limit_cents is None:
        return refused
    day = state.gaming_day(max(asked.at_ms, state.tip.at_ms))
    said = {**asked.read.data, **draft.data}
    payee = said.get("player") or said.get("dealer") or ""
    on_day = state.payouts.get(day, {}).get(payee, 0)
    return needs_second(asked, left + on_day, profile.payout_day_limit_cents) if left and payee else None


def comp_approved(state: State, asked: Asked, command: ByMeans) -> Refusal | None:
    """Paid by the house: above the profile's limit, or without one, a second person approves."""
    if command.method != "comp" or state.profile is None:
        return None
    limit = state.profile.comp_limit_cents
    cents = getattr(command, "amount").amount  # noqa: B009 (what is paid by a comp has one)
    return needs_second(asked, cents, -1 if limit is None else limit)


def _amount_cents(command: Command) -> int:
    amount = getattr(command, "amount", None)
    return amount.amount if amount else 0
