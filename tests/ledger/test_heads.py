"""Signed heads: only the box can make one, and it says exactly one thing."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.chain import Tip
from ledger.errors import EntryInvalid
from ledger.heads import Head, Signer, verify_head

SIGNER = Signer.from_seed(b"1" * 32)
TIP = Tip("v", 1, 9, b"h" * 32, 77)


def test_a_head_verifies_with_the_key_that_signed_it() -> None:  # [LE7]
    head = SIGNER.sign(TIP)
    assert verify_head(head, SIGNER.public_key)
    assert Head.from_json(head.as_json()) == head
    assert SIGNER.sign(TIP) == head
    assert not verify_head(head, Signer.from_seed(b"2" * 32).public_key)


@pytest.mark.parametrize(
    "lie", [{"seq": 10}, {"hash": "00" * 32}, {"venue": "w"}, {"term": 2}, {"at_ms": 1},
            {"signature": "AAAA"}, {"key": "0" * 16}]
)  # fmt: skip
def test_a_changed_head_does_not(lie: dict[str, Any]) -> None:  # [LE7]
    assert not verify_head(replace(SIGNER.sign(TIP), **lie), SIGNER.public_key)


@pytest.mark.parametrize(
    "lie", [{"seq": "9"}, {"seq": -1}, {"seq": True}, {"hash": 5}, {"more": 1}, {"key": None}]
)
def test_another_shape_is_no_head(lie: dict[str, Any]) -> None:  # [LE7]
    with pytest.raises(EntryInvalid):
        Head.from_json({**SIGNER.sign(TIP).as_json(), **lie})
    with pytest.raises(EntryInvalid):
        Head.from_json([])
