"""The genes of a consultation: the meaning first, then the genotype, what it rests on, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from msgspec import Struct

from smartpgx.domain.advice import Consultation
from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Chart, Fact
from smartpgx.web import words
from smartpgx.web.views_frame import day
from smartpgx.wording import glossary
from smartpgx.wording.grammar import all_of

BASES = {
    "variants": "Called here from the variants reported",
    "diplotype": "Genotype reported by the laboratory",
    "phenotype": "Phenotype reported by the laboratory",
    "activity_score": "Activity score reported by the laboratory",
    "presence": "Reported as present or absent",
}
STATES = {
    "ambiguous": "Not settled: several genotypes remain possible",
    "indeterminate": "Tested, function unknown",
    "not_called": "Tested without a usable result",
    "not_tested": "Not tested",
}


class GeneRow(Struct, frozen=True, kw_only=True):
    gene: str
    meaning: str
    explained: str
    genotype: str
    rests_on: str
    dated: str
    remarks: tuple[str, ...]


def genes_of(made: Consultation) -> tuple[GeneRow, ...]:
    """Genes with any result; those never tested stand among what was not found."""
    return tuple(_row(call, made) for call in made.genes if call.status != "not_tested")


def _row(call: GeneCall, made: Consultation) -> GeneRow:
    return GeneRow(
        gene=call.gene,
        meaning=_meaning(call),
        explained=glossary.EXPLAINED.get((call.phenotype or "").casefold(), ""),
        genotype=_genotype(call) or ("No usable one" if call.status == "not_called" else "Not stated"),
        rests_on=BASES.get(call.basis or "", "Nothing usable"),
        dated=_dated(call, made.chart, made.assessed_on) if call.basis else "",
        remarks=_remarks(call),
    )


def _meaning(call: GeneCall) -> str:
    if call.basis == "presence" and call.lookup:
        found = (call.lookup,) if isinstance(call.lookup, str) else call.lookup
        return words.upper_first(all_of(list(found)))
    score = f" ({glossary.score(call.activity_score)})" if call.activity_score is not None else ""
    state = STATES.get(call.status, "")
    if call.phenotype:
        return words.phenotype(call.phenotype) + score + (f". {state}" if state else "")
    return (state or "No phenotype assigned") + score


def _genotype(call: GeneCall) -> str:
    if call.status == "ambiguous":
        possible = [f"{c.diplotype} ({glossary.phenotype(c.phenotype)})" if c.phenotype else c.diplotype for c in call.candidates]
        return "Possible: " + words.some_of([p for p in possible if p]) if possible else "Not settled"
    return call.diplotype or ""


def _remarks(call: GeneCall) -> tuple[str, ...]:
    out = []
    if call.missing:
        places = words.some_of(call.missing)
        out.append(f"{words.many(len(call.missing), 'position or allele', 'positions or alleles')} not covered: {places}.")
    if call.current is not None and call.current.caused_by:
        now = words.phenotype(call.current.phenotype).lower() or "changed"
        out.append(f"At present {now}, because of {all_of(list(call.current.caused_by))}.")
    if call.phenotype and call.status == "called" and call.current is None and call.gene.startswith("CYP"):
        out.append("Whether other medicines change it was not computed.")
    return (*out, *call.warnings)


def _dated(call: GeneCall, chart: Chart, today: str) -> str:
    """The day of the newest result behind the call, with its age from a year on."""
    newest = max((f.date for f in facts_of(chart) if f.date and set(f.source) & set(call.source)), default="")
    if not newest:
        return "Date not stated"
    try:
        years = (date.fromisoformat(today[:10]) - date.fromisoformat(newest[:10])).days // 365
    except ValueError:
        years = 0
    return f"{day(newest)} ({words.many(years, 'year')} old)" if years else day(newest)


def facts_of(chart: Chart) -> Iterable[Fact]:
    """The facts a gene can be called from."""
    for kind in (chart.genotypes, chart.phenotypes, chart.hla, chart.variants, chart.genotypes_conflict, chart.structural):
        yield from kind
    yield from chart.reference_calls
    yield from chart.tested_absent
