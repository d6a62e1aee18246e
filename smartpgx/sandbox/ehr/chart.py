"""A patient's record as rows a clinician can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from smartpgx.sandbox.access import patients
from smartpgx.sandbox.record.outcome import Json
from smartpgx.sandbox.record.store import ResourceStore, address

MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration")
RESULTS = ("Observation", "DiagnosticReport", "MolecularSequence", "Specimen")
FINDINGS = ("DetectedIssue",)
SAYING = ("valueCodeableConcept", "valueString", "valueQuantity", "conclusion", "detail", "dosageInstruction", "dosage")
SHOWN = 90
"""Characters of a text shown in a row."""


class Row(NamedTuple):
    """One resource: what it is, what it says, its status, its date, its address under the FHIR base."""

    kind: str
    what: str
    says: str
    status: str
    when: str
    place: str


class Chart(NamedTuple):
    """The record of one patient. ``written`` holds what apps stored during this run."""

    medicines: list[Row]
    results: list[Row]
    findings: list[Row]
    others: list[Row]
    written: list[Row]


def chart(store: ResourceStore, patient: str, base: str) -> Chart:
    """Everything in the patient's compartment."""
    own = [resource for resource in store.all() if _of(resource, patient, store, base)]
    back = [resource for resource in store.written() if _of(resource, patient, store, base)]
    taken = {address(resource) for resource in back}
    kept = [resource for resource in own if address(resource) not in taken and resource["resourceType"] != "Patient"]
    known = (*MEDICINES, *RESULTS, *FINDINGS)
    return Chart(
        _rows(kept, MEDICINES),
        _rows(kept, RESULTS),
        _rows(kept, FINDINGS),
        [row(resource) for resource in kept if resource["resourceType"] not in known],
        [row(resource) for resource in back],
    )


def _of(resource: Json, patient: str, store: ResourceStore, base: str) -> bool:
    return patient in (patients(resource, store, base) or ())


def _rows(resources: Iterable[Json], kinds: tuple[str, ...]) -> list[Row]:
    return [row(resource) for kind in kinds for resource in resources if resource["resourceType"] == kind]


def row(resource: Json) -> Row:
    """A resource in one line; odd content gives empty cells."""
    kind, resource_id = address(resource)
    what = _first(resource, ("code", "medicationCodeableConcept", "medicationReference", "category", "type"))
    says = _first(resource, SAYING) or _components(resource)
    names = ("effectiveDateTime", "identifiedDateTime", "authoredOn", "recorded", "issued", "dateTime")
    when = next((str(resource[name])[:10] for name in names if name in resource), "")
    return Row(kind, what, says, text_of(resource.get("status")), when, f"{kind}/{resource_id}")


def _components(resource: Json) -> str:
    parts = resource.get("component")
    found = (_first(part, SAYING) for part in parts if isinstance(part, dict)) if isinstance(parts, list) else ()
    return text_of(", ".join(text for text in found if text))


def _first(resource: Json, names: Iterable[str]) -> str:
    return next((text for name in names if (text := text_of(resource.get(name)))), "")


def text_of(value: Any) -> str:
    """The most readable text of a CodeableConcept, Reference, Quantity or plain value, shortened."""
    text = next(_texts(value), "")
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        if "value" in value and "unit" in value:
            yield f"{value['value']} {value['unit']}"
        for name in ("text", "display", "coding", "code", "reference", "value"):
            yield from _texts(value.get(name))
    elif isinstance(value, (str, int, float)) and value != "":
        yield str(value)


def patient_name(patient: Json) -> str:
    """Family, given; the id where no name can be read."""
    names = patient.get("name")
    for name in names if isinstance(names, list) else []:
        parts = [text_of(name.get("family")), *_texts(name.get("given"))] if isinstance(name, dict) else []
        text = ", ".join(part for part in (" ".join(parts[:1]), " ".join(parts[1:])) if part) or text_of(name)
        if text:
            return text
    return str(patient["id"])
