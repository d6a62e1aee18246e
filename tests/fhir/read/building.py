"""Small FHIR resources for tests of reading. All people are synthetic."""

from __future__ import annotations

from typing import Any

from smartpgx.domain.chart import Chart
from smartpgx.fhir.read.bundle import unwrap
from smartpgx.fhir.read.chart import read_chart
from smartpgx.knowledge.release import load

Json = dict[str, Any]
LOINC, SNOMED, HGVS = "http://loinc.org", "http://snomed.info/sct", "http://varnomen.hgvs.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
TBD = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"
ME = {"reference": "Patient/p"}
SITE = {"accession": "NC_000010.11", "position": 94781859, "reference": "G", "alternate": "A"}


def coded(system: str, code: str, display: str = "", text: str = "") -> Json:
    found: Json = {"coding": [{"system": system, "code": code} | ({"display": display} if display else {})]}
    return found | ({"text": text} if text else {})


def patient(name: str = "p", **more: Any) -> Json:
    return {"resourceType": "Patient", "id": name, "gender": "female", "birthDate": "1961-04-02"} | more


def observation(name: str, code: Json, **more: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "code": code,
        "subject": ME,
        "effectiveDateTime": "2026-10-01",
    } | more


def component(code: str, **value: Any) -> Json:
    return {"code": {"coding": [{"system": LOINC, "code": code}]}} | value


def gene(symbol: str, number: str = "") -> Json:
    concept = coded("http://www.genenames.org", number, symbol) if number else {"text": symbol}
    return component("48018-6", valueCodeableConcept=concept)


def genotype(text: str, symbol: str | None = "CYP2C19", name: str = "g", **more: Any) -> Json:
    parts = [gene(symbol)] if symbol else []
    return observation(
        name, coded(LOINC, "84413-4", "Genotype display name"), valueCodeableConcept={"text": text}, component=parts, **more
    )


def variant(
    name: str = "v",
    *,
    answer: str = "LA9633-4",
    counting: str | None = "LA30102-0",
    high: int | None = 0,
    symbol: str | None = "CYP2C19",
    zygosity: str | None = "LA6706-1",
    origin: str | None = "LA6683-2",
    parts: tuple[Json, ...] = (),
    accession: str | None = None,
    position: int | None = None,
    reference: str | None = None,
    alternate: str | None = None,
    **more: Any,
) -> Json:
    found = list(parts) + ([gene(symbol)] if symbol else [])
    if accession:
        found.append(component("48013-7", valueCodeableConcept=coded("http://www.ncbi.nlm.nih.gov/nuccore", accession)))
    if counting and accession:
        found.append(component("92822-6", valueCodeableConcept=coded(LOINC, counting)))
    if position is not None:
        end = position + max(len(reference or ""), 1) - 1 if high == 0 else high
        limits = {"low": {"value": position}} | ({"high": {"value": end}} if end is not None else {})
        found.append(component("81254-5", valueRange=limits))
    found += [
        component(code, valueString=said) for code, said in (("69547-8", reference), ("69551-0", alternate)) if said is not None
    ]
    found += [
        component(code, valueCodeableConcept=coded(LOINC, said))
        for code, said in (("53034-5", zygosity), ("48002-0", origin))
        if said
    ]
    return observation(name, coded(LOINC, "69548-6"), valueCodeableConcept=coded(LOINC, answer), component=found, **more)


def named(code: str, text: str) -> Json:
    return component(code, valueCodeableConcept=coded(HGVS, text))


def sequence(
    *variants: tuple[Any, Any, str, str], counting: int = 0, accession: str = "NC_000010.11", name: str = "q", **more: Any
) -> Json:
    listed = [{"start": s, "end": e, "referenceAllele": r, "observedAllele": a} for s, e, r, a in variants]
    reference = {"referenceSeqId": coded("http://www.ncbi.nlm.nih.gov/nuccore", accession)}
    return {
        "resourceType": "MolecularSequence",
        "id": name,
        "type": "dna",
        "coordinateSystem": counting,
        "patient": ME,
        "referenceSeq": reference,
        "variant": listed,
    } | more


def order(concept: Json | None = None, name: str = "m", **more: Any) -> Json:
    found: Json = {
        "resourceType": "MedicationRequest",
        "id": name,
        "status": "active",
        "intent": "order",
        "subject": ME,
        "authoredOn": "2026-10-01",
    }
    return found | ({"medicationCodeableConcept": concept} if concept else {}) | more


def clopidogrel(**more: Any) -> Json:
    return order(coded(RXNORM, "32968", "clopidogrel"), **more)


def organism(text: str, name: str = "o", specimen: str = "s", **more: Any) -> Json:
    return observation(
        name,
        {"text": "Organism identified"},
        valueCodeableConcept={"text": text},
        specimen={"reference": f"Specimen/{specimen}"},
        **more,
    )


def bundle(*resources: Json, kind: str = "collection", base: str = "http://ehr.example.org/fhir") -> Json:
    entries = [{"fullUrl": f"{base}/{each['resourceType']}/{each.get('id', '')}", "resource": each} for each in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def read(*resources: Json, who: Json | None = None) -> Chart:
    """The chart of a Bundle with one patient in front."""
    return read_chart(unwrap(bundle(who or patient(), *resources)), load())


def told(chart: Chart) -> set[str]:
    """Everything that gaps and exclusions speak of."""
    return {name for each in (*chart.gaps, *chart.excluded) for name in each.source}


def reasons(chart: Chart) -> dict[str, str]:
    return {name: each.reason for each in chart.excluded for name in each.source}


def because(chart: Chart) -> set[str]:
    return {each.because for each in chart.gaps}


def adds_up(chart: Chart, count: int) -> bool:
    return sum(number for outcomes in chart.accounted.values() for number in outcomes.values()) == count
