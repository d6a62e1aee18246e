"""Whose resources these are. A name is not an identity; another patient's result is never read as this one's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from smartpgx.domain.chart import Reference
from smartpgx.errors import PatientUnclear
from smartpgx.fhir.read.elements import Json, all_words, object_, objects, text
from smartpgx.fhir.read.references import Entry, Record, same_server

_OTHER_BEING = re.compile(
    r"\b(?:donor|f(?:o)?etal|f(?:o)?etus|amniotic|chorionic|cord blood|umbilical|cell[- ]free f(?:o)?etal|maternal sibling)\b",
    re.IGNORECASE,
)
_ELSEWHERE = {
    "Specimen",
    "Observation",
    "Condition",
    "Procedure",
    "ServiceRequest",
    "DiagnosticReport",
    "MedicationRequest",
    "Medication",
    "Device",
    "MolecularSequence",
    "BodyStructure",
    "Encounter",
}


class Person(NamedTuple):
    """The patient of the chart: the reference, the Patient resource if received, and the identifiers as (system, value)."""

    reference: Reference | None
    entry: Entry | None
    identifiers: frozenset[tuple[str, str]]


def choose(record: Record, wanted: str | None) -> Person:
    """The one patient of the record, or the one that was asked for.

    Raises PatientUnclear when there are several, or the one asked for is not in it.
    """
    patients = list(record.of("Patient"))
    patients = [each for each in patients if each.container is None]
    if wanted is not None:
        name = wanted if "/" in wanted else f"Patient/{wanted}"
        entry = next((each for each in patients if each.reference == name), None)
        if entry is None and name not in _subjects(record):
            raise PatientUnclear("The Bundle holds nothing about the patient that was asked for.")
        return _person(name, entry)
    if len(patients) > 1:
        raise PatientUnclear(f"The Bundle holds {len(patients)} Patients.")
    if patients:
        return _person(patients[0].reference, patients[0])
    spoken_of = _subjects(record)
    if len(spoken_of) > 1:
        raise PatientUnclear(f"The Bundle holds no Patient and speaks of {len(spoken_of)}.")
    return _person(next(iter(spoken_of), None), None)


def _person(reference: Reference | None, entry: Entry | None) -> Person:
    own = objects(entry.resource.get("identifier")) if entry else []
    return Person(
        reference,
        entry,
        frozenset((text(each.get("system")), text(each.get("value"))) for each in own if text(each.get("value"))),
    )


def _subjects(record: Record) -> Counter[Reference]:
    found: Counter[Reference] = Counter()
    for entry in record.entries:
        target = record.target(_pointer(entry.resource))
        if target is not None and target.reference.startswith("Patient/"):
            found[target.reference] += 1
    return found


def _pointer(resource: Json) -> object:
    return (
        resource.get("subject")
        or resource.get("patient")
        or (resource.get("for") if resource.get("resourceType") == "Task" else None)
    )


def why_not_mine(entry: Entry, record: Record, person: Person) -> str | None:
    """Reason code when a resource is not about the patient (``no_patient``, ``other_patient``, ``other_subject``), else None."""
    pointer = _pointer(entry.resource)
    if not object_(pointer):
        return "no_patient" if entry.container is None else None
    return _why_not(object_(pointer), entry, record, person)


def _why_not(pointer: Json, entry: Entry, record: Record, person: Person) -> str | None:
    said = text(pointer.get("reference"))
    if not said:
        identifier = object_(pointer.get("identifier"))
        key = text(identifier.get("system")), text(identifier.get("value"))
        if key[1] and key in person.identifiers:
            return None
        return "other_patient" if key[1] and person.identifiers else "no_patient"
    if said.startswith("#"):
        inner = record.find(pointer, entry)
        own = _person(None, inner).identifiers if inner else frozenset()
        return None if own & person.identifiers else "no_patient"
    target = record.target(pointer)
    if target is None:
        return "no_patient"
    if target.reference == person.reference and same_server(target.base, person.entry.url if person.entry else ""):
        return None
    return "other_patient" if target.reference.startswith("Patient/") else "other_subject"


def other_subject(entry: Entry, record: Record, person: Person) -> bool:
    """Whether an Observation looks at someone else: focus on a relative, a fetus, a donor; or a specimen of another being."""
    if "focus" not in entry.resource and "specimen" not in entry.resource:
        return False
    for focus in objects(entry.resource.get("focus")):
        target = record.target(focus)
        kind = target.reference.partition("/")[0] if target else text(focus.get("type"))
        mine = target is not None and target.reference == person.reference
        if not mine and kind not in _ELSEWHERE:
            return True
    return any(
        foreign_specimen(specimen, record, person)
        for specimen, _ in record.named(entry.resource.get("specimen"), entry)
        if specimen
    )


def foreign_specimen(specimen: Entry, record: Record, person: Person) -> bool:
    """Whether a Specimen comes from another being than the patient."""
    resource = specimen.resource
    pointer = object_(resource.get("subject"))
    if text(pointer.get("reference")) and _why_not(pointer, specimen, record, person) in ("other_patient", "other_subject"):
        return True
    said = " ".join(_spoken(resource))
    return bool(_OTHER_BEING.search(said))


def _spoken(resource: Json) -> Sequence[str]:
    collection = object_(resource.get("collection"))
    return [*all_words(resource.get("type")), *all_words(collection.get("bodySite"))]
