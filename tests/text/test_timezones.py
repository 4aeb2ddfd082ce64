"""Dates on the wall."""

from datetime import UTC, date, datetime, time

import pytest

from app import timezones


@pytest.mark.parametrize(
    ("instant", "zone", "local"),
    [
        ("2024-03-10T06:40:00Z", "America/New_York", "2024-03-10T01:40:00"),
        ("2024-03-10T07:10:00Z", "America/New_York", "2024-03-10T03:10:00"),
        ("2024-03-11T00:10:00Z", "Pacific/Auckland", "2024-03-11T13:10:00"),
        ("1660-01-11T00:00:00Z", "Europe/London", "1660-01-11T00:00:00"),
        ("1888-05-05T12:00:00Z", "Asia/Shanghai", "1888-05-05T20:00:00"),
    ],
)
def test_the_date_on_the_wall(instant: str, zone: str, local: str) -> None:
    there = timezones.to_local(datetime.fromisoformat(instant), zone)
    assert there.replace(tzinfo=None).isoformat() == local
    assert timezones.to_instant(there.date(), there.time(), zone) == datetime.fromisoformat(instant)


def test_years_that_utc_does_not_have() -> None:
    with pytest.raises(OverflowError):
        timezones.to_instant(date(1, 1, 1), time(0), "Asia/Shanghai")


def test_today_differs_with_the_zone() -> None:
    instant = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    assert timezones.today(instant, "Pacific/Auckland") == date(2026, 3, 15) and timezones.today(instant, "America/New_York") == date(
        2026, 3, 14
    )
