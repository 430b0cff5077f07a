"""Where the profile has a least age, somebody sees it once before a player is sold anything."""

from typing import Any

import pytest

from ledger.journal import Posted, Refused
from tests.ledger.till import PROFILE, RULES, Till, legs, sale

LATE = {"intent": {"recorded_ms": 5}}
CHIPS: dict[str, Any] = {"kind": "cash_buy_in", "player": "ann", "drawer": "d", "amount": 5_000}


@pytest.fixture
def strict(till: Till) -> Till:
    till.post("adopt_profile", profile={**PROFILE, "age_min": 18})
    return till


def test_the_refusal_says_what_to_do(strict: Till) -> None:  # [LE167]
    outcome = strict.ask(**sale("buy_in", "ann", "a1"))
    assert isinstance(outcome, Refused)
    assert (outcome.refusal.code, outcome.refusal.details) == ("age_not_seen", {"age_min": 18, "age_seen": 0})
    assert outcome.refusal.message == (
        "Nobody has checked this player's age yet. Look at a document, then say so."
    )


def test_it_is_seen_once_for_all_that_is_sold(strict: Till) -> None:  # [LE167]
    rules = {**RULES, "prices": {**RULES["prices"], "dealer_add_on": {"prize_cents": 0, "staff_cents": 500}}}
    strict.post("adopt_tournament", tournament="t", rules=rules)
    assert strict.refuse(**CHIPS) == "age_not_seen"
    seen = strict.post(**sale("buy_in", "ann", "a1"), age_seen=18, person="cat")
    assert (seen.link.entry.data["age_seen"], seen.link.entry.person) == (18, "cat")
    for kind, entry in (("re_entry", "a2"), ("rebuy", "a1"), ("add_on", "a1"), ("dealer_add_on", "a1")):
        posted = strict.post(**sale(kind, "ann", entry))
        assert "age_seen" not in posted.link.entry.data
    strict.post(**CHIPS)
    assert strict.refuse(**{**CHIPS, "player": "bob"}) == "age_not_seen"
    strict.post(**{**CHIPS, "player": "bob"}, age_seen=30)
    strict.post(**sale("buy_in", "bob", "b1"))


def test_every_kind_of_sale_asks(strict: Till) -> None:  # [LE167]
    strict.post("adopt_profile", profile=PROFILE)
    strict.post(**sale("buy_in", "ann", "a1"))
    strict.post("adopt_profile", profile={**PROFILE, "age_min": 18})
    for kind, entry in (("re_entry", "a2"), ("rebuy", "a1"), ("add_on", "a1")):
        assert strict.refuse(**sale(kind, "ann", entry)) == "age_not_seen"


def test_an_older_age_is_seen_anew(strict: Till) -> None:  # [LE167]
    strict.post(**sale("buy_in", "ann", "a1"), age_seen=18)
    strict.post("adopt_profile", profile={**PROFILE, "age_min": 21})
    assert strict.refuse(**CHIPS) == "age_not_seen"
    strict.post(**CHIPS, age_seen=21)
    strict.post(**sale("rebuy", "ann", "a1"))


@pytest.mark.parametrize("profile", [PROFILE, {**PROFILE, "age_min": 0}])
def test_without_a_least_age_nobody_asks(till: Till, profile: dict[str, Any]) -> None:  # [LE167]
    till.post("adopt_profile", profile=profile)
    till.post(**sale("buy_in", "ann", "a1"))
    till.post(**CHIPS)


def test_cash_taken_without_the_leaf_waits_until_it_was_seen(strict: Till) -> None:  # [LE168]
    taken = strict.post(**sale("buy_in", "ann", "a1"), **LATE)
    assert (taken.link.entry.kind, taken.link.entry.data["refusal"]) == ("suspense", "age_not_seen")
    seq = taken.link.entry.seq
    settled = {**sale("buy_in", "ann", "a1"), "method": "received", "drawer": None, "received": seq}
    assert strict.refuse(**settled) == "age_not_seen"
    posted = strict.post(**settled, age_seen=18)
    assert legs(posted)[0] == (taken.link.entry.postings[1].account, 10_000)


def test_what_a_till_said_without_the_leaf_counts(strict: Till) -> None:  # [LE168]
    assert strict.post(**sale("buy_in", "ann", "a1"), **LATE, age_seen=18).link.entry.kind == "buy_in"
    waits = strict.post(**sale("rebuy", "bob", "b1"), **LATE, age_seen=18)
    assert waits.link.entry.kind == "suspense"
    strict.post(**sale("buy_in", "bob", "b1"))


def test_a_sale_that_is_reversed_takes_its_word_back(strict: Till) -> None:  # [LE169]
    first = strict.post(**CHIPS, age_seen=18).link.entry.seq
    second = strict.post(**CHIPS, age_seen=18).link.entry.seq  # says no more than is known
    strict.post("reverse", seq=second, reason="other person")
    strict.post(**CHIPS)
    strict.post("reverse", seq=first, reason="other person")
    assert strict.refuse(**CHIPS) == "age_not_seen"
    state = strict.journal.book.state
    assert state.ages == {}
    strict.reopen()
    assert strict.journal.book.state == state


def test_a_refund_takes_nothing_of_it_back(strict: Till) -> None:  # [LE169]
    strict.post(**sale("buy_in", "ann", "a1"), age_seen=18)
    strict.post("unregister", tournament="t", entry="a1", drawer="d", reason="ill")
    strict.post(**sale("buy_in", "ann", "a2"))


def test_asked_again_it_is_the_same_answer(strict: Till) -> None:  # [LE167]
    asked = strict.asking(**sale("buy_in", "ann", "a1"), age_seen=18)
    (once,) = strict.journal.commit([asked])
    (again,) = strict.journal.commit([asked])
    assert isinstance(once, Posted)
    assert again == once
