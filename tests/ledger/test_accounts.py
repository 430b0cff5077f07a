"""The chart of accounts: what is an account, and what is none."""

import pytest

from ledger.accounts import CHART, LIABILITIES, account, account_of, number_of
from ledger.errors import EntryInvalid


def test_the_chart_says_whose_an_account_is() -> None:  # [LE3]
    assert account("1010", "d1") == "1010/d1"
    assert account("2000") == "2000"
    assert account_of("2090/till1/key:7") == "2090/till1/key:7"
    assert number_of("2010/t") == "2010"


@pytest.mark.parametrize(
    "text", ["", "/", "1010", "1010/", "2000/x", "9999", "1010/a b", "1010/a/b/c", "1010/ä"]
)
def test_anything_else_is_no_account(text: str) -> None:  # [LE3]
    with pytest.raises(EntryInvalid):
        account_of(text)


def test_what_the_house_owes_is_a_liability() -> None:
    assert all(CHART[number].nature == "liability" for number in LIABILITIES)
