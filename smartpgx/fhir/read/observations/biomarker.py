"""Tumour biomarkers that are no variants: MSI, TMB, HRD, PD-L1, HER2."""

from __future__ import annotations

from smartpgx.domain.chart import Biomarker
from smartpgx.fhir.read.elements import quantity
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.observations import answers
from smartpgx.fhir.read.observations.view import View

CODES = {"81695-9": "MSI", "94076-7": "TMB", "85147-7": "PD-L1", "18474-7": "HER2", "72382-5": "HER2"}
_WORDS = (
    ("microsatellite instability", "MSI"), ("msi", "MSI"), ("tumor mutation", "TMB"), ("tumour mutation", "TMB"),
    ("tmb", "TMB"), ("mutations/megabase", "TMB"),
    ("homologous recombination", "HRD"), ("hrd", "HRD"), ("genomic instability score", "HRD"), ("pd-l1", "PD-L1"),
    ("her2", "HER2"), ("mismatch repair", "MMR"),
)  # fmt: skip
_MSI = {
    "la26203-2": "MSI-H", "la14122-8": "MSS", "msi-h": "MSI-H", "msi-high": "MSI-H", "msi high": "MSI-H", "high": "MSI-H",
    "instability high": "MSI-H",
    "microsatellite instability high": "MSI-H", "microsatellite instability-high": "MSI-H", "msi-l": "MSI-L",
    "msi-low": "MSI-L", "msi low": "MSI-L", "low": "MSI-L",
    "mss": "MSS", "stable": "MSS", "microsatellite stable": "MSS", "microsatellite-stable": "MSS", "ms-stable": "MSS",
    "not detected": "MSS",
}  # fmt: skip


def name_of(code_words: str) -> str | None:
    """Biomarker that a code's name speaks of."""
    folded = code_words.casefold()
    return next((name for word, name in _WORDS if word in folded), None)


def read(view: View, findings: Findings) -> None:
    """One biomarker with its value; a value that is no value of it is a gap."""
    name = next((CODES[each.code] for each in view.code if each.code in CODES), None) or name_of(view.code_words) or "biomarker"
    value, unit, comparator = quantity(view.value) if view.value_kind == "Quantity" else (None, "", "")
    if name == "MSI" or value is None:
        _file(view, name, _worded(view, name), None, findings)
        return
    shown: float | str = f"{comparator}{value:g}" if comparator else value
    warnings = () if unit or name != "TMB" else ("TMB without a unit was taken as mutations per megabase",)
    _file(view, name, shown, unit or ("mutations/Mb" if name == "TMB" else None), findings, warnings)


def _worded(view: View, name: str) -> str | float | None:
    if name == "MSI":
        values = {_MSI[folded] for each in view.value_words if (folded := each.casefold().strip()) in _MSI}
        return values.pop() if len(values) == 1 else None
    if name == "TMB":
        return next((float(each) for each in view.value_words if each.replace(".", "", 1).isdigit()), None)
    found = answers.presence(view.value_codings, view.value_words, view.interpretations)
    if found in ("present", "absent"):
        return "positive" if found == "present" else "negative"
    return next(iter(view.value_words), None) if found is None else None


def _file(
    view: View, name: str, value: float | str | None, unit: str | None, findings: Findings, warnings: tuple[str, ...] = ()
) -> None:
    if value is None:
        view.gap(name, "unreadable" if view.value_words else "no_answer", f"The {name} result could not be read.")
        return
    findings.biomarkers.append(
        Biomarker(name=name, value=value, unit=unit, source=view.source, date=view.date, warnings=(*view.warnings, *warnings))
    )
