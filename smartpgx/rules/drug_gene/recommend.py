"""One drug, one patient: guidance rows become recommendations, silence becomes a recommendation that says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from smartpgx.domain.advice import Action, Recommendation, TraceStep
from smartpgx.domain.called import GeneCall
from smartpgx.domain.codes import NoResultReason
from smartpgx.knowledge.schema import DrugRow, GuidanceRow, PhenotypeRule
from smartpgx.rules.drug_gene import traces
from smartpgx.rules.drug_gene.matching import Match, Way, advice_key, grouped, matches, ways_of
from smartpgx.rules.drug_gene.medicines import Considered
from smartpgx.rules.drug_gene.states import INDETERMINATE, NO_RESULT, NOT_APPLICABLE, plain
from smartpgx.rules.identity import digest, drug_key
from smartpgx.rules.ranking import strength_rank

ACTIONABLE_LEVELS = frozenset({"CPIC A", "CPIC A/B", "CPIC B", "ClinPGx 1A", "ClinPGx 1B", "ClinPGx 2A", "ClinPGx 2B"})
"""Levels of a drug-gene relation at which its publisher sees prescribing changed."""


class GuidanceTable(Protocol):
    """The part of the drug-gene tables that gives advice."""

    @property
    def guidance(self) -> Mapping[str, tuple[GuidanceRow, ...]]: ...
    @property
    def phenotype_rules(self) -> Mapping[str, PhenotypeRule]: ...
    @property
    def drugs(self) -> Mapping[str, DrugRow]: ...
    @property
    def drug_by_rxcui(self) -> Mapping[str, DrugRow]: ...
    def __hash__(self) -> int: ...


def recommend(medicine: Considered, calls: Mapping[str, GeneCall], table: GuidanceTable) -> tuple[Recommendation, ...]:
    """Every recommendation for one drug: per source and population, and per known gene without a rule."""
    out: list[Recommendation] = []
    rows = table.guidance.get(medicine.row.name, ())
    for (_, genes), group in grouped(rows).items():
        ways = ways_of(group, genes, calls, table.phenotype_rules)
        found = matches(group, ways)
        if not any(match.rows for match in found):
            out.append(_silent(medicine, genes, calls, group, ways))
            continue
        out += [_from_match(medicine, genes, calls, group, match, ways) for match in found]
    unruled = unruled_genes(medicine.row, rows)
    if unruled:
        out.append(_no_rule(medicine, unruled, calls))
    return tuple(out)


def unruled_genes(row: DrugRow, rows: Iterable[GuidanceRow]) -> tuple[str, ...]:
    """Genes known to matter for a drug for which no rule is shipped."""
    ruled = {gene for one in rows for gene in one.conditions}
    return tuple(sorted(gene for gene, level in row.relations.items() if level in ACTIONABLE_LEVELS and gene not in ruled))


def _from_match(
    medicine: Considered,
    genes: Sequence[str],
    calls: Mapping[str, GeneCall],
    group: Sequence[GuidanceRow],
    match: Match,
    every: Sequence[Way],
) -> Recommendation:
    depends_on = None if match.certain else traces.genotype_of(match.ways, every)
    if not match.rows:
        return _silent(medicine, genes, calls, group, match.ways, population=match.population, depends_on=depends_on)
    row = match.rows[0]
    weakest = max((one.strength for one in match.rows), key=strength_rank)
    return Recommendation(
        id=_id(
            medicine,
            row.source.name,
            match.population,
            [one.conditions for one in match.rows],
            advice_key(row.status, match.actions),
        ),
        area="drug_gene",
        status=row.status,
        reason=_reason_of_rows(match.rows) if row.status == "no_result" else None,
        depends_on=depends_on,
        drug=medicine.drug,
        orders=medicine.orders,
        about=traces.about(genes, calls),
        actions=match.actions,
        population=match.population,
        strength=weakest,
        sources=(row.source,),
        trace=_trace(genes, calls, match.rows, depends_on),
        sure=all(one.sure for one in match.rows),
    )


def _trace(
    genes: Sequence[str], calls: Mapping[str, GeneCall], rows: Sequence[GuidanceRow], depends_on: str | None
) -> tuple[TraceStep, ...]:
    return (
        *traces.findings(genes, calls),
        *traces.translations(genes, calls),
        *traces.knowledge(rows),
        *traces.modifiers(genes, calls, rows, depends_on),
    )


def _reason_of_rows(rows: Sequence[GuidanceRow]) -> NoResultReason:
    """Why a row gives no advice: the function is unknown, or the guideline says nothing."""
    values = {plain(value) for row in rows for named in row.conditions.values() for value in named}
    return "indeterminate" if values & {INDETERMINATE, NOT_APPLICABLE} else "guideline silent"


def _reason_of_ways(ways: Sequence[Way], genes: Sequence[str], calls: Mapping[str, GeneCall]) -> NoResultReason:
    """Why no row fits: nothing was tested, the function is unknown, or the guideline does not speak of the result.

    A gene that was tested and could not be called counts as indeterminate, never as not tested.
    """
    if all(values == frozenset({NO_RESULT}) for way in ways for values in way.held.values()):
        return "indeterminate" if any(gene in calls and calls[gene].status == "not_called" for gene in genes) else "not tested"
    unknown = {NOT_APPLICABLE, INDETERMINATE}
    states = [state for way in ways for named in way.states.values() for state in named]
    if any(values & unknown for way in ways for values in way.held.values()) or any(state.words & unknown for state in states):
        return "indeterminate"
    return "guideline silent"


def _silent(
    medicine: Considered,
    genes: Sequence[str],
    calls: Mapping[str, GeneCall],
    group: Sequence[GuidanceRow],
    ways: Sequence[Way],
    population: str = "general",
    depends_on: str | None = None,
) -> Recommendation:
    """A source that has guidance for the drug and no row for this patient."""
    reason = _reason_of_ways(ways, genes, calls)
    source = group[0].source
    held = [{gene: sorted(values) for gene, values in way.held.items()} for way in ways]
    asked = {gene: sorted({value for row in group for value in row.conditions[gene]}) for gene in genes}
    step = TraceStep(
        step="knowledge", code="no_row", parameters={"source": source.name, "drug": medicine.row.name, "asked": asked}
    )
    return Recommendation(
        id=_id(medicine, source.name, population, held, reason),
        area="drug_gene",
        status="no_result",
        reason=reason,
        depends_on=depends_on,
        drug=medicine.drug,
        orders=medicine.orders,
        about=traces.about(genes, calls),
        actions=(Action(code="NO_REC", parameters={"reason": reason}),),
        population=population,
        sources=(source,),
        trace=(
            *traces.findings(genes, calls),
            *traces.translations(genes, calls),
            step,
            *traces.modifiers(genes, calls, (), depends_on),
        ),
    )


def _no_rule(medicine: Considered, genes: Sequence[str], calls: Mapping[str, GeneCall]) -> Recommendation:
    """Genes that published tables relate to the drug, while no rule of this release speaks of them."""
    levels = {gene: medicine.row.relations[gene] for gene in genes}
    step = TraceStep(step="knowledge", code="relation_without_rule", parameters={"drug": medicine.row.name, "levels": levels})
    return Recommendation(
        id=_id(medicine, "relation", "general", [levels], "no rule"),
        area="drug_gene",
        status="no_result",
        reason="not in any guideline",
        drug=medicine.drug,
        orders=medicine.orders,
        about=traces.about(genes, calls),
        actions=(Action(code="NO_REC", parameters={"reason": "no rule shipped"}),),
        trace=(*traces.findings(genes, calls), step),
    )


def _id(medicine: Considered, source: str, population: str, conditions: Sequence[Mapping[str, object]], advice: str) -> str:
    keyed = sorted(repr(sorted(one.items())) for one in conditions)
    return digest("drug_gene", drug_key(medicine.drug), source, population, keyed, advice)
