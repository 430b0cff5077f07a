"""`cage`: the projection of the ledger that tablets and displays may see; the leaf alone writes it."""

import re
from typing import Annotated, Final, Literal

from pydantic import Field

from .fact import PRIZE_ID, Cents, Count, Fact, FactKind, Id, Line, Setup

__all__ = [
    "FACTS", "CageHead", "Deal", "Drawer", "PaidEntry", "Prize", "TournamentMoney", "drawer_name",
]  # fmt: skip
_NUMBERED: Final = re.compile(r"(?:d|drawer)? *([0-9]{1,9})", re.IGNORECASE)
_SAID_MIN: Final = 3  # shorter ones are no words


class CageHead(Fact):
    """`head`: the ledger entry this picture was made from."""

    term: Count
    seq: Annotated[int, Field(ge=0)]


class TournamentMoney(Fact):
    """`tournament/<id>`: counts and amounts of one event; `amounts` is per place, place 1 first.

    Of a flight (`of`: the event it is booked to) entries, rebuys and add-ons are its own, and its state until
    the event's result; pool, guarantee, amounts and what is provisional are those of the event.
    """

    entries: Count
    players: Count
    rebuys: Count = 0
    add_ons: Count = 0
    dealer_add_ons: Count = 0
    buy_in_cents: Cents = 0  # the part of a buy-in that goes to the pool
    pool_cents: Cents
    guarantee_cents: Cents = 0
    bounties_cents: Cents = 0
    amounts: Annotated[list[Cents], Field(max_length=250)]
    provisional: bool
    paid_cents: Cents = 0
    state: Literal["selling", "closed", "confirmed", "settled"] = "selling"
    flights: Annotated[list[Id], Field(max_length=26)] = []  # that are booked to this event
    of: Id | None = None
    entries_all: Count = 0  # of a flight: paid entries of the whole event
    in_money: Count = 0  # of a flight: how many of its places are paid there
    cash_cents: Cents = 0  # each of those
    told: bool = False  # of a flight: what it pays is confirmed


class PaidEntry(Fact):
    """`entry/<entry>`: this life is paid (null after a reversal); `seq` is its ledger entry's number.

    With how often it bought more, as far as that stands. `tournament`: where it plays; `of`: the event that a
    flight is booked to.
    """

    tournament: Id
    player: Id
    kind: Literal["buy_in", "re_entry"]
    seq: Annotated[int, Field(ge=1)]
    of: Id | None = None
    rebuys: Count = 0
    add_ons: Count = 0
    dealer_add_ons: Count = 0


class Prize(Fact):
    """`prize/<tournament>.<place>.<player>`: due, then paid; of a flight by its places, `of` its event."""

    tournament: Id
    player: Id
    place: Annotated[int, Field(ge=1)]
    amount_cents: Cents
    paid_cents: Cents = 0
    seq: Annotated[int, Field(ge=0)] = 0
    of: Id | None = None


class Deal(Fact):
    """`deal/<tournament>`: what the players agreed on who were still in; `amounts` in the order of `players`.

    `place`: how many dealt, so the place that each of them is sure of. `aside_cents` go to who wins.
    """

    place: Annotated[int, Field(ge=2)]
    players: Annotated[list[Id], Field(max_length=500)]
    amounts: Annotated[list[Cents], Field(max_length=500)]
    aside_cents: Cents = 0
    seq: Annotated[int, Field(ge=0)] = 0


class Drawer(Fact):
    """`drawer/<drawer>`: open or closed, and by whom; expected cash is never shown here (blind count)."""

    state: Literal["open", "closed"]
    shift: Annotated[int, Field(ge=0)]
    person: Id | None = None
    name: Line = "Drawer"


def drawer_name(drawer: str) -> str:
    """A drawer's id as people say it: `d1` → "Drawer 1", `Bar-till` → "Bar till", `d` → "Drawer d".

    Twin of `web/src/lib/words/drawer-words.ts`.
    """
    said = drawer.replace("-", " ").replace("_", " ").strip() or drawer
    numbered = _NUMBERED.fullmatch(said)
    if numbered:
        return f"Drawer {int(numbered[1])}"
    return said if len(said) >= _SAID_MIN else f"Drawer {said}"


FACTS = {
    "setup": FactKind(Setup, conflict=False),
    "head": FactKind(CageHead, conflict=False, leaf_only=True),
    "tournament/": FactKind(TournamentMoney, conflict=False, leaf_only=True),
    "entry/": FactKind(PaidEntry, conflict=False, leaf_only=True),
    "prize/": FactKind(Prize, conflict=False, leaf_only=True, ids=PRIZE_ID),
    "deal/": FactKind(Deal, conflict=False, leaf_only=True),
    "drawer/": FactKind(Drawer, conflict=False, leaf_only=True),
}
