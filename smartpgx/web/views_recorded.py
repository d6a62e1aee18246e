"""What earlier visits stored, as texts: since when an issue is in the record, and what no longer holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from smartpgx.domain.visit import Reading, Recorded, StoredEntry, Visit
from smartpgx.fhir.capabilities import offers
from smartpgx.fhir.write_back import Allows
from smartpgx.web import views_unread
from smartpgx.web.confirmed import author_problem
from smartpgx.web.views_frame import clock, day, signed_in
from smartpgx.wording import record as words


class Standing(Struct, frozen=True, kw_only=True):
    """How a current issue stands in the record. ``here``: stored in this visit; ``older``: its wording there is another."""

    text: str
    here: bool = False
    older: bool = False


class Past(Struct, frozen=True, kw_only=True):
    """A stored entry that is not among the current issues. ``key``: its id."""

    key: str
    text: str
    since: str
    place: str


class RecordedView(Struct, frozen=True, kw_only=True):
    """``standing`` by issue. ``cannot``: why nothing of ``past`` can be cancelled from here; empty where it can."""

    standing: Mapping[str, Standing]
    title: str
    lead: str
    past: tuple[Past, ...]
    cannot: tuple[str, ...]


class CancelView(Struct, frozen=True, kw_only=True):
    """The page before something is cancelled."""

    entry: Past
    also: tuple[str, ...]
    left: tuple[str, ...]
    author: str
    read_at: str


def recorded_view(visit: Visit, reading: Reading, stored: Sequence[StoredEntry], allows: Allows) -> RecordedView:
    """What stands in the record: as the reading saw it, and as this visit changed it since."""
    issues = {i.id: _standing(i.id, reading, stored) for i in reading.consultation.issues}
    done = {e.id for e in stored if e.did in ("withdrawn", "cancelled") and e.resource == "DetectedIssue"}
    past = tuple(_past(r) for r in no_longer_holding(reading) if r.id not in done)
    whole = not unread(reading)
    return RecordedView(
        standing={key: found for key, found in issues.items() if found},
        title="In the record and no longer holding" if whole else "In the record and not found now",
        lead="Stored by this app earlier. What was read now no longer leads to it: an order was stopped, a result was changed, "
        "or the knowledge was."
        if whole
        else "Stored by this app earlier. What was read now does not lead to it.",
        past=past,
        cannot=cannot_cancel(visit, reading, allows) if past else (),
    )


def no_longer_holding(reading: Reading) -> tuple[Recorded, ...]:
    """Entries of ours that the record still presents as valid and that are not among the current issues."""
    return tuple(r for r in reading.recorded if r.live and not r.issue)


def unread(reading: Reading) -> bool:
    """Whether anything was not asked for, not read or not usable that may be why an issue is not there now."""
    made = reading.consultation
    withheld = any(a.outcome == "withheld" for a in reading.asked) or made.chart.consent.genetic == "deny"
    return not reading.complete or withheld or bool(made.chart.gaps) or views_unread.unsettled(made)


def cannot_cancel(visit: Visit, reading: Reading, allows: Allows) -> tuple[str, ...]:
    """Why this visit may not cancel anything; empty where it may."""
    if unread(reading):
        return (
            "Part of the record was not read or could not be used, and that may be the only reason. So nothing is cancelled "
            "from here until it can be read.",
        )
    nobody = author_problem(visit)
    if nobody:
        return (words.cannot_write("DetectedIssue", nobody),)
    if not can_update(reading, allows, "DetectedIssue"):
        return ("This EHR does not let the app change what is stored; someone has to mark it in the record.",)
    return ()


def can_update(reading: Reading, allows: Allows, kind: str) -> bool:
    """Whether entries of a type can be read and changed here."""
    offered = offers(reading.abilities, kind, "read", "update") != "no"
    return offered and allows(kind, "r") and allows(kind, "u")


def cancel_view(visit: Visit, reading: Reading, one: Recorded, allows: Allows) -> CancelView:
    """What would be marked, what goes with it and what stays."""
    change = can_update(reading, allows, "Observation")
    return CancelView(
        entry=_past(one),
        also=one.implications if change else (),
        left=() if change else one.implications,
        author=signed_in(visit),
        read_at=clock(reading.read_at),
    )


def _standing(issue: str, reading: Reading, stored: Sequence[StoredEntry]) -> Standing | None:
    """Later of the two: what this visit did, and what the reading saw. None: not in the record, as far as is known."""
    mine = [e for e in stored if e.issue == issue and e.resource == "DetectedIssue"]
    asked = any(a.what == "own_issues" and a.outcome == "complete" for a in reading.asked)
    if mine and (mine[-1].at > reading.read_at or not asked):
        text = _stored_text(mine[-1])
        return Standing(text=text, here=True) if text else None
    found = next((r for r in reading.recorded if r.issue == issue and r.live), None)
    if found is None:
        return None
    since = f" since {day(found.identified)}" if found.identified else ""
    return Standing(text=f"In the record{since} (DetectedIssue/{found.id})", older=found.differs)


def _stored_text(last: StoredEntry) -> str:
    """What this visit did last; empty where it took the entry back."""
    said = {"created": "stored", "updated": "updated", "unchanged": "found unchanged"}.get(last.did)
    return f"In the record: {said} at {clock(last.at)}" if said else ""


def _past(one: Recorded) -> Past:
    return Past(
        key=one.id,
        text=one.text or "An entry without a text",
        since=day(one.identified) or "Date not known",
        place=f"DetectedIssue/{one.id}",
    )
