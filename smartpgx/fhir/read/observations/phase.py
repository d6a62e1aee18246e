"""Sequence phase (82120-7): two variants on one chromosome (cis) or on both (trans)."""

from __future__ import annotations

from smartpgx.fhir.read.findings import Findings, PhaseStatement
from smartpgx.fhir.read.observations.view import View

_UNDECIDED = {"indeterminate", "unknown"}


def read(view: View, findings: Findings) -> None:
    """Cis or trans between the variants it is derived from; an unknown phase is worth nothing and is no gap."""
    said = {each.casefold() for each in view.value_words}
    variants = tuple(dict.fromkeys(name for _, name in view.derived_from))
    if said & _UNDECIDED:
        view.reading.ledger.use(*view.source)
        return
    if len(said & {"cis", "trans"}) != 1 or len(variants) < 2:
        view.gap("the phase of two variants", "incomplete", "This phase result does not say cis or trans between two variants.")
        return
    findings.phase.append(PhaseStatement(relation=(said & {"cis", "trans"}).pop(), variants=variants, source=view.source))
