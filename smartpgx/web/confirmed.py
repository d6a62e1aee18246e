"""What was confirmed, as a plan of resources in the order they can be written, and its carrying out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from smartpgx.domain.visit import Reading, StoredEntry, Visit
from smartpgx.errors import PatientChanged, RecordError, SmartPgxError, TokenExpired, WriteBackError
from smartpgx.fhir import write_back
from smartpgx.fhir.client import Record
from smartpgx.fhir.write_back import Ability, Allows, ability

CLINICIANS = ("Practitioner/", "PractitionerRole/")
Because = Literal["can", "not_stated", "not_offered", "not_granted", "no_author", "not_a_clinician"]


class Item(Struct, frozen=True, kw_only=True):
    """One resource of a plan. ``local``: its reference among the others (``Type/digest``); ``issue``: what it belongs to."""

    resource: dict[str, Any]
    local: str
    issue: str
    can: Ability
    conditional: bool = False


class Plan(Struct, frozen=True, kw_only=True):
    """What will be written and what cannot be, known before the button. ``because`` by resource type."""

    chosen: tuple[str, ...]
    items: tuple[Item, ...]
    because: Mapping[str, Because]

    @property
    def possible(self) -> bool:
        """Whether anything a clinician would look for can be stored."""
        return any(i.can.create and i.resource["resourceType"] != "Provenance" for i in self.items)


def author_problem(visit: Visit) -> Because | None:
    """Why this visit may not write in anyone's name; None where it may. Without sign-in the tester writes as the app."""
    if visit.tokens is None:
        return None
    if visit.user is None:
        return "no_author"
    return None if visit.user.startswith(CLINICIANS) else "not_a_clinician"


def plan_for(visit: Visit, reading: Reading, resources: Sequence[dict[str, Any]], chosen: Sequence[str], allows: Allows) -> Plan:
    """Resources of the builder as a plan: each with its ability, references to what cannot be written taken out."""
    nobody = author_problem(visit)
    kinds = dict.fromkeys(str(r["resourceType"]) for r in resources) or {"DetectedIssue": None}
    cans = {kind: ability(reading.abilities, allows, kind) for kind in kinds}
    if nobody:
        cans = {kind: Ability(resource=kind, create=False, update=False, search=False, because="not_granted") for kind in cans}
    gone = [_local(r) for r in resources if not cans[str(r["resourceType"])].create]
    items = tuple(
        Item(
            resource=write_back.without_references(r, gone),
            local=_local(r),
            issue=_issue_of(r, resources, reading) or "",
            can=cans[str(r["resourceType"])],
            conditional=str(r["resourceType"]) in reading.abilities.conditional_create,
        )
        for r in resources
    )
    because: dict[str, Because] = {kind: nobody or can.because for kind, can in cans.items()}
    return Plan(chosen=tuple(chosen), items=items, because=because)


def carry_out(record: Record, plan: Plan, now: Callable[[], float]) -> tuple[tuple[StoredEntry, ...], SmartPgxError | None]:
    """Write the plan in its order. Stops at the first trouble and says what was stored until then."""
    entries: list[StoredEntry] = []
    places: dict[str, str] = {}
    try:
        for item in plan.items:
            if not item.can.create:
                continue
            resource = write_back.with_places(item.resource, places)
            if resource.get("identifier"):
                entry = write_back.store(record, resource, issue=item.issue, can=item.can, conditional=item.conditional, now=now)
            else:
                changed = any(e.did != "unchanged" for e in entries)
                written = write_back.store_provenance(
                    record, resource, issue=item.issue, changed=changed, searchable=item.can.search, now=now
                )
                if written is None:
                    continue
                entry = written
            entries.append(entry)
            places[item.local] = f"{entry.resource}/{entry.id}"
    except PatientChanged:
        raise
    except (WriteBackError, RecordError, TokenExpired) as problem:
        return tuple(entries), problem
    return tuple(entries), None


def record_withdrawal(
    record: Record, stored: Iterable[StoredEntry], issue: str, now: Callable[[], float]
) -> tuple[tuple[StoredEntry, ...], SmartPgxError | None]:
    """All entries of the visit, those of one issue withdrawn (the issue before what it rests on)."""
    entries = list(stored)
    order = sorted(range(len(entries)), key=lambda n: entries[n].resource != "DetectedIssue")
    try:
        for n in order:
            one = entries[n]
            if one.issue == issue and one.resource != "Provenance" and one.did not in ("withdrawn", "cancelled"):
                entries[n] = write_back.withdraw(record, one, now=now)
    except PatientChanged:
        raise
    except (WriteBackError, RecordError, TokenExpired) as problem:
        return tuple(entries), problem
    return tuple(entries), None


def _local(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _issue_of(resource: Mapping[str, Any], all_of: Sequence[Mapping[str, Any]], reading: Reading) -> str | None:
    """The id of the issue a resource belongs to: builders put an issue's Observations right before its DetectedIssue."""
    from smartpgx.fhir.write.identity import digest

    patient = reading.consultation.chart.patient.reference or ""
    by_digest = {digest(patient, i.id): i.id for i in reading.consultation.issues}
    start = next(n for n, r in enumerate(all_of) if r is resource)
    for later in all_of[start:]:
        if later["resourceType"] == "DetectedIssue":
            return by_digest.get(str(later["id"]))
    return None
