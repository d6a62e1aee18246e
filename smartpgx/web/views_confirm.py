"""The write-back pages as texts: exactly what will be stored, what cannot be and why, and what was."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from smartpgx.domain.visit import Reading, StoredEntry, Visit
from smartpgx.errors import SmartPgxError
from smartpgx.fhir.write_back import Seen
from smartpgx.web import words
from smartpgx.web.confirmed import Item, Plan
from smartpgx.web.views_error import sentence, what_was_stored
from smartpgx.web.views_frame import clock, signed_in
from smartpgx.web.views_overview import recommendations_of
from smartpgx.wording import record as record_words

_STATES = {
    "new": "new in the record",
    "replaces": "in the record already with other content: it will be updated",
    "unchanged": "in the record already with this content: nothing will change",
    "unknown": "whether it is in the record already could not be seen; it is looked for before writing",
}
_ORDER = ("DetectedIssue", "Observation", "Provenance")
"""As a reader wants them; they are written in the order their references need."""
_DID = {
    "created": "stored",
    "updated": "updated",
    "unchanged": "was there already, unchanged",
    "withdrawn": "withdrawn (marked as entered in error)",
    "cancelled": "marked as cancelled",
}


class Offer(Struct, frozen=True, kw_only=True):
    """An issue that can be chosen."""

    key: str
    status: str
    status_word: str
    text: str
    chosen: bool


class Shown(Struct, frozen=True, kw_only=True):
    """One resource as it will be stored. ``text``: paragraphs for humans; ``facts``: label and value."""

    resource: str
    kind: str
    text: tuple[str, ...]
    state: str
    facts: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    json: str


class Confirm(Struct, frozen=True, kw_only=True):
    offers: tuple[Offer, ...]
    items: tuple[Shown, ...]
    cannot: tuple[str, ...]
    possible: bool
    author: str
    patient: str
    nothing_new: bool


class Done(Struct, frozen=True, kw_only=True):
    """One entry in the record, after reading it back."""

    text: str
    resource: str
    address: str
    did: str
    issue: str
    can_withdraw: bool


class Result(Struct, frozen=True, kw_only=True):
    entries: tuple[Done, ...]
    problem: str
    stored: str
    said: str
    next_step: str
    code: str
    correlation: str


def confirm_view(visit: Visit, reading: Reading, plan: Plan, seen: Mapping[str, Seen]) -> Confirm:
    """The preview. Nothing is chosen that was not chosen before."""
    made = reading.consultation
    offers = tuple(
        Offer(
            key=i.id,
            status=i.status,
            status_word=words.STATUS_WORDS[i.status],
            text=words.title(i, recommendations_of(i, made)[0]),
            chosen=i.id in plan.chosen,
        )
        for i in made.issues
    )
    patient = reading.banner.name or "Name not known"
    planned = sorted((i for i in plan.items if i.can.create), key=lambda i: _ORDER.index(str(i.resource["resourceType"])))
    items = tuple(_shown(i, seen.get(i.local), patient, visit) for i in planned)
    states = [s.state for s in seen.values()]
    cannot = tuple(record_words.cannot_write(k, b) for k, b in plan.because.items() if b != "can")
    return Confirm(
        offers=offers,
        items=items,
        cannot=cannot,
        possible=plan.possible,
        author=signed_in(visit),
        patient=patient,
        nothing_new=bool(states) and all(s == "unchanged" for s in states),
    )


def result_view(
    visit: Visit, reading: Reading, entries: Sequence[StoredEntry], problem: SmartPgxError | None, correlation: str
) -> Result:
    """What stands in the record now, and what did not get there."""
    issues = {i.id: i for i in reading.consultation.issues}
    earlier = {r.id: r.text for r in reading.recorded}
    done = []
    for one in sorted(entries, key=lambda e: _ORDER.index(e.resource)):
        issue = issues.get(one.issue)
        text = (
            words.title(issue, recommendations_of(issue, reading.consultation)[0])
            if issue
            else earlier.get(one.id) or one.resource
        )
        done.append(
            Done(
                text=text if one.resource == "DetectedIssue" else record_words.kind(one.resource),
                resource=one.resource,
                address=one.address,
                did=f"{_DID[one.did]} at {clock(one.at)}",
                issue=one.issue,
                can_withdraw=one.resource == "DetectedIssue" and one.did not in ("withdrawn", "cancelled"),
            )
        )
    return Result(
        entries=tuple(done),
        problem=sentence(problem.message) if problem else "",
        stored=(what_was_stored(problem) if not entries else "What is listed was stored and read back.") if problem else "",
        said=(problem.said or "") if problem else "",
        next_step=problem.next_step if problem else "",
        code=problem.code if problem else "",
        correlation=correlation if problem else "",
    )


def _shown(item: Item, seen: Seen | None, patient: str, visit: Visit) -> Shown:
    resource = item.resource
    facts = (
        ("Category", _category(resource)),
        ("Severity", str(resource.get("severity", "")).capitalize()),
        ("Patient", patient),
        ("Author", "smartpgx (the software)" if resource["resourceType"] == "DetectedIssue" else ""),
        ("Confirmed by", _confirmed_by(visit)),
        ("Marked", ", ".join(str(c.get("display") or c["code"]) for c in resource.get("meta", {}).get("security", ()))),
    )
    return Shown(
        resource=str(resource["resourceType"]),
        kind=record_words.kind(str(resource["resourceType"])),
        text=_human(resource),
        state=_STATES[seen.state] if seen else "written when something else changes",
        facts=tuple((k, v) for k, v in facts if v),
        links=tuple(dict.fromkeys(_references(resource))),
        json=json.dumps(resource, indent=2, ensure_ascii=False),
    )


def _confirmed_by(visit: Visit) -> str:
    if visit.tokens is None:
        return "no one: a test server without sign-in"
    return visit.user_name or "the signed-in clinician"


def _human(resource: Mapping[str, Any]) -> tuple[str, ...]:
    if resource["resourceType"] == "DetectedIssue":
        return tuple(line for line in str(resource.get("detail", "")).splitlines() if line.strip())
    if resource["resourceType"] == "Provenance":
        return ("Who confirmed this, with which software and knowledge release, from which results and orders.",)
    for part in resource.get("component", ()):
        if part.get("valueString"):
            return (str(part["valueString"]),)
    return (str(resource.get("valueString") or resource.get("code", {}).get("text") or ""),)


def _category(resource: Mapping[str, Any]) -> str:
    codes = [c for k in resource.get("category", ()) for c in k.get("coding", ())] + list(
        resource.get("code", {}).get("coding", ())
    )
    return ", ".join(dict.fromkeys(str(c.get("display") or c.get("code")) for c in codes))


def _references(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        own = [value["reference"]] if isinstance(value.get("reference"), str) and "/" in value["reference"] else []
        return [r for r in own if "://" not in r] + [r for k, v in value.items() if k != "reference" for r in _references(v)]
    return [r for v in value for r in _references(v)] if isinstance(value, list) else []
