"""Observations: what a finding means for a drug, as the genomics-reporting 3.0.0 profile or as a predicted susceptibility."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartpgx.domain.advice import Issue, Recommendation
from smartpgx.domain.codes import Letter
from smartpgx.fhir.write.elements import (
    GENETIC_SECURITY,
    LOINC,
    SOFTWARE,
    TBD_CODES,
    coded,
    medicine,
    narrative,
    references,
)
from smartpgx.fhir.write.identity import IMPLICATION_SYSTEM, digest
from smartpgx.wording import advice as say

PROFILE = "http://hl7.org/fhir/uv/genomics-reporting/StructureDefinition/therapeutic-implication"
LABORATORY = coded("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")
GENETICS = coded("http://terminology.hl7.org/CodeSystem/v2-0074", "GE", "Genetics")
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
DERIVED_FROM = ("Observation", "MolecularSequence")

PHENOTYPE_ANSWERS = {
    "ultrarapid metabolizer": ("LA10315-2", "Ultrarapid metabolizer"),
    "rapid metabolizer": ("LA25390-8", "Rapid metabolizer"),
    "normal metabolizer": ("LA25391-6", "Normal metabolizer"),
    "intermediate metabolizer": ("LA10317-8", "Intermediate metabolizer"),
    "poor metabolizer": ("LA9657-3", "Poor metabolizer"),
    "increased function": ("LA25392-4", "Increased function"),
    "normal function": ("LA25393-2", "Normal function"),
    "decreased function": ("LA25395-7", "Decreased function"),
    "poor function": ("LA25394-0", "Poor function"),
}
"""Answers of the profile's value set (extensible): anything else goes as text."""

LETTERS: dict[str, str] = {"S": "Susceptible", "I": "Intermediate", "R": "Resistant"}


def implications(
    issue: Issue, recs: Sequence[Recommendation], patient: str, on: str, letter: Letter | None = None
) -> list[dict[str, Any]]:
    """One Observation per implication the issue rests on: a set of findings and the drug they speak of.

    ``letter``: how the isolate was judged for the drug; the advice may be milder than that.
    """
    grouped: dict[tuple[str, ...], list[Recommendation]] = {}
    for rec in recs:
        if rec.status in ("avoid", "change", "monitor"):
            grouped.setdefault(tuple(sorted(a.name for a in rec.about)), []).append(rec)
    if issue.code == "LAB":
        return [_susceptibility(issue, about, group, patient, on, letter) for about, group in grouped.items()]
    return [_therapeutic(issue, about, group, patient, on) for about, group in grouped.items()]


def _base(issue: Issue, about: tuple[str, ...], recs: Sequence[Recommendation], patient: str, on: str) -> dict[str, Any]:
    findings = tuple(s for rec in recs for a in rec.about for s in a.source)
    return {
        "resourceType": "Observation",
        "id": digest(patient, issue.id, *about),
        "text": narrative(say.summary(recs[0])),
        "identifier": [{"system": IMPLICATION_SYSTEM, "value": digest(patient, issue.id, *about)}],
        "status": "final",
        "subject": {"reference": patient},
        "effectiveDateTime": on,
        "device": SOFTWARE,
        "derivedFrom": references(findings, DERIVED_FROM),
    }


def _therapeutic(issue: Issue, about: tuple[str, ...], recs: Sequence[Recommendation], patient: str, on: str) -> dict[str, Any]:
    leading = recs[0]
    made = _base(issue, about, recs, patient, on)
    links = dict.fromkeys(s.url for r in recs for s in r.sources if s.url)
    made["meta"] = {"profile": [PROFILE] if made["derivedFrom"] else [], "security": [GENETIC_SECURITY]}
    made["extension"] = [
        {
            "url": "http://hl7.org/fhir/StructureDefinition/workflow-relatedArtifact",
            "valueRelatedArtifact": {"type": "citation", "url": url},
        }
        for url in links
    ]
    made["category"] = [LABORATORY, GENETICS]
    made["code"] = coded(TBD_CODES, "therapeutic-implication", "Therapeutic Implication")
    made["component"] = [
        {"code": coded(LOINC, "51963-7"), "valueCodeableConcept": medicine(issue.drug.name, issue.drug.rxcui)},
        *(
            {"code": coded(TBD_CODES, "therapeutic-implication", "Therapeutic Implication"), "valueCodeableConcept": answer}
            for answer in _answers(leading)
        ),
        *(
            {"code": coded(LOINC, "93044-6"), "valueCodeableConcept": {"text": f"{r.sources[0].name}: {r.strength}"}}
            for r in recs[:1]
            if r.sources and r.strength
        ),
        {"code": coded(TBD_CODES, "conclusion-string", "Conclusion Text"), "valueString": say.summary(leading)},
    ]
    return _pruned(made)


def _answers(rec: Recommendation) -> list[dict[str, Any]]:
    """What each finding means, coded where the value set has the word. A summary of two genes stays two answers."""
    out: list[dict[str, Any]] = []
    for about in rec.about:
        words = (about.result or "").casefold()
        answer = next((a for phrase, a in PHENOTYPE_ANSWERS.items() if words.endswith(phrase)), None)
        text = f"{about.name} {about.result}" if about.result else about.name
        out.append(coded(LOINC, *answer, text=text) if answer else {"text": text})
    return out


def _susceptibility(
    issue: Issue, about: tuple[str, ...], recs: Sequence[Recommendation], patient: str, on: str, letter: Letter | None
) -> dict[str, Any]:
    leading = recs[0]
    made = _base(issue, about, recs, patient, on)
    made["category"] = [LABORATORY]
    made["code"] = {"text": f"{issue.drug.name} susceptibility, predicted from genotype"}
    made["method"] = {"text": "predicted from genotype"}
    made["valueString"] = say.summary(leading)
    made["interpretation"] = [coded(INTERPRETATION, letter, LETTERS[letter])] if letter in LETTERS else []
    made["note"] = [
        {"text": f"{s.name} {s.version or ''}".strip() + "; a prediction, not a measured susceptibility"} for s in leading.sources
    ]
    return _pruned(made)


def _pruned(made: dict[str, Any]) -> dict[str, Any]:
    """FHIR has no empty lists."""
    if "meta" in made:
        made["meta"] = {k: v for k, v in made["meta"].items() if v}
    return {k: v for k, v in made.items() if v not in ([], {})}
