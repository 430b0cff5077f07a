"""From the close to the last cent: what is withheld, deals, corrections, tax, every way to pay a prize."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.journal import Posted
from ledger.posting_rules import amounts_now
from tests.ledger.till import PROFILE, RULES, Till, sale

PLACES = [["ann", "a1", 1], ["bob", "b1", 2]]  # 15,600 and 8,400
TURNED = [["bob", "b1", 1], ["ann", "a1", 2]]
CASH = {"method": "cash", "drawer": "d"}
BANK = {"method": "bank", "reference": "TX-1"}


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        for name in ("ann", "bob", "cid"):
            till.post(**sale("buy_in", name, f"{name[0]}1"))
        yield till


def legs(posted: Posted) -> list[tuple[str, int]]:
    return [(account, amount) for account, amount in posted.link.entry.postings]


def confirm(till: Till, **fields: Any) -> Posted:
    till.post("close_registration", tournament="t")
    return till.post("confirm_result", tournament="t", places=PLACES, **fields)


def pay(till: Till, player: str, place: int, amount: int, **means: Any) -> Posted:
    return till.post(
        "pay_prize", tournament="t", player=player, place=place, amount=amount, **(means or CASH)
    )


def test_a_prize_goes_to_a_balance_or_a_bank(till: Till) -> None:  # [LE24]
    confirm(till)
    assert legs(pay(till, "ann", 1, 5_600, method="balance"))[1] == ("2030/ann", -5_600)
    assert legs(pay(till, "ann", 1, 10_000, **BANK))[1] == ("1015", -10_000)
    assert till.journal.book.state.tournaments["t"].prizes[1, "ann"].due_cents == 0


def test_tax_is_withheld_from_a_prize(till: Till) -> None:  # [LE56]
    confirm(till)
    posted = pay(till, "ann", 1, 15_600, tax_cents=4_680, **CASH)
    assert legs(posted) == [("2070/t", 15_600), ("1010/d", -10_920), ("2080", -4_680)]
    till.post("reverse", seq=posted.link.entry.seq, reason="no tax on this one")
    assert till.balance("2080") == 0
    assert legs(pay(till, "ann", 1, 15_600, tax_cents=15_600, **CASH)) == [
        ("2070/t", 15_600),
        ("2080", -15_600),
    ]


def test_tax_withheld_is_handed_on_and_no_more(till: Till) -> None:  # [LE56]
    confirm(till)
    pay(till, "ann", 1, 15_600, tax_cents=4_680, **CASH)
    tax: dict[str, Any] = {"reason": "November", **BANK}
    assert till.refuse("pay_tax", **tax, amount=4_681) == "over_due"
    posted = till.post("pay_tax", **tax, amount=4_680)
    assert legs(posted) == [("2080", 4_680), ("1015", -4_680)]
    till.post("reverse", seq=posted.link.entry.seq, reason="bounced")
    assert till.balance("2080") == -4_680


def test_a_deal_shares_what_its_players_would_have_got(till: Till) -> None:  # [LE57]
    posted = confirm(till, deal=[["bob", 11_999], ["ann", 12_001]])
    assert legs(posted) == [("2010/t", 24_000), ("2070/t", -12_001), ("2070/t", -11_999)]
    pay(till, "bob", 2, 11_999)


@pytest.mark.parametrize(
    "deal",
    [
        [["ann", 12_000], ["bob", 11_999]],
        [["ann", 12_000], ["bob", 12_001]],
        [["ann", 12_000], ["cid", 12_000]],
        [["ann", 12_000], ["ann", 12_000]],
        [["ann", 12_000], ["bob", 12_000], ["ann", 0]],
    ],
)
def test_a_deal_that_is_not_the_sum_is_refused(till: Till, deal: list[Any]) -> None:  # [LE57]
    till.post("close_registration", tournament="t")
    assert till.refuse("confirm_result", tournament="t", places=PLACES, deal=deal) == "deal_wrong"


def test_a_correction_after_a_payout_books_the_difference(till: Till) -> None:  # [LE58]
    confirmed = confirm(till)
    pay(till, "ann", 1, 15_600)
    assert till.refuse("reverse", seq=confirmed.link.entry.seq, reason="x") == "not_reversible"
    corrected = till.post("correct_result", tournament="t", places=TURNED, reason="chips miscounted")
    assert legs(corrected) == [("2070/t", 7_200), ("2070/t", -7_200)]
    assert corrected.link.entry.data["differences"] == [["ann", -7_200], ["bob", 7_200]]
    pay(till, "bob", 1, 15_600)
    assert till.balance("2070/t") == 7_200  # ann owes it
    owes = {"tournament": "t", "player": "ann", **CASH}
    assert till.refuse("return_prize", **owes, amount=7_201) == "over_due"
    assert till.refuse("return_prize", **{**owes, "player": "bob"}, amount=1) == "nothing_due"
    till.post("end_bounties", tournament="t", reason="x")
    pay_bounty = {"tournament": "t", "player": "bob", "amount": 3_000}
    till.post("pay_bounty", **pay_bounty, **CASH)
    back = till.post("return_prize", **owes, amount=7_200)
    assert till.balance("2070/t") == 0
    assert till.journal.book.state.tournaments["t"].shown_state == "settled"
    till.post("reverse", seq=back.link.entry.seq, reason="bad cheque")
    assert till.journal.book.state.tournaments["t"].shown_state == "confirmed"
    assert till.refuse("reverse", seq=confirmed.link.entry.seq, reason="x") == "not_reversible"
    assert till.refuse("reverse", seq=corrected.link.entry.seq, reason="x") == "not_reversible"


def test_who_was_paid_and_is_placed_no_more_owes_it_back(till: Till) -> None:  # [LE58]
    confirm(till)
    pay(till, "bob", 2, 400)
    till.post("correct_result", tournament="t", places=[PLACES[0], ["cid", "c1", 2]], reason="x")
    pay(till, "cid", 2, 8_400)
    pay(till, "ann", 1, 15_600)
    till.post("return_prize", tournament="t", player="bob", amount=400, **CASH)
    till.post("correct_result", tournament="t", places=PLACES, reason="right after all")
    assert (
        till.refuse("correct_result", tournament="t", places=[["ann", "b1", 1], PLACES[1]], reason="x") != ""
    )
    pay(till, "bob", 2, 8_400)
    till.post("return_prize", tournament="t", player="cid", amount=8_400, **CASH)
    assert till.balance("2070/t") == 0


def test_staff_and_costs_come_out_of_the_pool_before_the_result(till: Till) -> None:  # [LE59]
    asked = {"tournament": "t", "part": "staff", "amount": 1_000, "reason": "dealers"}
    assert till.refuse("withhold", **asked) == "registration_open"
    closed = till.post("close_registration", tournament="t").link.entry.seq
    assert legs(till.post("withhold", **asked)) == [("2010/t", 1_000), ("2040", -1_000)]
    costs = till.post("withhold", **{**asked, "part": "costs", "amount": 3_000})
    assert legs(costs) == [("2010/t", 3_000), ("4030", -3_000)]
    assert till.refuse("reverse", seq=closed, reason="x") == "not_reversible"
    till.post("reverse", seq=costs.link.entry.seq, reason="the room was free")
    assert till.refuse("withhold", **{**asked, "amount": 23_001}) == "limit"
    posted = till.post("confirm_result", tournament="t", places=PLACES)
    assert legs(posted)[0] == ("2010/t", 23_000)
    assert till.balance("2010/t") == 0
    assert till.refuse("withhold", **asked) == "already_confirmed"


def test_rules_may_withhold_for_staff_at_the_close(tmp_path: Path) -> None:  # [LE59]
    with Till(tmp_path) as till:
        till.open_house(withheld_staff_bp=300, guarantee_cents=10_000)
        till.post(**sale("buy_in", "ann", "a1"))
        posted = till.post("close_registration", tournament="t")
        assert legs(posted) == [("2010/t", 240), ("2040", -240), ("5000", 2_240), ("2010/t", -2_240)]
        asked = {"tournament": "t", "part": "costs", "amount": 1, "reason": "x"}
        assert till.refuse("withhold", **asked) == "limit"
        till.post("reverse", seq=posted.link.entry.seq, reason="one more")
        till.post(**sale("buy_in", "bob", "b1"))
        posted = till.post("close_registration", tournament="t")
        assert legs(posted) == [("2010/t", 480), ("2040", -480)]
        assert posted.link.entry.data["pool_cents"] == 15_520


def test_costs_stay_within_the_share_of_the_profile(till: Till) -> None:  # [LE59] [LE27]
    till.post("adopt_profile", profile={**PROFILE, "cost_share_bp": 1_000})  # of 30,000; 3,000 are fees
    assert till.refuse(**sale("add_on", "ann", "a1")) == "limit"
    till.post("close_registration", tournament="t")
    asked = {"tournament": "t", "part": "costs", "amount": 1, "reason": "x"}
    assert till.refuse("withhold", **asked) == "limit"


def table(**places: Any) -> dict[str, Any]:
    return {"unit_cents": 100, "tables": [{"entries_min": 1, "entries_max": 99, **places}]}


def due_of(folder: Path, payout: dict[str, Any], **rules: Any) -> list[int]:
    """What three entries of 80.00 in the pool make of a table; after it the accounts are empty."""
    with Till(folder) as till:
        till.open_house(payout=payout, **rules)
        for name in ("ann", "bob", "cid"):
            till.post(**sale("buy_in", name, f"{name[0]}1"))
        till.post("close_registration", tournament="t")
        places = [["ann", "a1", 1], ["bob", "b1", 2], ["cid", "c1", 3]]
        paid = till.journal.book.state.tournaments["t"]
        confirmed = till.post("confirm_result", tournament="t", places=places[: len(amounts_now(paid))])
        due: list[list[Any]] = confirmed.link.entry.data["due"]
        for player, _, place, cents in due:
            till.post("pay_prize", tournament="t", player=player, place=place, amount=cents, **BANK)
        assert (till.balance("2010/t"), till.balance("2070/t")) == (0, 0)
        till.reopen()  # what is adopted is read again as it was
        assert amounts_now(till.journal.book.state.tournaments["t"]) == tuple(cents for *_, cents in due)
        return [cents for *_, cents in due]


@pytest.mark.parametrize(
    ("payout", "rules", "due"),
    [
        (table(millionths=[501_250, 298_750, 200_000]), {}, [12_100, 7_100, 4_800]),
        (table(fixed_cents=[12_000, 7_500, 4_500]), {}, [12_000, 7_500, 4_500]),
        (table(fixed_cents=[5_001, 3_000, 2_000]), {}, [19_000, 3_000, 2_000]),
        (table(fixed_cents=[20_000, 9_000, 4_500]), {}, [10_500, 9_000, 4_500]),
        (table(fixed_cents=[20_000, 9_000, 4_500]), {"guarantee_cents": 33_500}, [20_000, 9_000, 4_500]),
        (table(basis_points=[4_000, 3_000, 2_000, 1_000]), {}, [12_000, 7_200, 4_800]),  # no fourth player
        (table(fixed_cents=[100, 90, 80, 70, 60]), {}, [23_830, 90, 80]),
    ],
)
def test_every_kind_of_table_pays_the_pool(
    tmp_path: Path, payout: dict[str, Any], rules: dict[str, Any], due: list[int]
) -> None:  # [RU150] [RU151] [RU152]
    assert due_of(tmp_path, payout, **rules) == due


def test_a_table_of_more_places_than_entries_is_refused(till: Till) -> None:  # [RU152]
    three = {"entries_min": 1, "entries_max": 2, "basis_points": [5_000, 3_000, 2_000]}
    rules = {**RULES, "payout": {"unit_cents": 100, "tables": [three]}}
    assert till.refuse("adopt_tournament", tournament="t", rules=rules) == "places_wrong"
    three["entries_max"] = 3
    till.post("adopt_tournament", tournament="t", rules=rules)
