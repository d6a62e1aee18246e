"""Guidance for the genes and medicines of one chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from msgspec.structs import replace

from smartpgx.domain.advice import Recommendation
from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Chart, Gap
from smartpgx.domain.scope import Scope
from smartpgx.rules.drug_gene.alternatives import check_alternatives, named_drugs
from smartpgx.rules.drug_gene.inhibitors import conversion_gaps
from smartpgx.rules.drug_gene.medicines import considered
from smartpgx.rules.drug_gene.populations import applies
from smartpgx.rules.drug_gene.recommend import recommend

if TYPE_CHECKING:
    from smartpgx.knowledge.drug_gene import DrugGene


def advise(
    chart: Chart, genes: Sequence[GeneCall], knowledge: DrugGene, scope: Scope, today: date | None = None
) -> tuple[tuple[Recommendation, ...], tuple[Gap, ...]]:
    """Every recommendation for the medicines in scope, and what could not be checked.

    One per source row and population; populations the record settles (age on ``today``, weight) come first or are marked
    as not the patient's. Advice that every possible genotype shares is certain, the rest says what it depends on.
    """
    calls = {call.gene: call for call in genes}
    medicines, gaps = considered(chart, knowledge, scope, knowledge.guidance)
    out: list[Recommendation] = []
    for medicine in medicines:
        for one in recommend(medicine, calls, knowledge):
            checked = check_alternatives(named_drugs(one), chart, calls, knowledge)
            out.append(replace(one, alternatives=checked, applies=applies(one.population, chart, today)))
    return tuple(out), (*gaps, *conversion_gaps(chart, genes, knowledge))
