"""What was found of a gene, as a reader names it: ``CYP2C19 *2/*2, poor metabolizer``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smartpgx.domain.advice import Recommendation
from smartpgx.wording.glossary import phenotype, score
from smartpgx.wording.grammar import all_of, one_of


def results(rec: Recommendation) -> str:
    """All genes of the advice with their results; ``TPMT not tested`` where there is none."""
    asked = _conditions(rec)
    return all_of(
        [result(step.parameters, asked.get(str(step.parameters.get("gene")), ())) for step in rec.trace if step.step == "finding"]
    )


def result(found: Mapping[str, Any], asked: Sequence[str] = ()) -> str:
    """One gene. ``asked``: the values the guidance row names, which decide how much is said."""
    gene = str(found.get("gene", ""))
    if "status" not in found:
        return f"{gene} not tested"
    if found["status"] == "not_called":
        return f"{gene} tested without a usable result"
    statuses = _statuses(found, asked)
    if statuses:
        return f"{gene} {all_of(statuses)}"
    if asked and set(asked) == {"No Result"}:
        return f"{gene} without a result for the allele in question"
    parts = [_genotype(found), phenotype(found.get("phenotype")), _score(found, asked)]
    return f"{gene} {', '.join(part for part in parts if part) or 'tested'}"


def _statuses(found: Mapping[str, Any], asked: Sequence[str]) -> list[str]:
    """Allele statuses the guidance asks for; all that were reported where it asks for none."""
    reported = [str(status) for status in found.get("statuses") or () if str(status).endswith((" positive", " negative"))]
    return [status for status in reported if status in asked] if asked else reported


def _genotype(found: Mapping[str, Any]) -> str:
    if found["status"] == "ambiguous":
        possible = [str(name) for name in found.get("possible") or ()]
        return f"not settled ({one_of(possible)})" if 0 < len(possible) <= 4 else "not settled"
    return str(found.get("diplotype") or "")


def _score(found: Mapping[str, Any], asked: Sequence[str]) -> str:
    value = found.get("activity_score")
    by_score = any(word[:1] in "≥>0123456789" for word in asked)
    return score(value) if value is not None and (by_score or not found.get("phenotype")) else ""


def _conditions(rec: Recommendation) -> dict[str, tuple[str, ...]]:
    """Gene -> the values that the rows behind the advice ask for."""
    asked: dict[str, tuple[str, ...]] = {}
    for step in rec.trace:
        for gene, values in (step.parameters.get("conditions") or {}).items() if step.code == "guidance_row" else ():
            asked[gene] = (*asked.get(gene, ()), *values)
    return asked


def terms(rec: Recommendation) -> dict[str, str]:
    """Gene -> the phenotype or allele status that led to the advice."""
    asked = _conditions(rec)
    known = {str(s.parameters["gene"]): s.parameters for s in rec.trace if s.step == "finding" and "gene" in s.parameters}
    out = {}
    for gene, found in known.items():
        statuses = [value for value in asked.get(gene, ()) if value.endswith((" positive", " negative"))]
        term = statuses[0] if statuses else found.get("phenotype")
        if rec.depends_on and not statuses:
            named = [value for value in asked.get(gene, ()) if value[:1].isalpha() and value != "No Result"]
            term = named[0] if len(set(named)) == 1 else None
        if term:
            out[gene] = str(term)
    return out
