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
    found = [step.parameters for step in rec.trace if step.step == "finding"]
    return ", and ".join(result(one, asked.get(str(one.get("gene")), ())) for one in found)


def result(found: Mapping[str, Any], asked: Sequence[str] = ()) -> str:
    """One gene. ``asked``: the values the guidance row names, which decide how much is said."""
    gene = str(found.get("gene", ""))
    if "status" not in found:
        return f"{gene} not tested"
    if found["status"] == "not_called" and not found.get("phenotype"):
        return f"{gene} tested without a usable result"
    statuses = _statuses(found, asked)
    if statuses:
        return f"{gene} {all_of(statuses)}"
    sought = list(dict.fromkeys(value.split()[0] for value in asked if value.endswith((" positive", " negative"))))
    if sought:
        return f"{gene} {all_of(sought)} not tested"
    if asked and set(asked) == {"No Result"}:
        return f"{gene} without a result for the allele in question"
    name, value = phenotype(found.get("phenotype")), _score(found, asked)
    meaning = f"{name} ({value})" if name and value else name or value
    return f"{gene} {', '.join(part for part in (_genotype(found), meaning) if part) or 'tested'}"


def _statuses(found: Mapping[str, Any], asked: Sequence[str]) -> list[str]:
    """Allele statuses the guidance asks for; all that were reported where it asks for none."""
    reported = [str(status) for status in found.get("statuses") or () if str(status).endswith((" positive", " negative"))]
    return [status for status in reported if status in asked] if asked else reported


def _genotype(found: Mapping[str, Any]) -> str:
    if found["status"] in ("ambiguous", "not_called"):
        possible = [str(name) for name in found.get("possible") or ()]
        return f"not settled ({one_of(possible)})" if 0 < len(possible) <= 4 else "not settled"
    return str(found.get("diplotype") or "")


def _score(found: Mapping[str, Any], asked: Sequence[str]) -> str:
    value = found.get("activity_score")
    by_score = any(word[:1] in "≥>0123456789" for word in asked)
    return score(value) if value is not None and (by_score or not found.get("phenotype")) else ""


def _conditions(rec: Recommendation) -> dict[str, tuple[str, ...]]:
    """Gene -> the values that the rows behind the advice ask for; those of the whole table where no row speaks."""
    asked: dict[str, tuple[str, ...]] = {}
    for step in (one for one in rec.trace if one.step == "knowledge"):
        for gene, values in (step.parameters.get("conditions") or step.parameters.get("asked") or {}).items():
            asked[gene] = (*asked.get(gene, ()), *values)
    return asked


def terms(rec: Recommendation) -> dict[str, str]:
    """Gene -> the phenotype or allele status that led to the advice. A gene that is not settled counts where its rows agree."""
    asked = _conditions(rec)
    known = {str(s.parameters["gene"]): s.parameters for s in rec.trace if s.step == "finding" and "gene" in s.parameters}
    named = {gene: _term(found, asked.get(gene, ()), rec.depends_on is not None) for gene, found in known.items()}
    return {gene: term for gene, term in named.items() if term}


def _term(found: Mapping[str, Any], asked: Sequence[str], unsettled: bool) -> str:
    statuses = {value for value in asked if value.endswith((" positive", " negative"))}
    if statuses:
        return statuses.pop() if len(statuses) == 1 else ""
    if not unsettled:
        return str(found.get("phenotype") or "")
    named = {value for value in asked if value[:1].isalpha() and value not in ("No Result", "n/a")}
    return named.pop() if len(named) == 1 else ""
