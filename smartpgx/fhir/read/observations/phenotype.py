"""Phenotypes in words or answer codes, and activity scores."""

from __future__ import annotations

import re

from smartpgx.domain.chart import Phenotype
from smartpgx.fhir.read.elements import number, quantity
from smartpgx.fhir.read.findings import Findings
from smartpgx.fhir.read.observations.gene import Gene, gene_of
from smartpgx.fhir.read.observations.view import View
from smartpgx.notation.phenotypes import ANSWERS

_SCORE = re.compile(r"(?:activity score|score|as)?\s*[:=]?\s*(?P<sign>>=|<=|≥|≤|>|<)?\s*(?P<number>\d+(?:\.\d+)?)", re.IGNORECASE)
_SIGNS = {"≥": ">=", "≤": "<="}


def read(view: View, findings: Findings) -> None:
    """A phenotype in the standard term of its gene; words that are no term of it are a gap."""
    gene = _gene(view, "phenotype")
    if gene is None:
        return
    words = view.value_words or [each for each in view.interpretations if len(each) > 3]
    symbol = gene.symbol or ""
    terms = {term for each in words if (term := _term(view, symbol, each))}
    if len(terms) == 1:
        phenotype = terms.pop()
        findings.phenotypes.append(
            Phenotype(
                gene=symbol, phenotype=phenotype, source=view.source, date=view.date, warnings=(*view.warnings, *gene.warnings)
            )
        )
        return
    because = "contradiction" if terms else "unreadable" if words else "no_answer"
    view.gap(f"{symbol} phenotype", because, f"The {symbol} phenotype could not be read as one of the gene's standard terms.")


def _term(view: View, gene: str, said: str) -> str | None:
    return view.reading.tables.terms.term(gene, ANSWERS.get(said, said))


def _gene(view: View, what: str) -> Gene | None:
    gene = gene_of(view)
    if gene.symbol:
        return gene
    because = "contradiction" if gene.problem else "gene_unknown"
    view.gap(
        f"the gene of a {what}", because, f"The {what} was not used: {gene.problem or 'it does not say which gene it is about'}."
    )
    return None


def read_score(view: View, findings: Findings) -> None:
    """An activity score: a number, or text with a comparator where it is only bounded."""
    gene = _gene(view, "activity score")
    if gene is None:
        return
    score = _score(view)
    if score is None:
        view.gap(f"{gene.symbol} activity score", "unreadable", f"The {gene.symbol} activity score could not be read.")
        return
    findings.phenotypes.append(
        Phenotype(
            gene=gene.symbol or "",
            activity_score=score,
            source=view.source,
            date=view.date,
            warnings=(*view.warnings, *gene.warnings),
        )
    )


def _score(view: View) -> float | str | None:
    if view.value_kind == "Quantity":
        value, _, comparator = quantity(view.value)
        return (f"{comparator}{_decimal(value)}" if comparator else value) if value is not None and value >= 0 else None
    if view.value_kind in ("Integer", "Decimal"):
        return number(view.value)
    for said in view.value_words:
        if match := _SCORE.fullmatch(said.strip()):
            sign = _SIGNS.get(match["sign"], match["sign"])
            return f"{sign}{_decimal(float(match['number']))}" if sign else float(match["number"])
    return None


def _decimal(value: float) -> str:
    return f"{value:.1f}" if value == round(value, 1) else f"{value:g}"
