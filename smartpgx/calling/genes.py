"""One call per gene with any result: what laboratories state, what variants show, and where the two disagree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

import msgspec

from smartpgx.calling.evidence import GeneEvidence, gather
from smartpgx.calling.hla import call_hla, two_fields
from smartpgx.calling.mitochondrial import GENE, SEQUENCE, call_mitochondrial
from smartpgx.calling.observed import call_observed, fits
from smartpgx.calling.phenotype import priority
from smartpgx.calling.reported import call_reported, statements
from smartpgx.calling.sites import SiteIndex
from smartpgx.calling.tables import GeneTables, tables_of
from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Chart, Gap
from smartpgx.knowledge.drug_gene import DrugGene
from smartpgx.knowledge.schema import AlleleRow

Called = tuple[GeneCall, tuple[Gap, ...]]


def call_genes(chart: Chart, knowledge: DrugGene) -> tuple[tuple[GeneCall, ...], tuple[Gap, ...]]:
    """Every gene that the chart holds a result for, in alphabetical order, and what could not be used with certainty.

    A gene without a call is one that nobody looked at: no entry means not tested. ``current`` stays empty here.
    """
    bench = _bench(knowledge)
    observed = gather(chart, knowledge.definitions, bench.index, knowledge.alleles)
    calls: list[GeneCall] = []
    gaps: list[Gap] = []
    for gene in sorted({*_stated(chart), *observed, *_mitochondrial(chart)}):
        call, told = _call(gene, chart, bench.tables(gene), observed.get(gene))
        calls += [call] if call else []
        gaps += told
    return tuple(calls), tuple(gaps)


class _Bench:
    """The tables of a release made ready for calling, gene by gene at first use."""

    def __init__(self, knowledge: DrugGene) -> None:
        self._knowledge = knowledge
        self._tables: dict[str, GeneTables] = {}
        self.index = SiteIndex(knowledge.definitions)

    def tables(self, gene: str) -> GeneTables:
        if gene not in self._tables:
            known = self._knowledge
            rows: Mapping[str, AlleleRow] = known.alleles.get(gene, {})
            self._tables[gene] = tables_of(gene, rows, known.phenotype_rules.get(gene), known.definitions.get(gene))
        return self._tables[gene]


@lru_cache(maxsize=4)
def _bench(knowledge: DrugGene) -> _Bench:
    return _Bench(knowledge)


def _stated(chart: Chart) -> Iterable[str]:
    """Genes of which the chart states something in words."""
    yield from (one.gene for one in chart.genotypes)
    yield from (one.gene for one in chart.genotypes_conflict)
    yield from (one.gene for one in chart.phenotypes)
    yield from (two_fields(one.allele)[0] for one in chart.hla)


def _mitochondrial(chart: Chart) -> Iterable[str]:
    yield from (GENE for one in chart.variants if (one.spdi or "").startswith(f"{SEQUENCE}:"))


def _call(gene: str, chart: Chart, tables: GeneTables, evidence: GeneEvidence | None) -> tuple[GeneCall | None, tuple[Gap, ...]]:
    if gene.startswith("HLA-") and not any(one.gene == gene for one in chart.genotypes_conflict):
        call, gaps = call_hla(gene, chart, tables.rows)
        if call is not None:
            return call, gaps
    if gene == GENE and gene not in _stated(chart):
        call, gaps = call_mitochondrial(chart, tables.rows, tables.rule)
        if call is not None:
            return call, gaps
    said = statements(gene, chart)
    usable = said is not None and (said.genotypes or said.conflict or said.scores or said.phenotypes)
    if said is None or not usable:
        if evidence is not None:
            return _prioritised(*call_observed(tables, evidence), tables)
        return _unread(gene, chart)
    call, gaps = call_reported(gene, said, tables.rows, tables.rule)
    if evidence is None:
        return _prioritised(call, gaps, tables)
    return _prioritised(*_compared(call, gaps, tables, evidence), tables)


def _unread(gene: str, chart: Chart) -> tuple[GeneCall | None, tuple[Gap, ...]]:
    """A result is there and nothing of it could be read with certainty."""
    source = tuple(reference for one in chart.genotypes if one.gene == gene for reference in one.source)
    if not source:
        return None, ()
    text = f"A {gene} result is there and could not be read with certainty."
    call = GeneCall(gene=gene, status="not_called", warnings=(text,), source=source)
    return call, (Gap(source=source, wanted=f"{gene} genotype", because="unreadable", message=text),)


def _prioritised(call: GeneCall, gaps: tuple[Gap, ...], tables: GeneTables) -> Called:
    return msgspec.structs.replace(call, ehr_priority=priority(tables.rule, call.phenotype)), gaps


def _compared(call: GeneCall, gaps: tuple[Gap, ...], tables: GeneTables, evidence: GeneEvidence) -> Called:
    """A reported result beside variants: the report leads; variants that it does not explain are told."""
    seen, told = call_observed(tables, evidence)
    if call.status == "not_called":
        return call, gaps
    pairs = [one.diplotype.split("/") for one in call.candidates if one.diplotype]
    source = tuple(dict.fromkeys((*call.source, *evidence.source)))
    if tables.names is None and pairs:
        agree = any(fits(tables, evidence, pair) for pair in pairs)
    else:
        meant = {(one.phenotype, one.activity_score if pairs else None) for one in seen.candidates}
        stated = {(one.phenotype, one.activity_score if pairs else None) for one in call.candidates}
        agree = not meant or bool(meant & stated)
    if agree and not pairs and seen.status == "called":  # the variants say the same, and more
        return msgspec.structs.replace(seen, warnings=(*call.warnings, *seen.warnings), source=source), (*gaps, *told)
    if agree:
        return msgspec.structs.replace(call, source=source), gaps
    shown = seen.diplotype or " or ".join(one.diplotype or "" for one in seen.candidates) or "no known pair of alleles"
    led = call.diplotype or call.phenotype or "the reported result"
    text = f"{tables.gene}: the laboratory reports {led}, the variants it reports mean {shown}; the report leads."
    gap = Gap(source=source, wanted=f"{tables.gene} result", because="contradiction", message=text)
    return msgspec.structs.replace(call, warnings=(*call.warnings, text), source=source), (*gaps, gap)
