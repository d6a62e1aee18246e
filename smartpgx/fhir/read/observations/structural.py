"""Structural changes known by ranges (81302-2 inner, 81301-4 outer): listed with their numbers, never as a sequence variant."""

from __future__ import annotations

from smartpgx.domain.chart import Structural
from smartpgx.fhir.read.elements import number, object_
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.observations.gene import Gene
from smartpgx.fhir.read.observations.view import View

_COUNTING = {"LA30100-4": 0, "LA30102-0": 1}


def has_ranges(view: View) -> bool:
    """Whether a variant is known by inner or outer ranges."""
    return "81302-2" in view.components or "81301-4" in view.components


def read(view: View, gene: Gene, findings: Findings, *, present: bool) -> None:
    """A structural change; absent ones and ones whose effect on a gene is open are gaps as well."""
    if not present:
        view.gap(
            "the effect of a structural change",
            "absent_region",
            "A structural change was looked for and not found; no gene result follows from that.",
        )
        return
    copies, _, comparator = view.component_quantity("82155-3")
    counting = next((_COUNTING[each.code] for each in view.component_codings("92822-6") if each.code in _COUNTING), None)
    warnings = [*view.warnings, *gene.warnings]
    if counting is None:
        warnings.append("it does not say whether positions count from 0 or from 1")
    refseq = next(iter(view.component_words("48013-7")), None)
    findings.structural.append(
        Structural(
            refseq=refseq, type=_type(view), inner=span(view, "81302-2"), outer=span(view, "81301-4"), coordinate_system=counting,
            copy_number=copies if not comparator else None, source=view.source, date=view.date,
            warnings=(*warnings, "the effect on genes was not worked out"),
        )
    )  # fmt: skip
    view.gap(f"the effect of a structural change{f' on {gene.symbol}' if gene.symbol else ''}", "effect_open",
             "A structural change is reported; which gene copies it removes or adds was not worked out.")  # fmt: skip


def span(view: View, code: str) -> tuple[float | None, float | None] | None:
    """Start and end as reported; None where that range is not given."""
    stated = object_(view.component(code).get("valueRange"))
    low, high = number(object_(stated.get("low")).get("value")), number(object_(stated.get("high")).get("value"))
    return (low, high) if low is not None or high is not None else None


def _type(view: View) -> str | None:
    coding = next(iter(view.component_codings("48019-4")), None)
    return (coding.display or coding.code) if coding else next(iter(view.component_words("48019-4")), None)
