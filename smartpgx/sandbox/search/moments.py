"""FHIR dates as half-open spans of UTC time, and their comparison in a search (R4, search.html#date)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

STAMP = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
)
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap")
EVER = datetime.max.replace(tzinfo=UTC)
NEVER = datetime.min.replace(tzinfo=UTC)


class Span(NamedTuple):
    """From ``low`` up to, but not including, ``high``."""

    low: datetime
    high: datetime


def span(text: str) -> Span:
    """The time a date of any precision covers; without a zone it is read as UTC. Raises ValueError."""
    found = STAMP.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a FHIR date")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micro = int((fraction or "0").ljust(6, "0")[:6])
    low = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), micro, UTC)
    if zone and zone != "Z":
        offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
        low = low - offset if zone[0] == "+" else low + offset
    return Span(low, _end(low, month, day, hour, second, fraction))


def _end(low: datetime, month: Any, day: Any, hour: Any, second: Any, fraction: Any) -> datetime:
    if fraction:
        return low + timedelta(microseconds=10 ** max(0, 6 - len(fraction)))
    if second:
        return low + timedelta(seconds=1)
    if hour:
        return low + timedelta(minutes=1)
    if day:
        return low + timedelta(days=1)
    if month:
        return (low.replace(day=1) + timedelta(days=32)).replace(day=1)
    return low.replace(year=low.year + 1)


def spans(value: Any) -> Iterator[Span]:
    """Spans of a date, Period or Timing of a resource; what cannot be read gives none."""
    try:
        if isinstance(value, str):
            yield span(value)
        elif isinstance(value, dict) and isinstance(value.get("event"), list):
            for event in value["event"]:
                yield from spans(event)
        elif isinstance(value, dict) and ("start" in value or "end" in value):
            low = span(value["start"]).low if "start" in value else NEVER
            yield Span(low, span(value["end"]).high if "end" in value else EVER)
        elif isinstance(value, dict):
            yield from spans(value.get("repeat", {}).get("boundsPeriod"))
    except (ValueError, TypeError, AttributeError):
        return


def split_prefix(text: str) -> tuple[str, str]:
    """(prefix, rest); no prefix is ``eq``."""
    return (text[:2], text[2:]) if text[:2] in PREFIXES else ("eq", text)


def compare(prefix: str, wanted: Span, found: Span) -> bool:
    """Whether a value covering ``found`` matches ``prefix`` and ``wanted``."""
    inside = wanted.low <= found.low and found.high <= wanted.high
    return {
        "eq": inside,
        "ne": not inside,
        "gt": found.high > wanted.high,
        "lt": found.low < wanted.low,
        "ge": found.high > wanted.high or inside,
        "le": found.low < wanted.low or inside,
        "sa": found.low >= wanted.high,
        "eb": found.high <= wanted.low,
        "ap": found.low < wanted.high and wanted.low < found.high,
    }[prefix]
