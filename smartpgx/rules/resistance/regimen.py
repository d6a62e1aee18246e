"""The HIV regimen of a record seen against one isolate. It is judged as a whole: no drug is swapped from a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from smartpgx.domain.called import DrugCall, Regimen, RegimenDrug, Remark
from smartpgx.domain.chart import Chart
from smartpgx.domain.codes import Letter
from smartpgx.rules.resistance.medicines import HivMedicine, boosters, hiv_medicines
from smartpgx.rules.resistance.tables import ResistanceTables
from smartpgx.rules.resistance.virus import GeneFindings

KEEPS_ITS_PLACE = ("lamivudine", "emtricitabine")
"""Drugs that M184V/I is no reason to stop (HIVDB comment RT184VI)."""

HLA_ABACAVIR = "HLA-B*57:01"


def regimen(chart: Chart, knowledge: ResistanceTables, calls: Sequence[DrugCall], genes: Sequence[GeneFindings]) -> Regimen:
    """The active HIV medicines with their letter by the shipped algorithm; ``fully_active`` counts the S among them."""
    letters = letters_of(calls, knowledge)
    taken = [medicine for medicine in hiv_medicines(chart, knowledge) if medicine.active]
    drugs = tuple(
        RegimenDrug(drug=medicine.drug, order=medicine.orders, interpretation=letters.get(medicine.drug.code or "", "U"))
        for medicine in taken
    )
    active = len({one.drug.code or one.drug.name for one in drugs if one.interpretation == "S"})
    remarks = tuple(_remarks(chart, taken, drugs, active, genes)) if taken else (Remark(code="no_regimen"),)
    return Regimen(drugs=drugs, fully_active=active, remarks=remarks)


def letters_of(calls: Sequence[DrugCall], knowledge: ResistanceTables) -> Mapping[str, Letter]:
    """HIVDB abbreviation -> letter, by the shipped algorithm."""
    label = knowledge.hivdb.label
    return {call.drug.code or call.drug.name: call.interpretation for call in calls if call.algorithm == label}


def _remarks(
    chart: Chart, taken: Sequence[HivMedicine], drugs: Sequence[RegimenDrug], active: int, genes: Sequence[GeneFindings]
) -> Iterator[Remark]:
    yield _count(drugs, active)
    names = {one.drug.name for one in drugs}
    if (mutations := found(genes, "RT", 184, "VI")) and (kept := [name for name in KEEPS_ITS_PLACE if name in names]):
        yield Remark(code="m184_keeps", parameters={"mutation": mutations, "drugs": ", ".join(kept)})
    if mutations := found(genes, "RT", 65, "R"):
        yield from _k65r(mutations, names)
    if unjudged := [one.drug.name for one in drugs if one.interpretation == "U"]:
        yield Remark(code="not_judged", parameters={"drugs": ", ".join(unjudged)})
    given = boosters(chart)
    if given:
        yield Remark(code="boosters", parameters={"drugs": ", ".join(given)})
    unboosted = [m.drug.name for m in taken if m.row and any(name.endswith("/r") for name in (m.row.code, *m.row.asi_names))]
    if unboosted and not given:
        yield Remark(code="booster_missing", parameters={"drugs": ", ".join(unboosted)})
    if "abacavir" in names and any(h.present and h.allele == HLA_ABACAVIR for h in chart.hla):
        yield Remark(code="abacavir_hla", parameters={"allele": HLA_ABACAVIR})
    if touched := [m.drug.name for m in taken if m.treats_hepatitis_b]:
        yield Remark(code="hepatitis_b", parameters={"status": hepatitis_b(chart), "drugs": ", ".join(touched)})
    if len(chart.isolates) > 1:
        yield Remark(code="several_isolates")
    yield Remark(code="interactions_not_checked")


def _count(drugs: Sequence[RegimenDrug], active: int) -> Remark:
    parameters = {"active": str(active), "of": str(len(drugs))}
    parameters["drugs"] = ", ".join(one.drug.name for one in drugs if one.interpretation == "S")
    if all(one.interpretation == "U" for one in drugs):
        return Remark(code="activity_unknown")
    if any(one.interpretation == "U" for one in drugs):
        return Remark(code="active_at_least", parameters=parameters)
    return Remark(code="active" if active >= 2 else "few_active", parameters=parameters)


def _k65r(mutation: str, names: set[str]) -> Iterator[Remark]:
    """HIVDB comment RT65R: no reason to leave tenofovir, lamivudine and dolutegravir."""
    tenofovir = [name for name in names if name.startswith("tenofovir")]
    backbone = [name for name in KEEPS_ITS_PLACE if name in names]
    if tenofovir and backbone and "dolutegravir" in names:
        yield Remark(
            code="k65r_keeps", parameters={"mutation": mutation, "drugs": ", ".join([*tenofovir, *backbone, "dolutegravir"])}
        )


def found(genes: Sequence[GeneFindings], gene: str, position: int, letters: str) -> str:
    """The name of what was found there when one of these letters is in it, else an empty text."""
    for findings in genes:
        if findings.gene == gene and set(letters) & set(findings.letters.get(position, "")):
            return findings.names[position]
    return ""


_HEPATITIS_B = re.compile(r"\bhepatitis b\b|\bHBV\b|\bHBsAg positive\b", re.IGNORECASE)
_NOT_THE_DISEASE = re.compile(r"vaccin|immuni|screen|exposure|family|negative|non-?reactive|need for|contact", re.IGNORECASE)
_ICD10 = re.compile(r"B16(\.|$)|B18\.[01]|B19\.1")
_OVER = ("resolved", "inactive", "remission")


def hepatitis_b(chart: Chart) -> str:
    """``positive``, ``negative`` (a measured HBsAg or HBV DNA says so) or ``unknown``."""
    for measurement in chart.measurements:
        if re.fullmatch(r"HBsAg|HBV DNA", measurement.name, re.IGNORECASE):
            value = str(measurement.value or "").lower()
            if value in ("positive", "detected", "reactive"):
                return "positive"
            if value in ("negative", "not detected", "non-reactive"):
                return "negative"
    for condition in chart.conditions:
        coded = any("icd-10" in system.lower() and _ICD10.match(code) for system, code in condition.codes)
        worded = _HEPATITIS_B.search(condition.text) and not _NOT_THE_DISEASE.search(condition.text)
        if (coded or worded) and condition.clinical_status not in _OVER:
            return "positive"
    return "unknown"
