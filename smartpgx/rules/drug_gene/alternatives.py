"""Drugs that advice names instead, checked against the same patient: genes, allergies, and what is already taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from smartpgx.domain.advice import Alternative, Recommendation
from smartpgx.domain.called import GeneCall
from smartpgx.domain.chart import Chart
from smartpgx.domain.codes import STATUSES
from smartpgx.rules.drug_gene.medicines import Considered, find, in_scope, rows_of
from smartpgx.rules.drug_gene.recommend import GuidanceTable, recommend


def named_drugs(recommendation: Recommendation) -> tuple[str, ...]:
    """Every drug an action of the advice names as an alternative, in its order."""
    named = [
        drug for action in recommendation.actions if action.code == "ALTERNATIVE" for drug in action.parameters.get("drugs", ())
    ]
    return tuple(dict.fromkeys(str(drug) for drug in named))


def check_alternatives(
    names: Iterable[str], chart: Chart, calls: Mapping[str, GeneCall], table: GuidanceTable
) -> tuple[Alternative, ...]:
    """Each drug with ``ok`` and a code that says why (not)."""
    return tuple(_check(name, chart, calls, table) for name in names)


def _check(name: str, chart: Chart, calls: Mapping[str, GeneCall], table: GuidanceTable) -> Alternative:
    row = find(table, name)
    rxcui = row.rxcui if row else None
    allergy = _allergy(name, rxcui, chart)
    if allergy:
        return Alternative(name=name, rxcui=rxcui, ok=False, why="allergy", parameters={"substance": allergy})
    if _taken(name, rxcui, chart, table):
        return Alternative(name=name, rxcui=rxcui, ok=False, why="already_taken")
    if row is None or row.name not in table.guidance:
        return Alternative(name=name, rxcui=rxcui, why="no_guidance")
    return _by_genes(name, rxcui, recommend(Considered(row=row), calls, table))


def _by_genes(name: str, rxcui: str | None, own: Sequence[Recommendation]) -> Alternative:
    """The strongest advice for the alternative itself decides; a gene that was not tested says nothing for or against it."""
    spoken = [one for one in own if one.sources]
    strongest = min(spoken, key=lambda one: STATUSES.index(one.status))
    genes = " and ".join(f"{about.name} {about.result}" for about in strongest.about if about.result)
    if strongest.status == "no_result":
        untested = " and ".join(about.name for about in strongest.about)
        why = "gene_not_tested" if strongest.reason == "not tested" else "gene_no_advice"
        return Alternative(name=name, rxcui=rxcui, why=why, parameters={"gene": untested})
    why = {"avoid": "gene_avoid", "change": "gene_change", "monitor": "gene_monitor"}.get(strongest.status, "gene_standard")
    if strongest.depends_on and strongest.status == "avoid":
        why, genes = "gene_may_avoid", strongest.depends_on
    return Alternative(name=name, rxcui=rxcui, ok=strongest.status != "avoid", why=why, parameters={"result": genes})


def _allergy(name: str, rxcui: str | None, chart: Chart) -> str | None:
    for allergy in chart.allergies:
        same = any((rxcui and one.rxcui == rxcui) or one.name.casefold() == name.casefold() for one in allergy.ingredients)
        if same or allergy.substance.casefold() == name.casefold():
            return allergy.substance
    return None


def _taken(name: str, rxcui: str | None, chart: Chart, table: GuidanceTable) -> bool:
    for medication in filter(in_scope, chart.medications):
        named = any((rxcui and one.rxcui == rxcui) or one.name.casefold() == name.casefold() for one in medication.ingredients)
        if named or any(row.name.casefold() == name.casefold() for row in rows_of(medication.ingredients, table)):
            return True
    return False
