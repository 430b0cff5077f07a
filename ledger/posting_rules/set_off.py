"""No money leaves to a player who owes a marker without a choice: repay out of it, or leave it due."""

from msgspec.structs import replace

from ..commands import Asked, PaysPlayer
from ..entry import Posting
from ..errors import Refusal
from ..limits import left_cents
from ..state import State
from .draft import Draft

__all__ = ["with_set_off"]


def with_set_off(state: State, asked: Asked, draft: Draft) -> Draft | Refusal:
    """The payout less what it repays, oldest marker first. What goes to a balance has not left yet."""
    command = asked.read.command
    if not isinstance(command, PaysPlayer):
        return draft
    left = left_cents(draft.postings)
    if left == 0:
        return draft
    credit = state.credit(command.player)
    if credit.due_cents == 0:
        return draft
    details = {"due_cents": credit.due_cents, "amount_cents": left}
    if command.set_off is None:
        why = "This player owes a marker: repay it out of this, or leave it with a second person."
        return Refusal("marker_due", why, details)
    if command.set_off == "repay":
        return _repaid(draft, command.player, credit.oldest_first(left))
    if asked.second is None:
        why = "Paying out while a marker is due: a second person must approve with their PIN."
        return Refusal("needs_second", why, details)
    return draft


def _repaid(draft: Draft, player: str, repaid: list[list[int]]) -> Draft:
    cents = sum(part for _, part in repaid)
    rest = cents
    postings = []
    for account, amount in draft.postings:
        taken = min(rest, left_cents([Posting(account, amount)]))
        rest -= taken
        if amount + taken:
            postings.append(Posting(account, amount + taken))
    postings.append(Posting(f"1100/{player}", -cents))
    data = {**draft.data, "repaid": repaid, "repaid_cents": cents}
    return replace(draft, postings=tuple(postings), data=data)
