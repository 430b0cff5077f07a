"""Bytes become a command or a field-level error, and nothing else ever happens."""

import json
from hashlib import sha256
from typing import Any
from unittest.mock import ANY

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.commands import BuyIn, CloseDrawer, read_command, roles_of
from ledger.errors import CommandInvalid
from tests.ledger.till import PROFILE, RULES, body, sale


def why(data: bytes) -> tuple[str, Any]:
    with pytest.raises(CommandInvalid) as invalid:
        read_command(data)
    return invalid.value.code, invalid.value.details.get("fields")


def test_a_buy_in_is_read_whole() -> None:
    read = read_command(body(**sale("buy_in", "p", "e", expects={"entries": 0})))
    assert isinstance(read.command, BuyIn)
    assert read.command.amount.amount == 10_000
    assert read.data["player"] == "p"
    assert "kind" not in read.data


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"kind":"reverse","seq":1' + b"0" * 9_000 + b',"reason":"x"}',
     b'{"kind":"reverse","seq":1,"seq":2,"reason":"x"}', b'{"kind":"reverse","seq":1,"reason":"\\ud800"}'],
)  # fmt: skip
def test_what_is_no_json_is_malformed(data: bytes) -> None:  # [LE10]
    assert why(data)[0] == "malformed"


@pytest.mark.parametrize("data", [b"[]", b"null", b"7", b"{}", b'{"kind":"give"}', b'{"kind":7}'])
def test_what_names_no_kind_is_invalid(data: bytes) -> None:  # [LE10]
    assert why(data) == ("invalid", {"kind": why(data)[1]["kind"]})


def test_unknown_fields_are_named_at_any_depth() -> None:  # [LE10]
    assert why(body(**sale("buy_in", "p", "e", tip=1))) == ("unknown_field", ["tip"])
    amount = {"amount": 1, "currency": "EUR", "more": 2}
    assert why(body("vault_in", amount=amount)) == ("unknown_field", ["amount.more"])
    assert why(body("adopt_profile", profile={**PROFILE, "rake": 1})) == ("unknown_field", ["profile.rake"])


@pytest.mark.parametrize("amount", [1.0, 1.5, -1, 0, "5", True, None, 10**12 + 1, 1e3, [], {}])
def test_an_amount_is_a_positive_whole_number(amount: object) -> None:  # [LE10]
    code, fields = why(body("vault_in", amount={"amount": amount, "currency": "EUR"}))
    assert (code, list(fields)) == ("invalid", ["amount.amount"])


@pytest.mark.parametrize(
    "changes",
    [
        {"player": ""}, {"player": "a b"}, {"player": "x" * 37}, {"player": "é"}, {"drawer": None},
        {"method": "shells"}, {"amount": {"amount": 1}}, {"expects": {"entries": -1}}, {"names": "a b"},
        {"intent": {}}, {"second": {"person": "x"}}, {"tournament": "t\n"},
    ],
)  # fmt: skip
def test_a_field_that_is_not_as_it_must_be_is_named(changes: dict[str, Any]) -> None:  # [LE10]
    code, fields = why(body(**{**sale("buy_in", "p", "e"), **changes}))
    assert code == "invalid"
    assert [name.split(".")[0] for name in fields] == list(changes)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"drawer": None}, "drawer"),
        ({"method": "card"}, "reference"),
        ({"method": "bank"}, "reference"),
        ({"reference": "slip 7"}, "reference"),
        ({"method": "card", "reference": "4242 4242-4242 4242"}, "reference"),
        ({"method": "bank", "reference": "5500005555555559"}, "reference"),
        ({"method": "bank", "reference": "a\nb"}, "reference"),
        ({"received": 5}, "received"),
        ({"ticket": "t1"}, "ticket"),
    ],
)
def test_a_means_names_what_it_needs_and_no_card(changes: dict[str, Any], field: str) -> None:  # [LE51]
    assert why(body(**{**sale("buy_in", "p", "e"), **changes})) == ("invalid", {field: ANY})


