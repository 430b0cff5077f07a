"""Bad input of every kind that moves money: a stable code, and nothing is written."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from ledger.commands import Command, Common, read_command
from ledger.errors import CommandInvalid
from tests.ledger.till import Till, body

SHAPES: dict[str, type[Common]] = {
    get_args(shape.model_fields["kind"].annotation)[0]: shape for shape in get_args(Command)
}
MOVING = sorted(kind for kind, shape in SHAPES.items() if "amount" in shape.model_fields)
GIVEN: dict[str, Any] = {
    "tournament": "t", "player": "ann", "entry": "a1", "drawer": "d", "method": "cash", "place": 1,
    "reason": "x", "received": 9, "to": "back", "table": "t1", "part": "staff", "target": "t", "sponsor": "B",
    "what": "w", "count": {"100": 1}, "jackpot": "j", "marker": 5, "courier": "mia", "dealer": "mia",
}  # fmt: skip
OWN: dict[str, dict[str, Any]] = {
    "draw_envelope": {"by": ["b1"]},
    "issue_marker": {"reference": "T1"},
    "pay_jackpot": {"winners": [["ann", "loser"]]},
    "seed_jackpot": {"source": "house"},
    "bank_in": {"reference": "T1"},
    "bank_out": {"reference": "T1"},
    "settle_clearing": {"side": "paid", "reference": "T1"},
    "vault_out": {"to": "owner"},
}


def asked(kind: str, **fields: Any) -> dict[str, Any]:
    shape = SHAPES[kind]
    needed = {name for name, field in shape.model_fields.items() if field.is_required()}
    given = {name: value for name, value in GIVEN.items() if name in needed | {"drawer"}}
    return {**given, **OWN.get(kind, {}), **fields}


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    with Till(tmp_path_factory.mktemp("bad")) as till:
        till.open_house()
        yield till


@pytest.mark.parametrize("kind", MOVING)
@pytest.mark.parametrize("cents", [-1, 0.5, 1.0, 10**12 + 1, 10**30, "5", True, None])
def test_an_amount_that_is_none_is_named(kind: str, cents: object) -> None:  # [LE10]
    with pytest.raises(CommandInvalid) as invalid:
        read_command(body(kind, **asked(kind, amount={"amount": cents, "currency": "EUR"})))
    assert invalid.value.code == "invalid"
    assert "amount.amount" in invalid.value.details["fields"]


@pytest.mark.parametrize(
    "kind", [kind for kind in sorted(SHAPES) if "reason" in SHAPES[kind].model_fields and kind in MOVING]
)
@pytest.mark.parametrize("reason", [" ", "\u3000 "])
def test_a_blank_is_no_reason(kind: str, reason: str) -> None:  # [LE10]
    amount = {"amount": 5, "currency": "EUR"}
    with pytest.raises(CommandInvalid) as invalid:
        read_command(body(kind, **asked(kind, amount=amount, reason=reason)))
    assert invalid.value.details["faults"] == {"reason": "missing"}


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("knock_out", {"by": [f"e{n}" for n in range(21)]}),
        ("knock_out", {"by": []}),
        ("knock_out", {"by": ["b1", "b1"]}),
        ("knock_out", {"by": ["a1", "b1"]}),
        ("knock_out", {"by": ["b1", "c1"], "method": "balance"}),
        ("knock_out", {"by": ["b1"], "method": "cash", "drawer": None}),
        ("confirm_result", {"places": [["p", "e", 1]] * 501}),
        ("confirm_result", {"places": [["p", "e", 1]], "deal": [["p", 1]]}),
        ("confirm_result", {"places": [["p", "e", 1]], "deal": [["p", 1.5], ["q", 1]]}),
        ("confirm_result", {"places": [["p", "e", 1]], "deal": [["p", -1], ["q", 1]]}),
        ("confirm_seats", {"seats": [["p", "e"]] * 501}),
        ("confirm_seats", {"seats": [], "next": ["p", "e"], "rest": [["p", "e"]]}),
        ("agree_deal", {"way": "icm", "shares": [["p", "e", 1]], "consents": []}),
        ("agree_deal", {"way": "icm", "shares": [["p", "e", -1], ["q", "f", 1]], "consents": []}),
        ("agree_deal", {"way": "guess", "shares": [["p", "e", 1], ["q", "f", 1]], "consents": []}),
        ("agree_deal", {"way": "icm", "shares": [["p", "e", 1]] * 501, "consents": []}),
        ("seal_envelopes", {"envelopes": []}),
        ("seal_envelopes", {"envelopes": [[100, 1], [100, 2]]}),
        ("seal_envelopes", {"envelopes": [[n, 1] for n in range(1, 102)]}),
        ("seal_envelopes", {"envelopes": [[100, 0]]}),
        ("draw_envelope", {"amount": 5, "by": ["a1", "b1"]}),
        ("pay_prize", {"amount": 5, "tax_cents": 6}),
        ("pay_prize", {"amount": 5, "tax_cents": -1}),
        ("pay_prize", {"amount": 5, "method": "card"}),
        ("settle", {"amount": 5, "to": "balance", "player": None}),
        ("withhold", {"amount": 5, "part": "house"}),
        ("unregister", {"back_to": "card"}),
        ("rebuy", {"amount": 5, "method": "ticket", "ticket": "5-1"}),
    ],
)
def test_what_does_not_go_together_is_told(kind: str, fields: dict[str, Any]) -> None:  # [LE10]
    with pytest.raises(CommandInvalid) as invalid:
        read_command(body(kind, **{**asked(kind), **fields}))
    assert invalid.value.code == "invalid"


@pytest.mark.parametrize("kind", MOVING)
def test_another_currency_is_refused_and_nothing_written(till: Till, kind: str) -> None:  # [LE15]
    before = till.journal.tip
    dollars = {"amount": 5, "currency": "USD"}
    assert till.refuse(kind, **asked(kind, amount=dollars)) == "other_currency"
    assert till.journal.tip == before
