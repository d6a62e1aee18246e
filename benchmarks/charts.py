"""Synthetic charts of a given size, in the shapes hospitals send: mostly laboratory noise, some genetics, a medicine list."""

from __future__ import annotations

import json
from typing import Any

LOINC, RXNORM = "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm"
MEDICINES = (("309362", "clopidogrel 75 MG Oral Tablet"), ("312961", "simvastatin 20 MG Oral Tablet"), ("2670", "codeine"),
             ("36437", "sertraline"), ("6809", "metformin"), ("29046", "lisinopril"))  # fmt: skip
GENOTYPES = (("CYP2C19", "*2/*2"), ("CYP2D6", "*1/*4"), ("SLCO1B1", "*1/*5"), ("CYP2C9", "*1/*3"), ("TPMT", "*1/*3A"))


def chart(resources: int) -> bytes:
    """A collection Bundle of that many resources: one patient, six orders, five genotypes, the rest laboratory results."""
    entries: list[dict[str, Any]] = [{"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1961-04-02"}]
    entries += [_order(n, *medicine) for n, medicine in enumerate(MEDICINES)]
    entries += [_genotype(n, *genotype) for n, genotype in enumerate(GENOTYPES)]
    entries += [_sodium(n) for n in range(resources - len(entries))]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": r} for r in entries]}).encode()


def _order(number: int, rxcui: str, words: str) -> dict[str, Any]:
    concept = {"coding": [{"system": RXNORM, "code": rxcui, "display": words}], "text": words}
    return {"resourceType": "MedicationRequest", "id": f"rx{number}", "status": "active", "intent": "order",
            "subject": {"reference": "Patient/p"}, "medicationCodeableConcept": concept, "authoredOn": "2026-10-01",
            "dosageInstruction": [{"text": "1 tablet daily"}]}  # fmt: skip


LABORATORY = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}


def _observation(id_: str, code: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": code,
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2026-10-01T08:30:00+02:00",
        "category": [LABORATORY],
    } | more


def _genotype(number: int, gene: str, diplotype: str) -> dict[str, Any]:
    component = {"code": {"coding": [{"system": LOINC, "code": "48018-6"}]}, "valueCodeableConcept": {"text": gene}}
    return _observation(f"g{number}", {"coding": [{"system": LOINC, "code": "84413-4"}]},
                        valueCodeableConcept={"text": diplotype}, component=[component])  # fmt: skip


def _sodium(number: int) -> dict[str, Any]:
    return _observation(f"na{number}", {"coding": [{"system": LOINC, "code": "2951-2", "display": "Sodium"}], "text": "Sodium"},
                        valueQuantity={"value": 140, "unit": "mmol/L", "system": "http://unitsofmeasure.org", "code": "mmol/L"},
                        referenceRange=[{"low": {"value": 135}, "high": {"value": 145}}])  # fmt: skip
