"""Gaming days by the wall clock, over its changes too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from leaf_server.money.wall_clock import calendar_of, wall_offsets
from ledger.adopted import Profile
from ledger.gaming_days import DAY_MS, GamingDays
from tests.ledger.till import PROFILE

ZONES = ["Europe/Copenhagen", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
YEARS = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))


def unix_ms(at: datetime) -> int:
    return int(at.timestamp() * 1_000)


def days_of(zone: str, starts_min: int = 360) -> GamingDays:
    first, last = (int(year.timestamp()) for year in YEARS)
    return GamingDays(starts_min, wall_offsets(ZoneInfo(zone), first, last))


def day_of(text: str) -> int:
    return GamingDays().of(unix_ms(datetime.fromisoformat(text).replace(tzinfo=UTC)))


def test_an_evening_is_one_gaming_day() -> None:  # [LE27]
    assert day_of("2026-11-20T17:00") == day_of("2026-11-21T05:59")
    assert day_of("2026-11-21T06:00") == day_of("2026-11-20T17:00") + 1


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_begins_at_six_on_the_wall_all_year(zone: str) -> None:  # [LE142]
    days = days_of(zone)
    wall = datetime(2025, 2, 1, 6, tzinfo=ZoneInfo(zone))
    for _ in range(4 * 365):
        begins = unix_ms(wall)
        number = (wall.date() - datetime(1970, 1, 1).date()).days
        assert (days.of(begins), days.of(begins - 1), days.begins_ms(number)) == (number, number - 1, begins)
        wall += timedelta(days=1)


def test_the_night_the_clock_changes_is_an_hour_longer_or_shorter() -> None:  # [LE142]
    days, hour = days_of("Europe/Copenhagen"), 3_600_000
    number = days.of(unix_ms(datetime(2026, 10, 24, 20, tzinfo=UTC)))
    lengths = [days.begins_ms(one + 1) - days.begins_ms(one) for one in range(number - 220, number + 2)]
    assert sorted(set(lengths)) == [DAY_MS - hour, DAY_MS, DAY_MS + hour]
    assert lengths[220] == DAY_MS + hour


@given(st.sampled_from(ZONES), st.integers(0, 1_439), st.integers(*(unix_ms(year) for year in YEARS)))
def test_every_instant_is_in_the_one_day_that_began_last(
    zone: str, starts: int, at_ms: int
) -> None:  # [LE142]
    days = days_of(zone, starts)
    number = days.of(at_ms)
    assert days.begins_ms(number) <= at_ms < days.begins_ms(number + 1)


@given(
    st.sampled_from(ZONES),
    st.lists(st.integers(*(unix_ms(year) for year in YEARS)), min_size=2, max_size=6),
)
def test_what_was_asked_before_changes_no_answer(zone: str, instants: list[int]) -> None:  # [LE142]
    days = days_of(zone)
    near = [at_ms + more for at_ms in instants for more in (0, 1, DAY_MS // 2, DAY_MS, -DAY_MS)]
    unasked = [GamingDays(offsets=days.offsets).of(at_ms) for at_ms in near]
    assert [days.of(at_ms) for at_ms in near] == unasked


def test_a_profile_carries_the_clock_and_offsets_rise() -> None:  # [LE142]
    now_ms = unix_ms(datetime(2026, 11, 28, tzinfo=UTC))
    calendar = calendar_of(ZoneInfo("Europe/Vienna"), now_ms)
    profile = Profile.model_validate({**PROFILE, **calendar, "wall_offsets": calendar["wall_offsets"]})
    assert profile.days.of(unix_ms(datetime(2026, 7, 1, 4, tzinfo=UTC))) == 20_635
    assert profile.days.of(unix_ms(datetime(2026, 12, 1, 4, 59, tzinfo=UTC))) == 20_787
    assert len(profile.wall_offsets or ()) <= 30
    with pytest.raises(ValidationError):
        Profile.model_validate({**PROFILE, "wall_offsets": [(5, 60), (5, 120)]})
