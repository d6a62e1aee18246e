"""What stands around every page of a visit: whom it is about, marks, and the line at the foot."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from msgspec import Struct

import smartpgx
from smartpgx.domain.chart import Chart
from smartpgx.domain.codes import Outcome
from smartpgx.domain.visit import Banner, Reading, Visit
from smartpgx.web.state import State

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


class Frame(Struct, frozen=True, kw_only=True):
    """Ready texts. ``banner`` empty: the EHR shows one; then ``title_name`` still stands in title and print."""

    visit_id: str
    banner: tuple[tuple[str, str], ...]
    title_name: str
    no_sign_in: bool
    signed_in: str
    ehr: str
    foot: tuple[str, ...]
    incomplete: bool


def frame(state: State, visit: Visit, reading: Reading) -> Frame:
    """The frame of a visit's pages."""
    return Frame(
        visit_id=visit.id,
        banner=banner_pairs(reading.banner, reading.read_at) if visit.need_patient_banner else (),
        title_name=reading.banner.name or "Name not known",
        no_sign_in=visit.tokens is None,
        signed_in=signed_in(visit),
        ehr=visit.issuer_name,
        foot=foot(state, reading),
        incomplete=not reading.complete,
    )


def banner_pairs(banner: Banner, at: float) -> tuple[tuple[str, str], ...]:
    """Label and value: name, born with age, gender, identifiers with their own labels; "Not known" where nothing is."""
    born = day(banner.birth_date) if banner.birth_date else "Not known"
    years = age(banner.birth_date, datetime.fromtimestamp(at, UTC).date())
    return (
        ("Name", banner.name or "Not known"),
        ("Born", f"{born} ({years} y)" if years is not None and not banner.deceased else born),
        *((("Status", "Deceased"),) if banner.deceased else ()),
        ("Gender", (banner.gender or "Not known").capitalize()),
        *banner.identifiers,
    )


def signed_in(visit: Visit) -> str:
    """Who is at the keyboard, as far as it was proved. A bare reference is nothing a reader knows."""
    if visit.tokens is None:
        return "No sign-in: a test server"
    if visit.user is None:
        return "Signed in, the EHR did not say as whom"
    return f"Signed in as {visit.user_name}" if visit.user_name else "Signed in"


def foot(state: State, reading: Reading) -> tuple[str, ...]:
    """Where all of this comes from, with counts that add up to what was received."""
    release = state.reasoning().release
    return (
        f"Record read at {clock(reading.read_at)}. {arithmetic(reading.consultation.chart)}",
        f"Knowledge release {release or 'unknown'}; smartpgx {smartpgx.__version__}.",
        "Decision support for clinicians; it does not replace their judgement or the guidelines it cites.",
    )


def arithmetic(chart: Chart) -> str:
    """``12 resources received = 7 used + 1 excluded + 0 unreadable or unclear + 4 of no concern here.``"""
    counts: dict[Outcome, int] = {"used": 0, "excluded": 0, "gap": 0, "out_of_scope": 0}
    for outcomes in chart.accounted.values():
        for outcome, number in outcomes.items():
            counts[outcome] += number
    total = sum(counts.values())
    return (
        f"{total} resources received = {counts['used']} used + {counts['excluded']} excluded + "
        f"{counts['gap']} unreadable or unclear + {counts['out_of_scope']} of no concern here."
    )


def day(text: str | None) -> str:
    """``1945-07-14`` as 14-Jul-1945; as precise as it was given; anything else unchanged."""
    found = _DATE.match(text or "")
    if not found or (found[2] and not 1 <= int(found[2]) <= 12):
        return text or ""
    year, month, number = found[1], found[2], found[3]
    return "-".join(p for p in (number, MONTHS[int(month) - 1] if month else None, year) if p)


def clock(at: float) -> str:
    """Day and time, UTC."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%H:%M} UTC on {day(moment.date().isoformat())}"


def age(born: str | None, today: date) -> int | None:
    """Whole years, for a complete birth date only."""
    try:
        then = date.fromisoformat(born or "")
    except ValueError:
        return None
    return today.year - then.year - ((today.month, today.day) < (then.month, then.day))
