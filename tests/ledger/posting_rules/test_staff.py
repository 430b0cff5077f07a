"""Tips into the staff pool, shares out of it."""

from typing import Any

from tests.ledger.till import PROFILE, Till, legs


def test_tips_go_into_the_pool_and_shares_out_of_it(till: Till) -> None:  # [LE88]
    till.post("cash_buy_in", player="ann", drawer="d", amount=5_000)
    assert legs(till.post("take_tip", table="c1", amount=900)) == [("2000", 900), ("2040", -900)]
    assert legs(till.post("take_tip", method="cash", drawer="d", amount=100)) == [
        ("1010/d", 100), ("2040", -100),
    ]  # fmt: skip
    share: dict[str, Any] = {"dealer": "dee", "drawer": "d"}
    posted = till.post("pay_staff", **share, amount=600)
    assert legs(posted) == [("2040", 600), ("1010/d", -600)]
    assert posted.link.entry.data["pool_after_cents"] == 400
    assert till.refuse("pay_staff", **share, amount=401) == "over_due"
    till.post("reverse", seq=posted.link.entry.seq, reason="x")
    till.post("pay_staff", dealer="dee", method="bank", reference="T 1", amount=1_000)


def test_payout_limits_hold_for_staff(till: Till) -> None:  # [LE70] [LE88]
    till.post("adopt_profile", profile={**PROFILE, "payout_limit_cents": 500, "payout_day_limit_cents": 600})
    till.post("take_tip", method="cash", drawer="d", amount=5_000)
    share: dict[str, Any] = {"dealer": "dee", "drawer": "d"}
    assert till.refuse("pay_staff", **share, amount=501) == "needs_second"
    till.post("pay_staff", **share, amount=500)
    assert till.refuse("pay_staff", **share, amount=101) == "needs_second"
    till.post("pay_staff", dealer="dom", drawer="d", amount=500)
