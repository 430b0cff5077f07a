"""Limits as numbers."""

from ledger.limits import is_above


def test_no_limit_is_never_reached() -> None:  # [LE27]
    assert not is_above(10**12, None)
    assert not is_above(400, 400)
    assert is_above(401, 400)
    assert is_above(1, 0)
