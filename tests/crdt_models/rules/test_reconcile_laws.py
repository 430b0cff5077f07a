"""Floor against money, whatever happened: nothing invented, nothing forgotten, one name a difference."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from crdt_models.documents.tournament import FACTS
from crdt_models.rules.reconcile import GRACE_MS, ROWS_MAX, Disagreement, disagreements
from tests.crdt_models.rules.written import reading

NOW = 1_000_000
PLAYERS = ("ana", "bea", "cyd", "dan")
PAID = {"amount_cents": 5, "paid_cents": 5}


@dataclass
class House:
    """Both truths of event `e`, as facts."""

    floor: dict[str, Any] = field(default_factory=dict)
    money: dict[str, Any] = field(default_factory=dict)

    def rows(self, at_ms: dict[str, int] | None = None) -> list[Disagreement]:
        return disagreements(
            reading("tournament/e", self.floor, at_ms), "e", reading("cage", self.money), NOW
        )

    def sell(self, player: str, life: str, number: int = 1) -> None:
        self.money[f"entry/{life}"] = {"tournament": "e", "player": player, "kind": "buy_in", "seq": number}

    def enter(self, player: str, life: str, number: int = 1) -> None:
        self.floor[f"entry/{life}"] = {"player": player, "number": number}
        self.floor[f"seat/{player}"] = {"table": "t1", "seat": PLAYERS.index(player) + 1}

    def bust(self, player: str, life: str, hand: int) -> None:
        self.floor[f"bust/{life}"] = {"player": player, "at_ms": hand, "hand": f"h{hand}"}
        self.floor.pop(f"seat/{player}", None)


@st.composite
def evenings(draw: st.DrawFn) -> House:
    """An evening in which floor and money did the same."""
    house = House()
    for player in draw(st.lists(st.sampled_from(PLAYERS), unique=True)):
        lives = draw(st.integers(1, 3))
        for number in range(1, lives + 1):
            house.sell(player, f"{player}{number}", number)
            house.enter(player, f"{player}{number}", number)
            if number < lives or draw(st.booleans()):
                house.bust(player, f"{player}{number}", draw(st.integers(1, 9)))
    return house


facts = st.fixed_dictionaries({}, optional={
    **{f"seat/{p}": st.just({"table": "t1", "seat": n + 1}) for n, p in enumerate(PLAYERS)},
    **{f"entry/{p}1": st.just({"player": p, "number": 1}) for p in PLAYERS},
    **{f"bust/{p}1": st.just({"player": p, "at_ms": 5, "hand": p}) for p in PLAYERS},
    **{f"stack/{p}": st.just({"chips": 100, "at_ms": 5}) for p in PLAYERS},
})  # fmt: skip
sales = st.fixed_dictionaries({}, optional={
    **{f"entry/{p}1": st.just({"tournament": "e", "player": p, "kind": "buy_in", "seq": 1}) for p in PLAYERS},
    **{f"prize/e.1.{p}": st.just({"tournament": "e", "player": p, "place": 1, **PAID}) for p in PLAYERS},
})  # fmt: skip


@given(evenings())
def test_where_both_did_the_same_nothing_differs(house: House) -> None:  # [RU60]
    assert house.rows() == []


@given(evenings(), st.data())
def test_a_life_whose_payment_is_missing_is_told_until_it_is_paid_however_it_ends(
    house: House, data: st.DataObject
) -> None:  # [RU60]
    sold = sorted(name.partition("/")[2] for name in house.money)
    if not sold:
        return
    life = data.draw(st.sampled_from(sold))
    gone = house.money.pop(f"entry/{life}")
    player = gone["player"]
    assert player in {row.player for row in house.rows()}
    house.bust(player, life, 10)
    assert (player, life) in {(row.player, row.entry) for row in house.rows()}
    house.money[f"entry/{life}"] = gone
    assert [row for row in house.rows() if row.kind.endswith("unpaid")] == []


@given(facts, sales)
def test_every_difference_has_one_name_that_a_person_can_explain_it_under(
    floor: dict[str, Any], money: dict[str, Any]
) -> None:  # [RU61]
    house = House(floor, money)
    rows = house.rows()
    assert len({row.ident for row in rows}) == len(rows)
    assert all(FACTS["explained/"].ids.fullmatch(row.ident) for row in rows)
    for row in rows:
        house.floor[f"explained/{row.ident}"] = {"reason": "known", "since_ms": row.since_ms}
    assert [row.ident for row in house.rows()] == [row.ident for row in rows]
    assert all(row.explained == "known" for row in house.rows())


@given(facts, sales, st.randoms(use_true_random=False))
def test_the_order_in_which_it_came_changes_nothing(
    floor: dict[str, Any], money: dict[str, Any], chance: Any
) -> None:  # [RU60]
    names = list(floor)
    chance.shuffle(names)
    at_ms = {name: n for n, name in enumerate(floor, start=1)}
    mixed = House({name: floor[name] for name in names}, money)
    assert mixed.rows(at_ms) == House(floor, money).rows(at_ms)


@given(facts, sales)
def test_nothing_younger_than_the_grace_is_told(
    floor: dict[str, Any], money: dict[str, Any]
) -> None:  # [RU60]
    young = NOW - GRACE_MS + 1
    house = reading("tournament/e", floor, dict.fromkeys(floor, young))
    cage = reading("cage", money, dict.fromkeys(money, young))
    assert disagreements(house, "e", cage, NOW) == []


def test_so_many_are_told_and_no_more() -> None:  # [RU60]
    house = House()
    house.floor["clock"] = {"level": 1, "state": "running", "anchor_ms": 0, "remaining_ms": 1}
    for n in range(ROWS_MAX + 5):
        house.money[f"entry/l{n}"] = {"tournament": "e", "player": f"p{n}", "kind": "buy_in", "seq": 1}
    assert len(house.rows()) == ROWS_MAX
