"""Three synthetic patients for a sandbox without ``fhir_fixtures``."""

from __future__ import annotations

from typing import Any

from smartpgx.sandbox.record.outcome import Json

LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def _concept(system: str, code: str, text: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def _patient(slug: str, given: str, family: str, gender: str, born: str) -> Json:
    name = [{"use": "official", "family": family, "given": [given]}]
    return {"resourceType": "Patient", "id": slug, "active": True, "name": name, "gender": gender, "birthDate": born}


def _order(slug: str, code: str, drug: str, written: str) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": f"{slug}-order-{code}",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": _concept(RXNORM, code, drug),
        "subject": {"reference": f"Patient/{slug}"},
        "authoredOn": written,
    }


def _genotype(slug: str, gene: str, diplotype: str) -> Json:
    category = _concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")
    return {
        "resourceType": "Observation",
        "id": f"{slug}-genotype",
        "status": "final",
        "category": [category],
        "code": _concept(LOINC, "84413-4", "Genotype display name"),
        "subject": {"reference": f"Patient/{slug}"},
        "effectiveDateTime": "2026-03-02",
        "valueCodeableConcept": {"text": f"{gene} {diplotype}"},
        "component": [{"code": _concept(LOINC, "48018-6", "Gene studied [ID]"), "valueCodeableConcept": {"text": gene}}],
    }


def _bundle(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": resource} for resource in resources]}


SEED: tuple[tuple[dict[str, Any], Json], ...] = (
    (
        {
            "slug": "seed-clopidogrel",
            "title": "Clopidogrel after a stent",
            "moral": "Open her, expect advice against clopidogrel.",
            "subject": "drug_gene",
        },
        _bundle(
            _patient("seed-clopidogrel", "Ada", "Probe", "female", "1958-04-12"),
            _order("seed-clopidogrel", "32968", "clopidogrel", "2026-10-01"),
            _genotype("seed-clopidogrel", "CYP2C19", "*2/*2"),
        ),
    ),
    (
        {
            "slug": "seed-nothing",
            "title": "A list without genetic results",
            "moral": "Open him, expect to hear that no genetic result was found.",
            "subject": "drug_gene",
        },
        _bundle(
            _patient("seed-nothing", "Emil", "Probe", "male", "1949-11-30"),
            _order("seed-nothing", "36567", "simvastatin", "2026-09-14"),
        ),
    ),
)
