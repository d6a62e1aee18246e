"""What we stored in earlier visits: whether it still holds, whether it says what we would say now, and its cancelling."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from smartpgx.domain.advice import Consultation
from smartpgx.domain.visit import WITHDRAWN, Recorded, StoredEntry
from smartpgx.errors import (
    PatientChanged,
    RecordError,
    RecordGarbled,
    SmartPgxError,
    TokenExpired,
    WriteBackError,
    WriteConflict,
    WriteRefused,
)
from smartpgx.fhir import write_back
from smartpgx.fhir.client import Record
from smartpgx.fhir.sameness import says_the_same, version
from smartpgx.fhir.search_plan import own_issues
from smartpgx.fhir.write.identity import IMPLICATION_SYSTEM, ISSUE_SYSTEM, digest, value_under
from smartpgx.fhir.write.issues import build

Resource = Mapping[str, Any]


def recorded(
    resources: Iterable[Resource], consultation: Consultation, base: str, can: Callable[[str], bool]
) -> tuple[Recorded, ...]:
    """Our DetectedIssues among the resources of one patient, compared with the current issues.

    ``can``: whether a type can be written here; what cannot be is not missed in the record.
    """
    patient = consultation.chart.patient.reference
    if patient is None:
        return ()
    every = list(resources)
    issues = [r for r in every if r.get("resourceType") == "DetectedIssue" and _is_issue(r, patient)]
    ours = {
        str(value_under(r, IMPLICATION_SYSTEM)): r
        for r in every
        if r.get("resourceType") == "Observation" and value_under(r, IMPLICATION_SYSTEM)
    }
    places = {f"Observation/{r['id']}" for r in ours.values()}
    current = {digest(patient, i.id): i.id for i in consultation.issues}
    return tuple(
        Recorded(
            id=str(r["id"]),
            version=version(r),
            status=str(r.get("status") or "unknown"),
            value=str(value_under(r, ISSUE_SYSTEM)),
            identified=_text(r.get("identifiedDateTime")),
            text=_code_text(r),
            issue=(issue := current.get(str(value_under(r, ISSUE_SYSTEM)), "")),
            differs=bool(issue) and not _says_what_we_would(issue, r, ours, consultation, base, can),
            implications=tuple(c for c in dict.fromkeys(_cited(r)) if c in places),
        )
        for r in issues
        if r.get("id")
    )


def cited_by_ours(resources: Iterable[Resource]) -> list[tuple[str, str]]:
    """Type and id of the Observations that our own issues cite, each once."""
    issues = [r for r in resources if r.get("resourceType") == "DetectedIssue" and value_under(r, ISSUE_SYSTEM)]
    return [("Observation", c.split("/")[1]) for c in dict.fromkeys(c for r in issues for c in _cited(r))]


def is_own_implication(resource: Resource, patient: str) -> bool:
    """Whether an Observation is one of ours, about this patient (an id)."""
    about = resource.get("subject")
    return value_under(resource, IMPLICATION_SYSTEM) is not None and _tail(about) == f"Patient/{patient}"


def cancel(
    record: Record, one: Recorded, patient: str, *, observations: bool, now: Callable[[], float] = time.time
) -> tuple[tuple[StoredEntry, ...], SmartPgxError | None]:
    """Mark an entry that no longer holds ``cancelled``, with the Observations of ours that only it cites; read back.

    ``patient``: an id. ``observations``: whether Observations can be updated here. The issue comes first: where it is
    refused, nothing has changed. Pressed again, what is done stays and the rest follows. Returns what was done and the
    trouble, if any.
    """
    done: list[StoredEntry] = []
    refused: SmartPgxError | None = None
    try:
        alone = _only_cited_by(record, one, patient)
        done.append(_cancelled(record, "DetectedIssue", one.id, now))
        for reference in alone if observations else ():
            try:
                done.append(_cancelled(record, "Observation", reference.split("/")[1], now))
            except WriteRefused as problem:
                refused = refused or problem
    except PatientChanged:
        raise
    except (WriteBackError, RecordError, TokenExpired) as problem:
        return tuple(done), problem
    return tuple(done), refused


def _only_cited_by(record: Record, one: Recorded, patient: str) -> tuple[str, ...]:
    """Observations of ours under an entry and no other valid one, asked anew. Raises WriteConflict for a changed entry."""
    stored = record.read("DetectedIssue", one.id, fresh=True).body or {}
    if value_under(stored, ISSUE_SYSTEM) != one.value or not _is_issue(stored, f"Patient/{patient}"):
        raise WriteConflict("the entry at this place is not the one that was shown; it was left alone")
    if stored.get("status") not in WITHDRAWN and version(stored) != one.version:
        raise WriteConflict("this entry was changed after the record was read; read the record again first")
    found = record.search(own_issues(patient))
    if found.asked.outcome != "complete":
        raise RecordGarbled("what this app stored could not be read to the end, so nothing was cancelled")
    others = [r for r in found.resources if r.get("id") != one.id and value_under(r, ISSUE_SYSTEM)]
    shared = {c for r in others if r.get("status") not in WITHDRAWN for c in _cited(r)}
    return tuple(c for c in one.implications if c not in shared)


def _cancelled(record: Record, kind: str, id: str, now: Callable[[], float]) -> StoredEntry:
    address = f"{record.base}/{kind}/{id}"
    entry = StoredEntry(resource=kind, id=id, did="unchanged", issue="", address=address, at=now())
    return write_back.withdraw(record, entry, status="cancelled", now=now)


def _says_what_we_would(
    issue: str,
    stored: Resource,
    ours: Mapping[str, Resource],
    consultation: Consultation,
    base: str,
    can: Callable[[str], bool],
) -> bool:
    """Whether the stored entry and what it rests on hold what a store would write now."""
    built = [r for r in build(consultation, only=(issue,)) if r["resourceType"] != "Provenance"]
    gone = [_local(r) for r in built if not can(str(r["resourceType"]))]
    places = {f"Observation/{value}": f"Observation/{r['id']}" for value, r in ours.items()}
    pairs: list[tuple[dict[str, Any], Resource | None]] = [
        (
            write_back.with_places(write_back.without_references(r, gone), places),
            stored if r["resourceType"] == "DetectedIssue" else ours.get(str(value_under(r, IMPLICATION_SYSTEM))),
        )
        for r in built
        if _local(r) not in gone
    ]
    return all(there is not None and says_the_same(mine, there, base) for mine, there in pairs)


def _local(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _is_issue(resource: Resource, patient: str) -> bool:
    return value_under(resource, ISSUE_SYSTEM) is not None and _tail(resource.get("patient")) == patient


def _cited(resource: Resource) -> Iterator[str]:
    """``Observation/id`` of the evidence, without base and version."""
    for evidence in _dicts(resource.get("evidence")):
        for detail in _dicts(evidence.get("detail")):
            tail = _tail(detail)
            if tail.startswith("Observation/"):
                yield tail


def _tail(reference: Any) -> str:
    text = reference.get("reference") if isinstance(reference, Mapping) else None
    parts = str(text).split("/_history/")[0].rstrip("/").split("/") if isinstance(text, str) else []
    return "/".join(parts[-2:]) if len(parts) >= 2 and parts[-1] else ""


def _code_text(resource: Resource) -> str:
    code = resource.get("code")
    return _text(code.get("text")) or "" if isinstance(code, Mapping) else ""


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _dicts(value: Any) -> Sequence[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, Mapping)] if isinstance(value, list) else []
