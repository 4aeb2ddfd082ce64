"""Between instants and the dates on a person's wall: one pair of functions, inverse to each other."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

QUARTER_HOUR = timedelta(minutes=15)
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])([0-9]{1,2})(?::?00)?")


@lru_cache(maxsize=1)
def names() -> list[str]:
    """Return the IANA names a person can choose from, sorted."""
    return [*sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")), "UTC"]


def names_with(present: str) -> list[str]:
    """Return the names to choose from, the present one among them whatever it is."""
    return names() if present in names() else [present, *names()]


def iana_name(name: str) -> str:
    """Return the IANA name of a fixed offset in whole hours, such as GMT-0800; any other name as it is.

    IANA counts the other way: `Etc/GMT+8` is eight hours behind Greenwich.
    """
    offset = _OFFSET.fullmatch(name.strip())
    if not offset:
        return name
    hours = int(offset[2])
    return f"Etc/GMT{'-' if offset[1] == '+' else '+'}{hours}" if hours else "UTC"


def is_known(name: str) -> bool:
    """Say whether `name` is an IANA zone; any text may be asked about."""
    return name in available_timezones_cached()


@lru_cache(maxsize=1)
def available_timezones_cached() -> frozenset[str]:
    """Return all IANA names; reading them from disk takes long enough to do it once."""
    return frozenset(available_timezones())


def to_local(instant: datetime, zone: str) -> datetime:
    """Return the aware local time of `instant` in `zone`; OverflowError outside the years 1 to 9999."""
    local = instant.astimezone(ZoneInfo(zone))
    if _is_standard(local):
        return local
    return instant.astimezone(_first_standard_offset(zone))


def to_instant(day: date, clock_time: time, zone: str) -> datetime:
    """Return the UTC instant of a local date and time in `zone`; OverflowError where no such year exists in UTC.

    Of a time that an autumn repeats, the first is meant; one that a spring leaves out is read as if the clocks had not moved.
    """
    local = datetime.combine(day, clock_time, ZoneInfo(zone))
    if not _is_standard(local):
        local = local.replace(tzinfo=_first_standard_offset(zone))
    return local.astimezone(UTC)


def today(instant: datetime, zone: str) -> date:
    """Return the date that a person in `zone` would write above an entry at `instant`."""
    return to_local(instant, zone).date()


def _is_standard(local: datetime) -> bool:
    offset = local.utcoffset()
    return offset is not None and not offset % QUARTER_HOUR


@cache
def _first_standard_offset(zone: str) -> tzinfo:
    """Return the first whole-quarter-hour offset of `zone`.

    The zone database gives local mean time before standard time began (London: 75 seconds behind Greenwich until 1847), an
    offset that no journal program has ever written: read so, a midnight of 1660 would fall on the day before.
    """
    for year in range(1800, 2100):
        offset = datetime(year, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset()
        if offset is not None and not offset % QUARTER_HOUR:
            return timezone(offset)
    return UTC
