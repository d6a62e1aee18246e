"""Before a resource is read: is it ours, withdrawn, about someone else, or changed by something we do not know?"""

from __future__ import annotations

from typing import NamedTuple

from smartpgx.fhir.read.elements import Json, objects, text
from smartpgx.fhir.read.identity import Person, foreign_specimen, other_subject, why_not_mine
from smartpgx.fhir.read.ledger import Ledger
from smartpgx.fhir.read.references import Entry, Record
from smartpgx.fhir.read.tables import Tables

OWN_SYSTEMS = frozenset({"urn:smartpgx:issue", "urn:smartpgx:implication"})

_FINAL = frozenset({"final", "amended", "corrected", "appended"})
_STATUS_REASONS = {
    "entered-in-error": "entered_in_error",
    "cancelled": "cancelled",
    "registered": "not_final",
    "unknown": "not_final",
    "partial": "",
}


class Reading(NamedTuple):
    """What every reader is given."""

    record: Record
    tables: Tables
    ledger: Ledger
    person: Person


def is_own_output(resource: Json) -> bool:
    """Whether a resource carries an identifier of what this app writes."""
    return any(text(each.get("system")) in OWN_SYSTEMS for each in objects(resource.get("identifier")))


def admitted(entry: Entry, reading: Reading, *, result: bool = False) -> bool:
    """Whether a resource may be read; if not, the ledger says why. ``result``: its status is that of an observation."""
    ledger, resource = reading.ledger, entry.resource
    if is_own_output(resource):
        ledger.exclude(entry, "own_output")
        return False
    reason = (
        status_reason(resource) if result else "entered_in_error" if text(resource.get("status")) == "entered-in-error" else None
    )
    reason = reason or why_not_mine(entry, reading.record, reading.person)
    if reason is None and result and other_subject(entry, reading.record, reading.person):
        reason = "other_subject"
    if reason:
        ledger.exclude(entry, reason)
        return False
    return not _refused_as_disputed(entry, reading) and not refused_by_modifier(entry, reading)


def _refused_as_disputed(entry: Entry, reading: Reading) -> bool:
    """Whether another resource of the same id says something else and neither is the newer one: then neither counts."""
    if entry.reference not in reading.record.disputed:
        return False
    reading.ledger.gap(
        entry,
        entry.kind,
        "contradiction",
        f"Two different resources of type {entry.kind} have the same id, and neither says that it is the newer; neither is used.",
    )
    return True


def refused_by_modifier(entry: Entry, reading: Reading) -> bool:
    """Whether a modifier that we do not know changes what the resource means; it is then a gap."""
    if not has_modifier(entry.resource):
        return False
    reading.ledger.gap(
        entry,
        entry.kind,
        "unknown_modifier",
        f"This {entry.kind} carries a modifier extension that may change its meaning; look at it in the record.",
    )
    return True


_NESTED = frozenset({"relative", "provision", "dosageInstruction", "structureVariant", "ingredient"})
"""Elements of the resources we read whose own parts may carry a modifier."""


def has_modifier(resource: Json, depth: int = 0) -> bool:
    """Whether a modifierExtension stands at a resource or at one of its parts (contained resources aside)."""
    if resource.get("modifierExtension"):
        return True
    for key, value in resource.items():
        if type(value) is str or key == "contained":
            continue
        for part in value if type(value) is list else (value,):
            if type(part) is dict and (
                part.get("modifierExtension") or (key in _NESTED and depth < 8 and has_modifier(part, depth + 1))
            ):
                return True
    return False


def status_reason(resource: Json) -> str | None:
    """Why a result of this status is not used; None when it is (``preliminary`` and a missing status carry a warning)."""
    status = text(resource.get("status"))
    if status in _FINAL or status in ("preliminary", ""):
        return None
    return _STATUS_REASONS.get(status) or "not_final"


def status_warnings(resource: Json) -> tuple[str, ...]:
    """Warnings that the status of a used result calls for."""
    status = text(resource.get("status"))
    if status == "preliminary":
        return ("preliminary result",)
    return () if status in _FINAL else ("its status is missing",)


def specimen_of_other(entry: Entry, reading: Reading) -> bool:
    """Whether a resource's specimen comes from another being."""
    named = reading.record.named(entry.resource.get("specimen"), entry)
    return any(foreign_specimen(specimen, reading.record, reading.person) for specimen, _ in named if specimen)
