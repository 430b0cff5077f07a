"""Limits and gaming days."""

from datetime import UTC, datetime

from ledger.limits import gaming_day, is_above


def day_of(text: str) -> int:
    return gaming_day(int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000))


def test_an_evening_is_one_gaming_day() -> None:  # [LE27]
    assert day_of("2026-11-20T17:00") == day_of("2026-11-21T05:59")
    assert day_of("2026-11-21T06:00") == day_of("2026-11-20T17:00") + 1


def test_no_limit_is_never_reached() -> None:  # [LE27]
    assert not is_above(10**12, None)
    assert not is_above(400, 400)
    assert is_above(401, 400)
    assert is_above(1, 0)
