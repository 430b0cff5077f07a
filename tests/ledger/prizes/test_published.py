"""Tables as printed, and the curve for a share of the field."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ledger.adopted import Payout
from ledger.prizes.curve import CURVE_PLACES_MAX, curve, places_paid
from ledger.prizes.payouts import BASIS_POINTS, MILLIONTHS, held_by, table_fault
from ledger.prizes.published import COLUMNS, column, fault_of, sets

OFF = "online-low-66-100"


def test_one_printed_column_is_off_and_refused_by_name() -> None:  # [RU102]
    faults = [fault for fault in map(fault_of, COLUMNS) if fault]
    assert faults == [f"{OFF}: places add up to 9910, not 10000 basis points"]
    found = column(OFF)
    table = {"entries_min": 66, "entries_max": 100, "basis_points": list(found.basis_points)}
    with pytest.raises(ValidationError, match="the table for 66 to 100 entries: places add up to 9910"):
        Payout.model_validate({"unit_cents": 100, "tables": [table]})


def test_every_column_has_its_own_name_and_source() -> None:  # [RU102]
    assert len({found.name for found in COLUMNS}) == len(COLUMNS) >= 17
    assert all(found.source for found in COLUMNS)


def test_sets_can_be_adopted_as_they_are() -> None:  # [RU102]
    adopted = [
        Payout.model_validate(
            {
                "unit_cents": 100,
                "tables": [
                    {
                        "entries_min": one.entries_min,
                        "entries_max": one.entries_max,
                        "basis_points": [*one.basis_points],
                    }
                    for one in found.columns
                ],
            }
        )
        for found in sets()
    ]
    assert len(adopted) >= 5
    nine = (3_000, 2_000, 1_200, 1_000, 800, 650, 550, 450, 350)
    assert adopted[0].amounts(1_000_000, 60) == tuple(100 * share for share in nine)


@pytest.mark.parametrize("places", range(1, CURVE_PLACES_MAX + 1))
def test_a_curve_is_a_table(places: int) -> None:  # [RU103]
    found = curve(places)
    assert len(found) == places
    assert table_fault(found) is None


def test_a_curve_gives_more_to_first_the_fewer_are_paid() -> None:  # [RU103]
    firsts = [curve(places)[0] for places in (1, 2, 3, 5, 9, 15, 27, 54, 100, 250)]
    assert all(more > less for more, less in pairwise(firsts))


@pytest.mark.parametrize("places", [0, CURVE_PLACES_MAX + 1])
def test_no_curve_without_places(places: int) -> None:
    with pytest.raises(ValueError, match="places"):
        curve(places)


@given(st.integers(1, 100_000), st.integers(1, 5_000))
def test_a_share_of_the_field_is_paid(entries: int, field_bp: int) -> None:  # [RU103]
    places = places_paid(entries, field_bp)
    assert 1 <= places <= min(entries, CURVE_PLACES_MAX)
    if 1 < places < CURVE_PLACES_MAX:
        assert (places - 1) * BASIS_POINTS < entries * field_bp <= places * BASIS_POINTS


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "either"),
        (
            {"field_bp": 1_500, "tables": [{"entries_min": 1, "entries_max": 9, "basis_points": [10_000]}]},
            "either",
        ),
        ({"tables": [{"entries_min": 1, "entries_max": 9}]}, "millionths or fixed"),
        (
            {"tables": [{"entries_min": 1, "entries_max": 9, "basis_points": [10_000], "fixed_cents": [1]}]},
            "millionths or fixed",
        ),
        (
            {"tables": [{"entries_min": 1, "entries_max": 9, "millionths": [10_000]}]},
            "not 1000000 millionths",
        ),
        ({"tables": [{"entries_min": 1, "entries_max": 9, "fixed_cents": [10, 20]}]}, "better one"),
        ({"tables": [{"entries_min": 1, "entries_max": 9, "fixed_cents": [0]}]}, "one cent"),
        ({"field_bp": 0}, "greater"),
        ({"field_bp": 5_001}, "less"),
    ],
)
def test_tables_or_a_share_of_the_field_and_not_both(said: dict[str, object], why: str) -> None:  # [RU103]
    with pytest.raises(ValidationError, match=why):
        Payout.model_validate({"unit_cents": 100, **said})


def test_fifteen_per_cent_of_a_field_is_fifteen_places() -> None:  # [RU103]
    found = Payout.model_validate({"unit_cents": 100, "field_bp": 1_500})
    assert len(found.amounts(10**6, 100)) == 15
    assert len(found.amounts(10**6, 101)) == 16
    assert len(found.amounts(10**6, 0)) == 1


@st.composite
def adopted(draw: st.DrawFn) -> Payout:
    """Any payout a house may adopt: tables of every kind over rising ranges, or a share of the field."""
    said: dict[str, object] = {
        "unit_cents": draw(st.sampled_from([1, 5, 100, 2_500])),
        "remainder": draw(st.sampled_from(["first", "units_from_top"])),
        "min_cash_cents": draw(st.integers(0, 50_000)),
    }
    if draw(st.booleans()):
        return Payout.model_validate({**said, "field_bp": draw(st.integers(1, 5_000))})
    tables, low = [], 1
    for _ in range(draw(st.integers(1, 4))):
        high = low + draw(st.integers(0, 200))
        tables.append({"entries_min": low, "entries_max": high, **draw(places())})
        low = high + 1
    return Payout.model_validate({**said, "tables": tables})


@st.composite
def places(draw: st.DrawFn) -> dict[str, list[int]]:
    kind = draw(st.sampled_from(["basis_points", "millionths", "fixed_cents"]))
    weights = sorted(draw(st.lists(st.integers(1, 10**6), min_size=1, max_size=40)), reverse=True)
    if kind == "fixed_cents":
        return {kind: weights}
    whole = BASIS_POINTS if kind == "basis_points" else MILLIONTHS
    shares = [max(1, weight * whole // sum(weights)) for weight in weights]
    shares[0] += whole - sum(shares)
    return {kind: sorted(shares, reverse=True)} if shares[0] > 0 else {kind: [whole]}


@given(adopted(), st.integers(0, 10**9), st.integers(0, 1_000), st.integers(0, 60))
def test_whatever_is_adopted_pays_the_pool_and_never_more_to_a_worse_place(
    payout: Payout, pool: int, entries: int, players: int
) -> None:  # [RU150] [RU151] [RU152]
    amounts = payout.amounts(pool, entries)
    held = held_by(players, amounts)
    for paid in (amounts, held):
        assert sum(paid) == pool
        assert all(better >= worse >= 0 for better, worse in pairwise(paid))
    assert len(held) <= max(1, players)
    assert Payout.model_validate_json(payout.model_dump_json(exclude_none=True)) == payout
