"""The whole reasoning for one chart: genes and isolates are called, medicines advised on, advice ranked and grouped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from smartpgx.calling.genes import call_genes
from smartpgx.domain.advice import Consultation, Decision, MedicationFindings, Recommendation
from smartpgx.domain.called import GeneCall, IsolateCall
from smartpgx.domain.chart import Chart, Gap
from smartpgx.domain.scope import Scope
from smartpgx.rules.drug_gene import advise as drug_gene
from smartpgx.rules.drug_gene.inhibitors import with_current
from smartpgx.rules.issues import group
from smartpgx.rules.not_judged import not_judged
from smartpgx.rules.ranking import rank
from smartpgx.rules.resistance import advise as resistance
from smartpgx.rules.resistance.judge import judge_isolates

if TYPE_CHECKING:
    from smartpgx.knowledge.asi import AsiAlgorithm
    from smartpgx.knowledge.release import Knowledge

Advised = tuple[tuple[Recommendation, ...], tuple[Gap, ...]]


def assess(
    chart: Chart,
    knowledge: Knowledge,
    scope: Scope,
    today: date,
    algorithms: Sequence[AsiAlgorithm] = (),
    decisions: Sequence[Decision] = (),
) -> Consultation:
    """The consultation for one chart on one day. Pure: the same inputs give the same answer.

    ``algorithms`` are ASI files a user gave, each scored beside the shipped one. ``decisions`` do not change advice;
    they are for whoever shows the issues.
    """
    scope = _by_ingredient(scope, knowledge)
    genes, on_genes, gene_gaps = _drug_gene(chart, knowledge, scope, today)
    isolates, on_isolates, isolate_gaps = _resistance(chart, knowledge, scope, algorithms)
    ranked = rank((*on_genes, *on_isolates), chart)
    return Consultation(
        chart=chart,
        assessed_on=today.isoformat(),
        genes=genes,
        isolates=isolates,
        medications=_findings(chart, ranked),
        recommendations=ranked,
        issues=group(ranked, chart),
        gaps=_united((*chart.gaps, *gene_gaps, *isolate_gaps, *not_judged(chart, genes, scope))),
    )


def _drug_gene(
    chart: Chart, knowledge: Knowledge, scope: Scope, today: date
) -> tuple[tuple[GeneCall, ...], tuple[Recommendation, ...], tuple[Gap, ...]]:
    """Nothing where it was not asked for or the patient refused: a gene nobody may look at is not one that was not tested."""
    if "drug_gene" not in scope.areas:
        return (), (), ()
    if chart.consent.genetic == "deny":
        return (), (), (_withheld(chart),)
    table = knowledge.drug_gene
    called, gaps = call_genes(chart, table)
    genes = with_current(chart, called, table)
    advice, more = drug_gene.advise(chart, genes, table, scope, today)
    return _with_untested(genes, advice), advice, (*gaps, *more)


def _with_untested(genes: tuple[GeneCall, ...], advice: Iterable[Recommendation]) -> tuple[GeneCall, ...]:
    """The calls, and an entry for each gene that the advice asked for and nobody looked at."""
    have = {call.gene for call in genes}
    asked = {about.name for one in advice for about in one.about if about.kind == "gene"} - have
    untested = (GeneCall(gene=gene, status="not_tested") for gene in asked)
    return tuple(sorted((*genes, *untested), key=lambda call: call.gene))


def _resistance(
    chart: Chart, knowledge: Knowledge, scope: Scope, algorithms: Sequence[AsiAlgorithm]
) -> tuple[tuple[IsolateCall, ...], tuple[Recommendation, ...], tuple[Gap, ...]]:
    if "resistance" not in scope.areas:
        return (), (), ()
    isolates, gaps = judge_isolates(chart, knowledge.resistance, algorithms)
    advice, more = resistance.advise(chart, isolates, knowledge.resistance, scope)
    return isolates, advice, (*gaps, *more)


def _by_ingredient(scope: Scope, knowledge: Knowledge) -> Scope:
    """Names asked about as ingredients: a brand or salt becomes what the tables call it, an unknown name stays."""
    if isinstance(scope.drugs, str):
        return scope
    named = [tuple(row.name for row in knowledge.medicines.by_text(name)) or (name,) for name in scope.drugs]
    return replace(scope, drugs=tuple(dict.fromkeys(name for names in named for name in names)))


def _withheld(chart: Chart) -> Gap:
    return Gap(
        source=chart.consent.source,
        wanted="genetic results",
        because="withheld",
        message="The patient refuses the use of genetic results, so no medicine was checked against genes.",
    )


def _findings(chart: Chart, ranked: Iterable[Recommendation]) -> tuple[MedicationFindings, ...]:
    """For each medicine of the chart the recommendations that name one of its orders."""
    named = [(one.id, frozenset(one.orders)) for one in ranked]
    return tuple(
        MedicationFindings(index=index, findings=tuple(key for key, orders in named if orders & frozenset(medication.source)))
        for index, medication in enumerate(chart.medications)
    )


def _united(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Each gap once; a medicine the reader already named as unreadable is not named again as not checked."""
    unique = list(dict.fromkeys(gaps))
    told = {ref for gap in unique if gap.because != "not_checked" for ref in gap.source}
    return tuple(gap for gap in unique if gap.because != "not_checked" or not (gap.source and set(gap.source) <= told))
