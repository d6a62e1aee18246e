"""The steps from the record to a piece of advice, as codes and parameters; wording makes sentences of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from smartpgx.domain.advice import About, TraceStep
from smartpgx.domain.called import GeneCall
from smartpgx.knowledge.schema import GuidanceRow
from smartpgx.rules.drug_gene.matching import Way

_TABLE = "drug_gene"


def about(genes: Sequence[str], calls: Mapping[str, GeneCall]) -> tuple[About, ...]:
    """The genes a piece of advice rests on, with what is known of each."""
    return tuple(
        About(kind="gene", name=gene, result=result_of(calls.get(gene)), source=calls[gene].source if gene in calls else ())
        for gene in genes
    )


def result_of(call: GeneCall | None) -> str | None:
    """Genotype, phenotype and score in one line; None where there is no result."""
    if call is None or call.status == "not_tested":
        return None
    if call.basis == "presence" and call.lookup:
        return ", ".join((call.lookup,) if isinstance(call.lookup, str) else call.lookup)
    score = None if call.activity_score is None else f"activity score {_shown(call.activity_score)}"
    possible = " or ".join(c.diplotype for c in call.candidates if c.diplotype) if call.status == "ambiguous" else None
    return ", ".join(part for part in (possible or call.diplotype, call.phenotype, score) if part) or None


def findings(genes: Sequence[str], calls: Mapping[str, GeneCall]) -> tuple[TraceStep, ...]:
    """One step per gene: what the record holds, and where."""
    steps = []
    for gene in genes:
        call = calls.get(gene)
        if call is None or call.status == "not_tested":
            steps.append(TraceStep(step="finding", code="gene_not_tested", parameters={"gene": gene}))
            continue
        code = "gene_not_called" if call.status == "not_called" else f"gene_{call.basis or 'variants'}"
        parameters: dict[str, object] = {
            "gene": gene,
            "status": call.status,
            "diplotype": call.diplotype,
            "phenotype": call.phenotype,
            "activity_score": call.activity_score,
            "possible": [c.diplotype for c in call.candidates if c.diplotype],
            "statuses": list(call.lookup) if isinstance(call.lookup, tuple) else [],
        }
        steps.append(TraceStep(step="finding", code=code, parameters=parameters, source=call.source))
    return tuple(steps)


def translations(genes: Sequence[str], calls: Mapping[str, GeneCall]) -> tuple[TraceStep, ...]:
    """Alleles to functions, functions to score and phenotype, each with the table it was read from."""
    steps = []
    for gene in genes:
        call = calls.get(gene)
        if call is None:
            continue
        if call.functions:
            named = [{"allele": f.allele, "function": f.function, "activity_value": f.activity_value} for f in call.functions]
            steps.append(_translation("functions", f"{_TABLE}/alleles:{gene}", gene=gene, functions=named))
        if call.activity_score is not None:
            steps.append(_translation("score", f"{_TABLE}/phenotype_rules:{gene}", gene=gene, activity_score=call.activity_score))
        if call.phenotype is not None and call.basis != "phenotype":
            steps.append(_translation("phenotype", f"{_TABLE}/phenotype_rules:{gene}", gene=gene, phenotype=call.phenotype))
    return tuple(steps)


def _translation(code: str, row: str, **parameters: object) -> TraceStep:
    return TraceStep(step="translation", code=code, parameters=parameters, row=row)


def knowledge(rows: Sequence[GuidanceRow]) -> tuple[TraceStep, ...]:
    """The rows the advice comes from."""
    return tuple(
        TraceStep(
            step="knowledge",
            code="guidance_row",
            parameters={
                "source": row.source.name,
                "version": row.source.version,
                "drug": row.drug,
                "population": row.population,
                "conditions": {gene: list(values) for gene, values in row.conditions.items()},
            },
            row=f"{_TABLE}/guidance:{row.id}",
        )
        for row in rows
    )


def modifiers(
    genes: Sequence[str], calls: Mapping[str, GeneCall], rows: Sequence[GuidanceRow], depends_on: str | None
) -> tuple[TraceStep, ...]:
    """What narrows or weakens the advice: a genotype that is not settled, warnings of the call, conditions in the text, doubt."""
    steps = [TraceStep(step="modifier", code="depends_on", parameters={"genotype": depends_on})] if depends_on else []
    for gene in genes:
        warnings = calls[gene].warnings if gene in calls else ()
        steps += [
            TraceStep(step="modifier", code="gene_warning", parameters={"gene": gene, "warning": warning}) for warning in warnings
        ]
    stated = list(dict.fromkeys(condition for row in rows for condition in row.conditions_in_text))
    if stated:
        steps.append(TraceStep(step="modifier", code="conditions_in_text", parameters={"conditions": stated}))
    if any(not row.sure for row in rows):
        steps.append(TraceStep(step="modifier", code="row_unsure"))
    return tuple(steps)


def genotype_of(ways: Sequence[Way], every_way: Sequence[Way]) -> str:
    """The genotypes that lead to ``ways`` among all that are possible, only of genes that are not settled.

    Gene by gene where they are free of each other, else combination by combination.
    """
    genes = [gene for gene in sorted(every_way[0].held) if len({way.held[gene] for way in every_way}) > 1]
    labels = {gene: list(dict.fromkeys(_label(way, gene, every_way) for way in ways)) for gene in genes}
    combined = list(dict.fromkeys(tuple(_label(way, gene, every_way) for gene in genes) for way in ways))
    if len(combined) == prod(len(names) for names in labels.values()):
        return "; ".join(f"{gene} {' or '.join(names)}" for gene, names in labels.items())
    return " or ".join(" with ".join(f"{gene} {name}" for gene, name in zip(genes, names, strict=True)) for names in combined)


def _label(way: Way, gene: str, every_way: Sequence[Way]) -> str:
    """The genotypes behind one way, or the value looked up where one genotype or phenotype leaves several open."""
    names = list(dict.fromkeys(state.label for state in way.states[gene]))
    elsewhere = {state.label for other in every_way if other.held[gene] != way.held[gene] for state in other.states[gene]}
    if elsewhere & set(names):
        return f"activity score {' or '.join(sorted(way.held[gene]))}"
    return " or ".join(names)


def _shown(score: float | str) -> str:
    return f"{score:g}" if isinstance(score, float | int) else str(score)