def test_a_slip_number_is_no_card_number() -> None:  # [LE51]
    paid = {"method": "bank", "reference": "RF18 5390 0754 7035"}
    read = read_command(body(**{**sale("buy_in", "p", "e"), **paid, "drawer": None}))
    assert read.data["reference"] == paid["reference"]


@pytest.mark.parametrize(
    "payout",
    [
        {"unit_cents": 100, "tables": []},
        {"unit_cents": 0, "tables": [{"entries_min": 1, "entries_max": 9, "basis_points": [10_000]}]},
        {"unit_cents": 1, "tables": [{"entries_min": 1, "entries_max": 9, "basis_points": [9_999]}]},
        {"unit_cents": 1, "tables": [{"entries_min": 1, "entries_max": 9, "basis_points": [4_000, 6_000]}]},
        {"unit_cents": 1, "tables": [{"entries_min": 9, "entries_max": 1, "basis_points": [10_000]}]},
        {"unit_cents": 1, "tables": [{"entries_min": 1, "entries_max": 9, "basis_points": [10_000]},
                                     {"entries_min": 12, "entries_max": 20, "basis_points": [10_000]}]},
    ],
)  # fmt: skip
def test_a_payout_table_adds_up_and_leaves_no_hole(payout: dict[str, Any]) -> None:  # [LE23]
    assert why(body("adopt_tournament", tournament="t", rules={**RULES, "payout": payout}))[0] == "invalid"


def test_counted_pieces_add_up() -> None:
    read = read_command(body("close_drawer", drawer="d", counted={"5000": 3, "50": 1}))
    assert isinstance(read.command, CloseDrawer)
    assert read.command.counted_cents == 15_050
    assert why(body("close_drawer", drawer="d", counted={"0": 3}))[0] == "invalid"
    assert why(body("close_drawer", drawer="d", counted={"5": 1.0}))[0] == "invalid"


def test_the_content_hash_knows_order_and_pin_not() -> None:  # [LE9]
    one = body("reverse", seq=4, reason="x", second={"person": "zoe", "pin": "1111"})
    other = json.dumps(
        {
            "second": {"pin": "2222", "person": "zoe"},
            "names": None,
            "reason": "x",
            "seq": 4,
            "kind": "reverse",
        }
    )
    assert read_command(one).content == read_command(other.encode()).content
    assert "1111" not in repr(read_command(one).data)
    assert read_command(one).content != read_command(body("reverse", seq=5, reason="x")).content


@given(st.text('aé\u2028😀"\\/', min_size=1, max_size=8), st.integers(1, 2**53 - 1), st.booleans())
def test_content_is_that_of_the_sorted_text_however_it_came(
    reason: str, seq: int, escaped: bool
) -> None:  # [LE9]
    said = {"kind": "reverse", "seq": seq, "reason": "x" + reason}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for layout in (None, (",", ":")):
        came = json.dumps({**said, "drawer": None}, ensure_ascii=escaped, separators=layout).encode()
        assert read_command(came).content == sha256(text.encode()).hexdigest()
        assert read_command(came).data == {"seq": seq, "reason": "x" + reason}


def test_only_managers_adopt_close_and_confirm() -> None:  # [LE17]
    assert "cashier" in roles_of("buy_in")
    assert "cashier" in roles_of("pay_prize")
    for kind in ("adopt_profile", "adopt_tournament", "vault_in", "close_registration", "confirm_result"):
        assert "cashier" not in roles_of(kind)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
        lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=3), v, max_size=3),
    ),
    st.sampled_from(
        ["amount", "drawer", "counted", "places", "rules", "profile", "expects", "seq", "second"]
    ),
    st.sampled_from(
        ["buy_in", "close_drawer", "confirm_result", "adopt_tournament", "adopt_profile", "reverse"]
    ),
)
@settings(max_examples=200)  # fmt: skip
def test_no_value_breaks_the_reader(value: object, field: str, kind: str) -> None:
    with pytest.raises(CommandInvalid):
        read_command(json.dumps({"kind": kind, field: value}).encode())
