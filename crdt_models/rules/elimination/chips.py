"""Chips in play, as a ledger that is only read: what was given out, raced, taken away; and what was counted.

Exact are the sums over the event. What a table should hold is a reckoning: the last known stacks of who
sits there, with what they bought since, and of who went out there since it was counted last, for their chips
stayed. The cage says how often a life bought, never when: so a count says what had been bought by then. Over
all tables these are the chips in play and the differences that were found; chips that a winner carried to
another table show where they are counted. Twin: `web/src/lib/twins/elimination/chips.ts`; both read
`tests/vectors/chips.json`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ...documents.cage import PaidEntry, TournamentMoney
from ...documents.chips import Bag, Checked, InPlay, Stack
from ...documents.elimination import Bust
from ...documents.floor import Seat
from ...documents.structure import Carried, Terms
from ...documents.tournament import Entry, TournamentSetup
from ...documents.typed import many, one
from ...facts import FactReader
from ...stamps import parse
from .standings import standings

__all__ = [
    "ChipsInPlay", "ChipsOff", "Known", "bought_by", "chips_in_play", "chips_off", "expected_at",
    "known_stacks", "unbagged",
]  # fmt: skip


@dataclass(frozen=True)
class ChipsInPlay:
    """Where the chips came from; `removed` and `raced` may be negative. `total`: all of it."""

    entries: int
    rebuys: int
    add_ons: int
    early_birds: int
    raced: int
    removed: int
    corrected: int

    @property
    def total(self) -> int:
        given = self.entries + self.rebuys + self.add_ons + self.early_birds
        return given + self.raced + self.removed + self.corrected


class Known(NamedTuple):
    """What a player should have; `bought` of it since the last count: null where that count does not say."""

    chips: int
    bought: int | None


@dataclass(frozen=True)
class ChipsOff:
    """A table whose count differed from what it should hold, and nobody has said why."""

    table: str
    difference: int
    at_ms: int


def chips_in_play(tournament: FactReader, ident: str, cage: FactReader) -> ChipsInPlay:
    """Of event `ident`; rebuys and add-ons, those for the dealers among them, as the ledger has sold them."""
    money = one(cage, f"tournament/{ident}", TournamentMoney)
    entries, busts = many(tournament, "entry/", Entry), many(tournament, "bust/", Bust)
    moved = many(tournament, "inplay/", InPlay).values()
    sums = {why: sum(event.chips for event in moved if event.why == why) for why in _WHYS}
    taken = sum(bust.stack_before or 0 for bust in busts.values() if bust.how != "bust")
    given = _given(tournament)
    return ChipsInPlay(
        entries=sum(given(entries.get(life)) for life in busts.keys() | entries.keys()),
        rebuys=money.rebuys * _term(tournament, "rebuy") if money and money.rebuys else 0,
        add_ons=_add_ons(tournament, money) if money else 0,
        early_birds=sums["early_bird"],
        raced=sums["raced"],
        removed=sums["forfeited"] - taken,
        corrected=sums["correction"],
    )


def bought_by(tournament: FactReader, ident: str, cage: FactReader) -> Callable[[str], int]:
    """The chips that a life has bought in event `ident` so far, its first stack not among them."""
    chips = {kind: _term(tournament, kind) for kind in ("rebuy", "add_on")}
    for_dealers = _dealer_add_on(tournament)
    sold = many(cage, "entry/", PaidEntry)

    def bought(life: str) -> int:
        paid = sold.get(life)
        if paid is None or paid.tournament != ident:  # a flight's chips come on in the bag
            return 0
        own = paid.rebuys * chips["rebuy"] + paid.add_ons * chips["add_on"]
        return own + paid.dealer_add_ons * for_dealers

    return bought


def known_stacks(tournament: FactReader, ident: str, cage: FactReader) -> Mapping[str, Known]:
    """By player: as counted in the life they play or played last, else as it was given; and bought since."""
    stack_of = _stacks(tournament, bought_by(tournament, ident, cage))
    return {player: stack_of(player, life, None) for player, life in standings(tournament).life_of.items()}


def expected_at(tournament: FactReader, ident: str, cage: FactReader, table: str) -> int:
    """What the stacks of a table of event `ident` should come to."""
    stack_of = _stacks(tournament, bought_by(tournament, ident, cage))
    standing = standings(tournament)
    checked = one(tournament, f"checked/{table}", Checked)
    since = checked.at_ms if checked else -1
    seats, busts = many(tournament, "seat/", Seat), many(tournament, "bust/", Bust)
    here = [
        stack_of(player, standing.life_of[player], None).chips
        for player, seat in seats.items()
        if seat.table == table and player in standing.left
    ]
    stayed = [
        stack_of(bust.player, life, bust.at_ms).chips
        for life, bust in busts.items()
        if bust.table == table and bust.how == "bust" and bust.at_ms > since
    ]
    moved = [
        event.chips
        for event in many(tournament, "inplay/", InPlay).values()
        if event.table == table and event.player is None and event.at_ms > since
    ]
    return max(0, sum(here) + sum(stayed) + sum(moved))


def chips_off(tournament: FactReader) -> list[ChipsOff]:
    """Tables to be counted again or explained, by id."""
    return [
        ChipsOff(table, checked.counted - checked.expected, checked.at_ms)
        for table, checked in many(tournament, "checked/", Checked).items()
        if checked.counted != checked.expected and checked.reason is None
    ]


def unbagged(tournament: FactReader, players: Iterable[str]) -> list[str]:
    """Of these, in their order, whose bag is missing, not signed, or counted twice with different results."""
    bags = many(tournament, "bag/", Bag)
    done = {player for player, bag in bags.items() if bag.signed and bag.second == bag.chips}
    return [player for player in players if player not in done]


_WHYS = ("early_bird", "raced", "forfeited", "correction")


def _given(tournament: FactReader) -> Callable[[Entry | None], int]:
    """What a life began with; None: its entry has not arrived. Reads what all lives share once."""
    first, again = _term(tournament, ""), _term(tournament, "re_entry")
    carried = many(tournament, "carried/", Carried)

    def given(entry: Entry | None) -> int:
        if entry is None:
            return first
        if entry.player in carried:
            return carried[entry.player].chips
        return again if entry.kind == "re-entry" else first

    return given


def _term(tournament: FactReader, kind: str) -> int:
    terms = one(tournament, f"terms/{kind}", Terms) if kind else None
    setup = one(tournament, "setup", TournamentSetup)
    return terms.chips if terms else setup.starting_stack if setup else 0


def _add_ons(tournament: FactReader, money: TournamentMoney) -> int:
    own = money.add_ons * _term(tournament, "add_on") if money.add_ons else 0
    return own + money.dealer_add_ons * _dealer_add_on(tournament)


def _dealer_add_on(tournament: FactReader) -> int:
    """One without terms is money alone."""
    terms = one(tournament, "terms/dealer_add_on", Terms)
    return terms.chips if terms else 0


def _stacks(tournament: FactReader, bought: Callable[[str], int]) -> Callable[[str, str, int | None], Known]:
    """What is known of a life's chips: as counted in it, else as given; with what came and was bought since.

    `(player, life, until)`; what was counted or came after `until` is left out, but for what was bought: that
    was before the life ended. To a count that does not say what had been bought, nothing is added. Reads all
    facts once.
    """
    entries, counts = many(tournament, "entry/", Entry), many(tournament, "stack/", Stack)
    given, got = _given(tournament), many(tournament, "inplay/", InPlay).values()

    def stack_of(player: str, life: str, until: int | None) -> Known:
        entered, count = parse(tournament.stamp(f"entry/{life}")), counts.get(player)
        begins = entered.ms if entered else 0
        if count and begins <= count.at_ms and (until is None or count.at_ms <= until):
            chips, had, since = count.chips, count.bought, count.at_ms
        else:
            chips, had, since = given(entries.get(life)), 0, begins - 1
        own = (event for event in got if event.player == player and event.at_ms > since)
        chips += sum(event.chips for event in own if until is None or event.at_ms <= until)
        more = bought(life)
        more_since = more - had if had is not None else None if more else 0
        return Known(chips + (more_since or 0), more_since)

    return stack_of
