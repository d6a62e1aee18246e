"""Conditions and allergies, and the conditions that are tumours."""

from __future__ import annotations

import re

from smartpgx.domain.chart import Allergy, Condition, Ingredient, Measurement, Tumour
from smartpgx.fhir.read.elements import Json, codings, day, object_, objects, text, words
from smartpgx.fhir.read.gate import Reading, admitted
from smartpgx.fhir.read.references import Entry
from smartpgx.notation import drugs

ONCOTREE = "http://oncotree.mskcc.org"
DOID = "http://purl.obolibrary.org/obo/doid.owl"
_ICD10 = re.compile(r"C\d\d(?:\.\w+)?")
_TUMOUR = re.compile(
    r"cancer|carcinoma|adenocarcinoma|melanoma|lymphoma|leuk(?:a)?emia|sarcoma|glioma|glioblastoma|myeloma|blastoma|mesothelioma|malignan|neoplasm|\btumou?r\b|"
    r"cholangiocarcinoma|thymoma|seminoma|\bgist\b|mastocytosis|myelodysplastic",
    re.IGNORECASE,
)
_NO_TUMOUR = re.compile(
    r"history of|family|screening|risk|suspicion|suspected|benign|hereditary|predisposition|susceptib|\bno\b|"
    r"hyperthermia|hypertension",
    re.IGNORECASE,
)
_TRANSPLANT = re.compile(r"transplant", re.IGNORECASE)
_LEFT_OUT = {"entered-in-error": "entered_in_error", "refuted": "negated"}


def _status(concept: object) -> str:
    return next((each.code for each in codings(concept) if each.code), "") or words(concept)


def read_condition(entry: Entry, reading: Reading) -> tuple[Condition | None, Tumour | None, Measurement | None]:
    """One condition; the tumour it is, if it is one; a transplant, if it is one."""
    if not admitted(entry, reading):
        return None, None, None
    resource = entry.resource
    if reason := _LEFT_OUT.get(_status(resource.get("verificationStatus"))):
        reading.ledger.exclude(entry, reason)
        return None, None, None
    named = words(resource.get("code"))
    if not named:
        reading.ledger.gap(entry, "a condition", "incomplete", "This condition names nothing.")
        return None, None, None
    date = day(resource.get("onsetDateTime")) or day(resource.get("recordedDate"))
    codes = tuple((each.system, each.code) for each in codings(resource.get("code")) if each.code)
    source = (entry.reference,)
    condition = Condition(
        text=named, codes=codes, clinical_status=_status(resource.get("clinicalStatus")) or None, source=source, date=date
    )
    transplant = Measurement(name="transplant", value=named, source=source, date=date) if _TRANSPLANT.search(named) else None
    reading.ledger.use(entry.reference)
    return condition, _tumour(named, codes, source, date), transplant


def _tumour(named: str, codes: tuple[tuple[str, str], ...], source: tuple[str, ...], date: str | None) -> Tumour | None:
    oncotree = next((code for system, code in codes if system.rstrip("/") == ONCOTREE), None)
    doid = next((code.removeprefix("DOID:") for system, code in codes if system == DOID or code.startswith("DOID:")), None)
    by_code = bool(oncotree or doid) or any("icd-10" in system and _ICD10.fullmatch(code) for system, code in codes)
    if not by_code and (not _TUMOUR.search(named) or _NO_TUMOUR.search(named)):
        return None
    first = next((code for system, code in codes if system == "http://snomed.info/sct"), codes[0][1] if codes else None)
    return Tumour(condition={"code": first, "text": named, "doid": doid, "oncotree": oncotree}, source=source, date=date)


def read_procedure(entry: Entry, reading: Reading) -> Measurement | None:
    """A transplantation, which changes whose cells a result is about; other procedures are out of scope."""
    named = words(entry.resource.get("code"))
    if not admitted(entry, reading) or not _TRANSPLANT.search(named):
        return None
    if text(entry.resource.get("status")) in ("not-done", "preparation"):
        return None
    reading.ledger.use(entry.reference)
    period = object_(entry.resource.get("performedPeriod"))
    date = day(entry.resource.get("performedDateTime")) or day(period.get("start"))
    return Measurement(name="transplant", value=named, source=(entry.reference,), date=date)


def read_allergy(entry: Entry, reading: Reading) -> Allergy | None:
    """One allergy or intolerance, with the ingredients of its substance where they are known."""
    if not admitted(entry, reading):
        return None
    resource = entry.resource
    if reason := _LEFT_OUT.get(_status(resource.get("verificationStatus"))):
        reading.ledger.exclude(entry, reason)
        return None
    concept = object_(resource.get("code"))
    reactions = objects(resource.get("reaction"))
    if not words(concept) and reactions:
        concept = object_(reactions[0].get("substance"))
    named = words(concept)
    if not named:
        reading.ledger.gap(entry, "an allergy", "incomplete", "This allergy names no substance.")
        return None
    reading.ledger.use(entry.reference)
    found = drugs.resolve(codings(concept), text(concept.get("text")), reading.tables.medicines)
    rows = found.ingredients if found.problem is None else ()
    return Allergy(
        substance=named,
        ingredients=tuple(Ingredient(name=row.name, rxcui=row.rxcui) for row in rows),
        criticality=text(resource.get("criticality")) or None,
        reaction=_reaction(reactions),
        source=(entry.reference,),
        date=day(resource.get("onsetDateTime")) or day(resource.get("recordedDate")),
    )


def _reaction(reactions: list[Json]) -> str | None:
    said = [words(each) for reaction in reactions for each in objects(reaction.get("manifestation"))]
    return ", ".join(dict.fromkeys(each for each in said if each)) or None
