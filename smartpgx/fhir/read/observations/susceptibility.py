"""Measured susceptibilities: the interpretation carries the answer, the MIC stands beside it in mg/L."""

from __future__ import annotations

import re

from smartpgx.domain.chart import Susceptibility
from smartpgx.domain.codes import Letter
from smartpgx.fhir.read.elements import Json, all_words, object_, objects, quantity, value_words, words
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.observations.isolates import result
from smartpgx.fhir.read.observations.view import View
from smartpgx.notation.units import mg_per_l

_LETTERS: dict[str, Letter] = {
    "s": "S", "susceptible": "S", "sensitive": "S", "i": "I", "intermediate": "I", "susceptible, increased exposure": "I",
    "r": "R", "resistant": "R",
    "sdd": "SDD", "susceptible-dose dependent": "SDD", "susceptible dose dependent": "SDD", "ns": "NS",
    "non-susceptible": "NS", "nonsusceptible": "NS",
}  # fmt: skip
_TAIL = re.compile(
    r"\s*(?:\[susceptibility\]|\bsusceptibility\b|\bmic\b|\bby (?:minimum|gradient|disk|disc|method)|\[minimum).*$", re.IGNORECASE
)
_STANDARD = re.compile(r"\b(EUCAST|CLSI)\b", re.IGNORECASE)


def read(view: View, findings: Findings) -> None:
    """One drug in the code, or one drug per component."""
    parts = [(words(each.get("code")), each) for _, each in view.named_components if _letter(each, view) or _has_mic(each)]
    own = _letter(view.resource, view) or _has_mic(view.resource)
    if not parts and not own:
        if view.members:
            view.reading.ledger.use(*view.source)
            return
        view.gap("a susceptibility", "no_answer", "This susceptibility result has neither an interpretation nor a concentration.")
        return
    measured = (
        [_measured(view, name, holder) for name, holder in parts]
        if parts and not own
        else [_measured(view, view.code_name, view.resource)]
    )
    found = tuple(each for each in measured if each is not None)
    if found:
        findings.cultures.results.append(result(view, susceptibility=found))


def _measured(view: View, name: str, holder: Json) -> Susceptibility | None:
    drug = _TAIL.sub("", name).strip(" -:") or name
    letters = _letter(holder, view)
    if len(letters) > 1:
        view.gap(f"susceptibility to {drug}", "contradiction", f"Interpretations of {drug} contradict each other.")
        return None
    value, unit, comparator = quantity(holder.get("valueQuantity"))
    mic = mg_per_l(value, unit) if value is not None else None
    warnings = [*view.warnings, *([f"MIC {comparator}{value:g} {unit}"] if comparator and value is not None else [])]
    if not letters:
        view.gap(f"susceptibility to {drug}", "not_interpreted", f"The MIC of {drug} was reported without an interpretation.")
    rows = view.reading.tables.medicines.by_name(drug)
    return Susceptibility(
        drug_text=drug,
        rxcui=rows[0].rxcui if len(rows) == 1 else None,
        interpretation=next(iter(letters), None),
        standard=_standard(view, holder),
        mic=mic,
        specimen=next((reference for _, reference in view.specimens), None),
        source=view.source,
        date=view.date,
        warnings=tuple(warnings),
    )


def _letter(holder: Json, view: View) -> set[Letter]:
    said = [each for interpretation in objects(holder.get("interpretation")) for each in all_words(interpretation)]
    if not said:
        said = value_words(holder)
    return {_LETTERS[folded] for each in said if (folded := each.casefold().strip()) in _LETTERS}


def _has_mic(holder: Json) -> bool:
    value, unit, _ = quantity(object_(holder.get("valueQuantity")))
    return value is not None and mg_per_l(value, unit) is not None


def _standard(view: View, holder: Json) -> str | None:
    said = [each for interpretation in objects(holder.get("interpretation")) for each in all_words(interpretation)]
    match = _STANDARD.search(
        " ".join(
            [
                *said,
                view.method or "",
                *view.notes,
                *(str(each.get("text", "")) for each in objects(holder.get("referenceRange"))),
            ]
        )
    )
    return match[1].upper() if match else None
