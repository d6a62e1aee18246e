"""Small FHIR elements that several of our resources share."""

from __future__ import annotations

from html import escape
from typing import Any

import smartpgx
from smartpgx.fhir.write.identity import DEVICE_SYSTEM

LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
TBD_CODES = "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs"

GENETIC_SECURITY = {"system": ACT_CODE, "code": "GDIS", "display": "genetic disease information sensitivity"}
SOFTWARE = {
    "type": "Device",
    "identifier": {"system": DEVICE_SYSTEM, "value": "smartpgx"},
    "display": f"smartpgx {smartpgx.__version__}, decision support software",
}


def coded(system: str, code: str, display: str | None = None, text: str | None = None) -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


def narrative(*paragraphs: str) -> dict[str, str]:
    """Paragraphs only: readable in any viewer, without script or style."""
    body = "".join(f"<p>{escape(p)}</p>" for p in paragraphs if p)
    return {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>'}


def medicine(name: str, rxcui: str | None) -> dict[str, Any]:
    """A CodeableConcept: the RxNorm ingredient where there is one, else text."""
    return coded(RXNORM, rxcui, name, name) if rxcui else {"text": name}


def reference(source: str) -> dict[str, str]:
    """A relative reference; what points at a contained resource points at its container."""
    return {"reference": source.split("#")[0]}


def references(sources: tuple[str, ...], types: tuple[str, ...] | None = None) -> list[dict[str, str]]:
    """Distinct references, of the given resource types where given, in order."""
    whole = dict.fromkeys(s.split("#")[0] for s in sources if "/" in s)
    return [{"reference": s} for s in whole if types is None or s.split("/")[0] in types]
