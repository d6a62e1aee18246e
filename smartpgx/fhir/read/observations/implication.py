"""What the laboratory concludes: advice on medicines, classes of variants, consequences for a protein."""

from __future__ import annotations

from smartpgx.domain.chart import LabImplication
from smartpgx.fhir.read.elements import Json, codings, value_words, words
from smartpgx.fhir.read.findings import Findings, Sighting
from smartpgx.fhir.read.observations import change_types, phenotype
from smartpgx.fhir.read.observations.view import View
from smartpgx.notation import drugs, hgvs

_IMPLICATIONS = ("therapeutic-implication", "predicted-therapeutic-implication", "53040-2", "51961-1", "83009-1")


def read_therapeutic(view: View, findings: Findings) -> None:
    """Advice of the laboratory: shown beside ours. Several medicines in one Observation are a combination."""
    said = _implication(view)
    medicines = view.components.get("51963-7", ())
    if not medicines or not said:
        missing = "an implication" if medicines else "a medicine"
        view.gap("the laboratory's advice", "incomplete", f"This conclusion of the laboratory names no {missing.split()[-1]}.")
        return
    names = [_drug(view, each) for each in medicines]
    findings.lab_implications.append(
        LabImplication(drug="/".join(names), implication=said, source=view.source, date=view.date, warnings=view.warnings)
    )


def _implication(view: View) -> str | None:
    for code in _IMPLICATIONS:
        for component in view.components.get(code, ()):
            concept = component.get("valueCodeableConcept")
            if said := (words(concept) if concept else next(iter(value_words(component)), "")):
                return said
    return next(iter(view.value_words), None) or next(iter(view.component_words("conclusion-string")), None)


def _drug(view: View, component: Json) -> str:
    """RxNorm ingredient of the medicine, or its name where that is not certain."""
    concept = component.get("valueCodeableConcept")
    found = drugs.resolve(codings(concept), words(concept), view.reading.tables.medicines)
    if found.ingredients and all(row.rxcui for row in found.ingredients):
        return "/".join(row.rxcui or "" for row in found.ingredients)
    return words(concept) or next(iter(value_words(component)), "unnamed")


def read_effect(view: View, findings: Findings) -> None:
    """STU1: an Observation per effect. On metabolism it is the phenotype of its gene; with a medicine it is advice as well."""
    if any(each.code == "53040-2" for each in view.code):
        phenotype.read(view, findings)
        if "51963-7" not in view.components:
            return
    read_therapeutic(view, findings)


def read_diagnostic(view: View, findings: Findings) -> None:
    """The laboratory's class of a variant: goes to the variants it is derived from."""
    significance = change_types.significance(view)
    if significance is None or not view.derived_from:
        if "53037-8" in view.components:
            view.gap("the class of a variant", "unreadable", "This classification of a variant could not be read.")
        else:
            view.reading.ledger.use(*view.source)
        return
    for _, name in view.derived_from:
        findings.significance[name] = (significance, view.entry.reference)


def read_consequence(view: View, findings: Findings) -> None:
    """A molecular consequence: protein and coding names, and the class of change, for the variants it is derived from."""
    names = [
        said
        for code in ("48004-6", "48005-3")
        for said in view.component_words(code)
        if hgvs.parse(said) or (code == "48005-3" and hgvs.protein(said))
    ]
    proteins = {found for each in names if (found := hgvs.protein(each)) and not hgvs.is_no_change(found)}
    kinds = [*view.component_codings("feature-consequence"), *view.component_codings("functional-effect")]
    change = change_types.of_codes(tuple(each.code for each in kinds), tuple(each.display for each in kinds))
    if not view.derived_from:
        view.gap("the variant of a consequence", "incomplete", "This molecular consequence does not say of which variant.")
        return
    findings.consequences.append(
        Sighting(source=(view.entry.reference, *(name for _, name in view.derived_from)), hgvs=tuple(dict.fromkeys(names)),
                 protein=proteins.pop() if len(proteins) == 1 else None, change=change, date=view.date)
    )  # fmt: skip
