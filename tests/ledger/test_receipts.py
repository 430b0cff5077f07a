"""What a receipt says."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.heads import Head, verify_head
from ledger.journal import Posted
from ledger.receipts import receipt, short_hash
from tests.ledger.till import SIGNER, Till, sale


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    with Till(tmp_path) as till:
        till.open_house()
        yield till


def of(posted: Posted) -> dict[str, Any]:
    return receipt(posted.link, SIGNER.sign(posted.link.tip), "EUR", copy=False)


def lines(posted: Posted) -> list[tuple[str, int]]:
    return [(line["text"], line["amount_cents"]) for line in of(posted)["lines"]]


def test_a_buy_ins_receipt_has_the_parts_and_the_proof(till: Till) -> None:  # [LE8]
    posted = till.post(**sale("buy_in", "ann", "a1"))
    found = of(posted)
    assert lines(posted) == [("Prize pool", 8_000), ("Fee", 1_000), ("Bounty", 1_000), ("Received", 10_000)]
    assert (found["seq"], found["number"], found["direction"], found["total_cents"]) == (6, 1, "in", 10_000)
    assert found["hash_short"] == short_hash(posted.link.hash)
    assert len(found["hash_short"]) == 16
    head = Head.from_text(found["qr"])
    assert (head.seq, head.hash) == (6, posted.link.hash.hex())
    assert verify_head(head, SIGNER.public_key)


def test_a_void_names_the_original(till: Till) -> None:  # [LE8] [LE25]
    seq = till.post(**sale("buy_in", "ann", "a1")).link.entry.seq
    found = of(till.post("reverse", seq=seq, reason="wrong player"))
    assert (found["undoes"], found["direction"], found["reason"]) == (seq, "out", "wrong player")


def test_a_count_shows_over_or_short(till: Till) -> None:  # [LE8] [LE26]
    posted = till.post("close_drawer", drawer="d", counted={"5000": 3})
    assert lines(posted) == [("Counted", 15_000), ("Expected", 20_000), ("Short", -5_000)]


def test_a_part_payment_shows_what_is_still_due(till: Till) -> None:  # [LE8] [LE24]
    till.post(**sale("buy_in", "ann", "a1"))
    till.post("close_registration", tournament="t")
    till.post("confirm_result", tournament="t", places=[["ann", "a1", 1]])
    paid = {"tournament": "t", "player": "ann", "place": 1, "drawer": "d", "method": "cash"}
    assert lines(till.post("pay_prize", **paid, amount=3_000)) == [("Paid out", 3_000), ("Still due", 5_000)]


def test_money_that_is_no_cash_is_told_by_its_means(till: Till) -> None:  # [LE120]
    card = till.post("deposit", player="ann", method="card", reference="s1", amount=30_000)
    assert lines(card) == [("Received", 30_000), ("Into the balance", 30_000)]
    assert of(card)["drawer_cents"] == 0  # nothing for a drawer to spring open
    entry = till.post(**sale("buy_in", "ann", "a1", method="balance"))
    assert lines(entry)[-1:] == [("From the balance", 10_000)]
    assert (of(entry)["direction"], of(entry)["total_cents"]) == ("", 0)
    back = till.post("withdraw", player="ann", method="cash", drawer="d", amount=5_000)
    assert lines(back) == [("Paid out", 5_000), ("From the balance", 5_000), ("Balance after it", 15_000)]


def test_a_result_names_what_each_place_is_due(till: Till) -> None:  # [LE120]
    for n in range(2):
        till.post(**sale("buy_in", f"p{n}", f"a{n}"))
    till.post("close_registration", tournament="t")
    places = [["p0", "a0", 1], ["p1", "a1", 2]]
    confirmed = till.post("confirm_result", tournament="t", places=places)
    assert lines(confirmed) == [("Place 1", 10_400), ("Place 2", 5_600)]
